// Can a machine and a person see how an agent is, and at what cost?
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatMetrics } from '../../../services/agent/health.ts';
import { arena, eventually, startAgentProcess } from '../../support/agent-process.ts';

const main = join(import.meta.dirname, '../../../services/agent/main.ts');

/** Exit code of `muster-agent health`. */
const ask = async (env: Record<string, string>): Promise<number> => {
  const child = spawn(process.execPath, [main, 'health'], {
    env: { MUSTER_HEALTH: '127.0.0.1:0', ...env },
    stdio: 'ignore',
  });
  return (await once(child, 'exit'))[0] as number;
};

test('health is good while registered and connected, and bad before and after', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  orchestrator.reply = ({ route }) => (route === 'register' ? { status: 503 } : undefined);
  const agent = startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('register').length > 0);
  assert.equal(await ask(env), 1);
  orchestrator.reply = () => undefined;
  await orchestrator.until(() => orchestrator.of('heartbeat').length > 0);
  assert.equal(await ask(env), 0);

  const address = readFileSync(join(env.MUSTER_STATE ?? '', 'health'), 'utf8').trim();
  const health = (await (await fetch(`http://${address}/health`)).json()) as Record<string, unknown>;
  assert.deepEqual([health.well, health.worker, health.running], [true, 'worker-01', 0]);
  const { isolation } = orchestrator.of('register')[0]?.body ?? {};
  assert.equal(health.isolation, isolation);
  const metrics = await (await fetch(`http://${address}/metrics`)).text();
  assert.match(metrics, /^muster_agent_up 1$/m);
  assert.match(metrics, /^muster_agent_memory_total_bytes \d+$/m);

  const { pid } = agent.child;
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  t.diagnostic(`idle memory: ${Math.round(Number(rss) / 1024)} MiB (from source; the bundle is smaller)`);
  agent.child.kill('SIGTERM');
  await agent.exited;
  await eventually(() => agent.child.exitCode !== null);
  assert.equal(await ask(env), 1);
});

test('metrics leave out what a card does not tell', () => {
  const health = {
    well: false,
    worker: 'w',
    connected: false,
    draining: false,
    isolation: 'cgroup',
    release: null,
    limits: [],
    running: 2,
    gpus: 1,
  };
  const gpus = [{ index: 3, utilization: 0.5, memoryUsedMiB: null, temperatureCelsius: null }];
  const text = formatMetrics(health, {
    cpu: 0.25,
    memoryUsedMiB: 1,
    memoryTotalMiB: 2,
    swapUsedMiB: 0,
    diskFreeMiB: 3,
    gpus,
  });
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  assert.deepEqual(samples, [
    'muster_agent_up 0',
    'muster_agent_jobs_running 2',
    'muster_agent_cpu_ratio 0.25',
    'muster_agent_memory_used_bytes 1048576',
    'muster_agent_memory_total_bytes 2097152',
    'muster_agent_swap_used_bytes 0',
    'muster_agent_disk_free_bytes 3145728',
    'muster_agent_gpu_utilization_ratio{gpu="3"} 0.5',
  ]);
});
