// How does a test run the real Prometheus and Alertmanager? As local processes on the files that were generated for them.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { alertmanagerFlags, prometheusFlags } from '../../stacks/cluster/monitoring-flags.ts';
import type { Alertmanager, Prometheus } from '../../stacks/cluster/types.ts';
import { cleanEnvironment } from './lab.ts';
import { type LocalStack, until } from './local-stack.ts';
import { clusterOf } from './specs.ts';

export type Running = { readonly child: ChildProcess; readonly url: string; readonly log: () => string };
export type Sample = { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] };
export type Asked = Running & { readonly query: (expr: string) => Promise<readonly Sample[]> };

type Program = { readonly name: string; readonly args: readonly string[]; readonly path: string };

/** Resolves when it answers; gives up with its words as soon as it has ended. */
async function run(
  t: TestContext,
  { folder }: LocalStack,
  { args: [program = '', ...args], name, path }: Program,
  address: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const file = join(folder, `${name}.log`);
  const out = openSync(file, 'a');
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', out, out],
  });
  const ended = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const log = (): string => readFileSync(file, 'utf8');
  const url = `http://${address}/muster/${name}`;
  await until(async () => child.exitCode !== null || (await fetch(`${url}${path}`)).ok);
  if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}:\n${log()}`);
  return { child, log, url };
}

export async function startPrometheus(t: TestContext, stack: LocalStack, spec: string): Promise<Asked> {
  const cluster = clusterOf(spec);
  const address = stack.at.address('prometheus', 9090);
  const flags = prometheusFlags(cluster, cluster.stack.prometheus as Prometheus, {
    config: stack.at.config('prometheus/prometheus.yml'),
    listen: address,
    state: stack.at.state('prometheus'),
  });
  // What it told before it knew Alertmanager is told again soon.
  const args = ['prometheus', ...flags, '--rules.alert.resend-delay=1s'];
  const running = await run(t, stack, { name: 'prometheus', args, path: '/-/ready' }, address);
  const query = async (expr: string): Promise<readonly Sample[]> => {
    const answer = await fetch(`${running.url}/api/v1/query?query=${encodeURIComponent(expr)}`);
    const { data, error } = (await answer.json()) as { data?: { result: readonly Sample[] }; error?: string };
    if (data === undefined) throw new Error(`${expr}: ${error}`);
    return data.result;
  };
  return { ...running, query };
}

/** As the catalog starts it: through the script that puts in the address of the webhook. */
export async function startAlertmanager(
  t: TestContext,
  stack: LocalStack,
  spec: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const { at } = stack;
  const cluster = clusterOf(spec);
  const address = at.address('alertmanager', 9093);
  const flags = alertmanagerFlags(cluster, cluster.stack.alertmanager as Alertmanager, {
    listen: address,
    state: at.state('alertmanager'),
  });
  const config = at.config('alertmanager/alertmanager.yml');
  const filled = join(at.scratch('alertmanager'), 'alertmanager.yml');
  const start = ['sh', at.config('alertmanager/start.sh'), at.secret('alertmanager/webhook-url'), config, filled];
  const program = { name: 'alertmanager', args: [...start, 'alertmanager', ...flags], path: '/-/healthy' };
  return run(t, stack, program, address, env);
}
