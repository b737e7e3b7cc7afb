// Do a real agent and a real orchestrator agree on who keeps failing, and when that is over?
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startAgent } from '../../../services/agent/agent.ts';
import { createClock } from '../../../services/agent/core/clock.ts';
import { openLife } from '../../../services/agent/failures/life.ts';
import { parseSettings } from '../../../services/agent/settings.ts';
import type { WorkerView } from '../../../services/protocol/index.ts';
import { eventually, startAgentProcess } from '../../support/agent-process.ts';
import { ownFolder } from '../../support/folder.ts';
import { startOrchestrator } from './support/orchestrator.ts';

test('killed three times a worker shows as failing with its last lines; well for a minute it does no longer', {
  timeout: 60_000,
}, async (t) => {
  let bench = await startOrchestrator(t);
  const folder = ownFolder(t);
  writeFileSync(join(folder, 'secret'), bench.classSecret('worker-01'));
  const env = () => ({
    ...{ MUSTER_ORCHESTRATOR_URL: bench.admin.url, MUSTER_TOKEN_FILE: join(folder, 'secret') },
    ...{ MUSTER_STATE: join(folder, 'state'), MUSTER_HEALTH: '127.0.0.1:0', MUSTER_DRAIN_SECONDS: '0' },
  });
  const view = async () => (await bench.admin.get('/api/v1/workers/worker-01')).json as WorkerView;
  /** The first that is as wished. */
  const until = async (wished: (worker: WorkerView) => boolean): Promise<WorkerView> => {
    for (;;) {
      const worker = await view();
      if (wished(worker)) return worker;
    }
  };
  for (let n = 0; n < 3; n++) {
    const agent = startAgentProcess(t, env());
    t.after(() => agent.child.kill('SIGKILL'));
    await eventually(() => agent.lines.some((line) => line.includes('"registered"')), 20_000);
    await until(({ state }) => state === 'idle');
    agent.child.kill('SIGKILL');
    await agent.exited;
  }
  strictEqual((await view()).failing, null);

  const parsed = parseSettings([], env());
  ok(parsed.kind === 'run');
  const { maxRestartAttempts: limit, state } = parsed.settings;
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const real = createClock(() => null);
  let passMinute = () => {};
  const minute = new Promise<void>((done) => {
    passMinute = done;
  });
  const wait = (_ms: number, signal?: AbortSignal) =>
    new Promise<void>((done) => {
      signal?.addEventListener('abort', () => done());
      void minute.then(done);
    });
  const say = () => {};
  const agent = await startAgent(parsed.settings, {
    ...{ env: process.env, hostname: 'host', availableCpus: 1, arch: process.arch, random: () => 0.5 },
    clock: real,
    life: openLife({ state, limit, clock: { wait }, now: () => new Date(), boot }),
    log: { debug: say, info: say, warn: say, error: say },
  });
  t.after(() => agent.stop());
  const failing = await until((worker) => worker.state === 'failing');
  strictEqual(failing.failing?.count, 3);
  match(failing.failing.lines.join('\n'), /"message":"started".*\n.*"message":"registered"/);

  // It is still failing for an orchestrator that has just started, since the agent says so again.
  bench = await bench.restart({ env: { MUSTER_LISTEN: new URL(bench.admin.url).host } });
  await until((worker) => worker.state === 'failing');
  passMinute();
  deepStrictEqual((await until((worker) => worker.state === 'idle')).failing, null);
});
