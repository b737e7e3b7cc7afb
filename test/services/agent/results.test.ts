// Is a result ever lost? Reports and logs are repeated, through refusals, broken connections and restarts. (I8, I11)
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startAgent } from '../../../services/agent/agent.ts';
import { createClock } from '../../../services/agent/core/clock.ts';
import { openLife } from '../../../services/agent/failures/life.ts';
import { parseSettings } from '../../../services/agent/settings.ts';
import { arena, startAgentProcess } from '../../support/agent-process.ts';

test('a report is repeated word for word until it is acknowledged, and heartbeats name it until then', {
  timeout: 20_000,
}, async (t) => {
  const { orchestrator, env } = await arena(t);
  orchestrator.reply = ({ route }) => {
    if (route !== 'report') return undefined;
    const count = orchestrator.of('report').length;
    const beats = orchestrator.calls.slice(orchestrator.calls.indexOf(orchestrator.of('report')[0] as never));
    const named = beats.some((call) => call.route === 'heartbeat' && call.body.leases[0]?.job === 'j1');
    if (count >= 3 && named) return undefined;
    return count % 2 === 0 ? 'cut' : { status: 503 };
  };
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['sh', '-c', 'exit 3'] });
  await orchestrator.until(() => orchestrator.of('heartbeat').some(({ body }) => body.leases.length === 1));
  await orchestrator.until(() => orchestrator.of('heartbeat').at(-1)?.body.leases.length === 0);
  const reports = orchestrator.of('report');
  assert.ok(reports.length >= 4);
  for (const { body } of reports) assert.deepEqual(body, reports[0]?.body);
});

test('a result that is refused as stale is dropped', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  orchestrator.reply = ({ route, body }) =>
    route === 'report' && body.job === 'j1'
      ? { status: 409, json: { error: { code: 'stale_lease', message: '' } } }
      : undefined;
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['true'] });
  await orchestrator.until(() => orchestrator.of('report').length === 1);
  orchestrator.offer('j2', { command: ['true'] });
  await orchestrator.until(() => orchestrator.ended('j2'));
  assert.equal(orchestrator.of('report').length, 2);
});

test('a result outlives the agent: the next one claims and delivers it with its log and outputs', {
  timeout: 30_000,
}, async (t) => {
  const { orchestrator, env } = await arena(t);
  orchestrator.reply = ({ route }) => (['report', 'artifacts', 'logs'].includes(route) ? { status: 503 } : undefined);
  const first = startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['sh', '-c', 'echo done | tee out.txt; exit 5'], outputs: ['out.txt'] });
  await orchestrator.until(() => orchestrator.of('artifacts').length > 0);
  const file = join(env.MUSTER_STATE ?? '', `jobs/j1.${orchestrator.fence}/result.json`);
  assert.equal(JSON.parse(readFileSync(file, 'utf8')).exitCode, 5);
  first.child.kill('SIGKILL');
  await first.exited;
  orchestrator.reply = () => undefined;
  startAgentProcess(t, env);
  const report = await orchestrator.until(() => orchestrator.ended('j1'));
  assert.deepEqual([report.cause, report.exitCode, report.outputs.length], ['exit', 5, 1]);
  assert.deepEqual(orchestrator.of('register').at(-1)?.body.claims, [{ job: 'j1', fence: orchestrator.fence }]);
  assert.equal(orchestrator.logs.get('j1')?.toString(), 'done\n');
  assert.equal(orchestrator.artifacts.size, 1);
});

test('a log goes on from what is held after lost answers, errors and a gap', { timeout: 30_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  let count = 0;
  orchestrator.reply = ({ route }, url) => {
    if (route !== 'logs') return undefined;
    count++;
    if (count === 2) return { status: 503 };
    if (count === 3) return 'cut';
    // The server lost its tail: it holds less than the agent believes.
    if (count === 5) {
      orchestrator.logs.set('j1', Buffer.from(''));
      return { status: 409, json: { offset: 0 } };
    }
    assert.ok(url.searchParams.has('offset'));
    return undefined;
  };
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  const expected = Array.from({ length: 200_000 }, (_, line) => `${line + 1}\n`).join('');
  orchestrator.offer('j1', { command: ['seq', '200000'] });
  await orchestrator.until(() => orchestrator.ended('j1'));
  assert.ok(orchestrator.logs.get('j1')?.toString() === expected, 'the log is whole');
  assert.ok(orchestrator.of('logs').every(({ body }) => body.bytes <= 256 * 1024));
});

test('a log route that refuses holds up no result', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  orchestrator.reply = ({ route }) =>
    route === 'logs' ? { status: 413, json: { error: { code: 'log_full', message: '' } } } : undefined;
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['echo', 'much'] });
  await orchestrator.until(() => orchestrator.ended('j1'));
  assert.equal(orchestrator.of('logs').length, 1);
});

test('who waits to try again tries at once when the agent is registered again', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  orchestrator.reply = ({ route }) =>
    route === 'report' && orchestrator.of('register').length === 1 ? { status: 503 } : undefined;
  const parsed = parseSettings([], { ...env, MUSTER_HEALTH: '127.0.0.1:0' });
  assert.ok(parsed.kind === 'run');
  const real = createClock(() => null);
  // A second and more is for ever here: nothing but the register can end the third pause.
  const endless = (signal?: AbortSignal) =>
    new Promise<void>((done) => signal?.addEventListener('abort', () => done()));
  const say = () => {};
  const { maxRestartAttempts: limit, state } = parsed.settings;
  const agent = await startAgent(parsed.settings, {
    life: openLife({ state, limit, clock: real, now: () => new Date(), boot: '' }),
    ...{ env: process.env, hostname: 'host', availableCpus: 1, arch: process.arch, random: () => 1 },
    clock: { nowMs: real.nowMs, wait: (ms, signal) => (ms >= 1000 ? endless(signal) : real.wait(ms, signal)) },
    log: { debug: say, info: say, warn: say, error: say },
  });
  t.after(() => agent.stop());
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['true'] });
  await orchestrator.until(() => orchestrator.of('report').length === 3);
  orchestrator.cutStreams();
  await orchestrator.until(() => orchestrator.of('report').length === 4);
  assert.equal(orchestrator.of('register').length, 2);
});
