// What becomes of the job of an agent that stops, wakes, or dies? Told with real processes and a ttl of seconds.
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobView } from '../../services/protocol/index.ts';
import { createClient, Refusal } from '../../stacks/drivers/orchestrator.ts';
import { eventually } from '../support/clone.ts';
import { Fleet, ttlSeconds } from '../support/daemon-fleet.ts';
import { type HostProcess, hostProcesses } from '../support/host-processes.ts';

const submit = (fleet: Fleet, ...command: string[]): Promise<JobView> =>
  fleet.client.call<JobView>('POST', '/api/v1/jobs', { command });
const running = (fleet: Fleet, id: string): Promise<JobView> =>
  eventually('the job runs', async () => {
    const job = await fleet.job(id);
    return job.state === 'running' && job;
  });
const ended = (fleet: Fleet, id: string, seconds: number): Promise<JobView> =>
  eventually(
    'the job ended',
    async () => {
      const job = await fleet.job(id);
      return job.finishedAt !== null && job;
    },
    seconds,
  );
const processesOf = (id: string): HostProcess[] =>
  hostProcesses().filter(({ environment }) => environment.includes(`\0MUSTER_JOB_ID=${id}\0`));

test('an agent that stood still ends its stale copy when it wakes, and nothing that it reports counts (I4, I6)', async (t) => {
  const fleet = await Fleet.start(['agent-1', 'agent-2']);
  t.after(() => fleet.close());
  // Its first copy would run for long after the wake-up; the second ends at once.
  const script = `[ -e '${fleet.folder}/first' ] && exit 0; : >'${fleet.folder}/first'; sleep 300`;
  const { id } = await submit(fleet, 'sh', '-c', script);
  const stopped = (await running(fleet, id)).worker as string;
  await eventually('its copy runs', async () => processesOf(id).length > 0);
  const attempt = /MUSTER_ATTEMPT=([^\0]+)/.exec(processesOf(id)[0]?.environment ?? '')?.[1] ?? '';
  const stoppedAt = performance.now();
  fleet.signal(stopped, 'SIGSTOP');

  const elsewhere = await ended(fleet, id, ttlSeconds * 2);
  t.diagnostic(`finished elsewhere after ${((performance.now() - stoppedAt) / 1000).toFixed(1)} s`);
  strictEqual(elsewhere.state, 'succeeded');
  ok(elsewhere.worker !== stopped, `${stopped} had it again`);
  deepStrictEqual(
    elsewhere.attempts.map(({ cause }) => cause),
    ['worker_lost', 'succeeded'],
  );
  await sleep(Math.max(0, ttlSeconds * 2000 - (performance.now() - stoppedAt)));
  ok(processesOf(id).length > 0, 'the stale copy is gone before its agent woke');

  const wokeAt = performance.now();
  fleet.signal(stopped, 'SIGCONT');
  await eventually('the stale copy has ended', async () => processesOf(id).length === 0, 10);
  const milliseconds = performance.now() - wokeAt;
  t.diagnostic(`the stale copy ended ${milliseconds.toFixed(0)} ms after the wake-up`);
  ok(milliseconds < 2000, `it took ${milliseconds} ms`);
  await fleet.idle();
  const after = await fleet.job(id);
  deepStrictEqual({ ...after, progress: null }, { ...elsewhere, progress: null });

  await refusesStaleReport(fleet, stopped, attempt);
});

/** The report that the woken agent would send, had it not been told to drop the lease: with its own token and session. */
async function refusesStaleReport(fleet: Fleet, agent: string, attempt: string): Promise<void> {
  const [job = '', fence = ''] = attempt.split(/\.(.*)/s);
  const token = readFileSync(join(fleet.folder, agent, 'token'), 'utf8').split('\n')[0] as string;
  const session = /"session":"([^"]+)"/.exec(fleet.log(agent))?.[1];
  const report = { session, job, fence, seq: 99, state: 'ended', cause: 'exit', exitCode: 1 };
  const body = { ...report, detail: null, outputs: [], progress: null };
  const call = createClient({ url: fleet.client.url, key: token, retryMs: 0 }).call(
    'POST',
    '/api/v1/agent/report',
    body,
  );
  const refusal = await call.then(
    () => null,
    (error: Refusal) => error,
  );
  ok(refusal instanceof Refusal, `${attempt} was taken`);
  deepStrictEqual([refusal.status, refusal.code], [409, 'stale_lease']);
  strictEqual((await fleet.job(job)).state, 'succeeded');
  await eventually('the refusal is in the audit', async () =>
    fleet.audit().some((row) => row.outcome === 'refused' && row.target === job && row.detail.code === 'stale_lease'),
  );
}

test('the only worker gets the job again when it is back from kill -9 in mid-job', async (t) => {
  const fleet = await Fleet.start(['agent-1']);
  t.after(() => fleet.close());
  const { id } = await submit(fleet, 'sh', '-c', 'sleep 2; echo done');
  await running(fleet, id);
  await eventually('its process runs', async () => processesOf(id).length > 0);
  fleet.signal('agent-1', 'SIGKILL');
  const job = await ended(fleet, id, 20);
  deepStrictEqual(
    job.attempts.map(({ cause }) => cause),
    ['agent_died', 'succeeded'],
  );
});

test('a job under which three agents died is quarantined, and the next job runs (I7)', async (t) => {
  const fleet = await Fleet.start(['agent-1']);
  t.after(() => fleet.close());
  const poison = await submit(fleet, 'sh', '-c', 'sleep 1; kill -9 "$(ps -o ppid= -p $$ | tr -d " ")"; sleep 60');
  const job = await ended(fleet, poison.id, 40);
  deepStrictEqual([job.state, job.cause, job.attempts.length], ['failed', 'quarantined', 3]);
  match(job.detail ?? '', /3 agents died/);
  const next = await submit(fleet, 'true');
  strictEqual((await ended(fleet, next.id, 20)).state, 'succeeded');
});
