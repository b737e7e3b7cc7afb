// How does a test get a whole stack that Prometheus watches? Real daemons, Dask and Ollama as local processes.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { configFiles } from '../../stacks/configs/index.ts';
import { Fleet } from './daemon-fleet.ts';
import { daskPython } from './dask.ts';
import { LocalStack, until } from './local-stack.ts';
import { copyTiny } from './models.ts';
import { type Asked, startPrometheus } from './monitoring-processes.ts';
import { clusterOf } from './specs.ts';

const spec = `name: home
services:
  dask:
    workers:
      cpu: { cpus: 1, memory: 512MiB }
      big: { cpus: 1, memory: 512MiB }
  ollama: {}
  proxy: {}
  prometheus: { scrapeInterval: 1s }
  grafana: {}
`;

/** Each task keeps a thread busy and leaves a megabyte; the last one needs them all in one place. */
const computation = `
import sys, time
from distributed import Client
def part(n):
    time.sleep(0.15)
    return bytes(1_000_000)
def whole(parts):
    return sum(len(each) for each in parts)
with Client(sys.argv[1]) as client:
    client.wait_for_workers(2)
    parts = client.map(part, range(int(sys.argv[2])), pure=False)
    print(client.submit(whole, parts, pure=False).result())
`;

/** Plays one card, which is at work while the file is there. */
const nvidiaSmi = (busy: string): string => `#!/bin/sh
if [ -e '${busy}' ]; then echo '0, GPU-1, Fake, 24576, 550.1, 90, 20000, 80'
else echo '0, GPU-1, Fake, 24576, 550.1, 3, 500, 40'; fi
`;

export type MonitoredStack = {
  readonly fleet: Fleet;
  readonly prometheus: Asked;
  /** The card of the worker `gpu` is at work while this file is there. */
  readonly busyCard: string;
  /** The answer of a model; the longer its context, the more memory it takes. */
  readonly ask: (contextLength: number) => Promise<string>;
  /** Drops the model from memory. */
  readonly drop: () => Promise<unknown>;
  /** So many megabytes, added up by Dask. */
  readonly compute: (parts: number) => Promise<number>;
};

/** Two workers, `plain` and `gpu`, Dask workers of two classes, and Ollama. */
export async function startMonitoredStack(t: TestContext): Promise<MonitoredStack> {
  const stack = await LocalStack.make(t, spec);
  const { at, folder } = stack;
  const busyCard = join(folder, 'busy');
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  writeFileSync(join(programs, 'nvidia-smi'), nvidiaSmi(busyCard), { mode: 0o755 });
  const ollama = `http://${at.address('ollama', 11434)}`;
  const fleet = await Fleet.start(['plain', 'gpu'], {
    orchestrator: { MUSTER_OLLAMA_URLS: JSON.stringify([{ node: 'ollama', url: ollama }]) },
    gpu: { PATH: `${programs}:${process.env.PATH}`, MUSTER_GPUS: 'auto' },
  });
  t.after(() => fleet.close());
  cpSync(at.secret('metrics'), join(fleet.folder, 'secrets/metrics'), { recursive: true });

  const orchestrator = new URL(fleet.client.url).host;
  const address: typeof at.address = (service, port) =>
    service === 'orchestrator' ? orchestrator : at.address(service, port);
  for (const { path, text } of configFiles(clusterOf(spec), { ...at, address })) writeFileSync(at.config(path), text);

  copyTiny(join(at.state('ollama'), 'models'));
  for (const script of ['ollama/ollama', 'dask/scheduler', 'dask/cpu', 'dask/big']) stack.start(`${script}.sh`);
  const prometheus = await startPrometheus(t, stack, spec);
  const generate = (more: object): Promise<Response> =>
    fetch(`${ollama}/api/generate`, {
      method: 'POST',
      body: JSON.stringify({ model: 'tiny:1', stream: false, ...more }),
    });
  const ask = async (contextLength: number): Promise<string> => {
    const answer = await generate({ prompt: 'Hello', options: { num_ctx: contextLength } });
    return ((await answer.json()) as { response: string }).response;
  };
  await until(async () => (await fetch(`${ollama}/api/version`)).ok);
  const compute = async (parts: number): Promise<number> => {
    const args = ['-c', computation, `tcp://${at.address('dask-scheduler', 8786)}`, String(parts)];
    return Number((await promisify(execFile)(daskPython(), args, { timeout: 60_000 })).stdout);
  };
  return { fleet, prometheus, busyCard, ask, drop: () => generate({ keep_alive: 0 }), compute };
}
