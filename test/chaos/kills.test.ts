// Does every job end exactly once while the orchestrator and the agents are killed at random? (I1–I5, I9, F1, F2)
// MUSTER_CHAOS_JOBS sets the size, MUSTER_CHAOS_SEED repeats a run.
import { deepStrictEqual, ok } from 'node:assert';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobView, StatusView } from '../../services/protocol/index.ts';
import { eventually } from '../support/clone.ts';
import { Fleet } from '../support/daemon-fleet.ts';
import { seeded } from '../support/seeded.ts';
import { judge, parseWitness } from '../support/witness.ts';

const jobCount = Number(process.env.MUSTER_CHAOS_JOBS ?? 200);
const seed = Number(process.env.MUSTER_CHAOS_SEED ?? Date.now() % 1_000_000);
const kills = Math.min(20, Math.max(6, Math.round(jobCount / 20)));
const agents = ['agent-1', 'agent-2', 'agent-3', 'agent-4'];
/** Jobs write whole lines with one append each, past every daemon. */
const script =
  'echo "S $MUSTER_JOB_ID $MUSTER_ATTEMPT" >>"$1"; sleep "$2"; echo "E $MUSTER_JOB_ID $MUSTER_ATTEMPT" >>"$1"';

test(`${jobCount} jobs end once each under ${kills} kills (seed ${seed})`, async (t) => {
  const random = seeded(seed);
  const fleet = await Fleet.start(agents);
  t.after(() => fleet.close());
  const witness = join(fleet.folder, 'witness');
  closeSync(openSync(witness, 'a', 0o666));
  const submitted = new Map<string, string | null>();
  const startedAt = performance.now();

  const submit = async (name: string): Promise<void> => {
    submitted.set(name, null);
    const seconds = (0.05 + random() * 0.4).toFixed(2);
    const body = { name, command: ['sh', '-c', script, 'sh', witness, seconds], cpus: 0.5 };
    const headers = { 'idempotency-key': `chaos-${seed}-${name}` };
    const job = await fleet.client.call<JobView>('POST', '/api/v1/jobs', body, headers);
    submitted.set(name, job.id);
    // As after an answer that was lost: the same key must give the same job.
    if (random() < 0.1) {
      const again = await fleet.client.call<JobView>('POST', '/api/v1/jobs', body, headers);
      deepStrictEqual(again.id, job.id);
    }
  };
  const names = Array.from({ length: jobCount }, (_, n) => `job-${n}`);
  const clients = Array.from({ length: 4 }, async () => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) await submit(name);
  });

  // Spread over the work, not over a time that depends on the machine.
  for (let kill = 1; kill <= kills; kill++) {
    const due = Math.floor((kill * jobCount) / (kills + 2)) * 2;
    await eventually('the next kill is due', async () => linesIn(witness) >= Math.min(due, jobCount * 1.8), 120);
    await sleep(random() * 100);
    const target = random() < 0.4 ? 'orchestrator' : (agents[Math.floor(random() * agents.length)] as string);
    fleet.signal(target, 'SIGKILL');
  }
  await Promise.all(clients);
  await eventually(
    'everything is over',
    async () => {
      const { jobs } = await fleet.client.call<StatusView>('GET', '/api/v1/status');
      return ['queued', 'offered', 'running'].every((state) => !jobs[state]);
    },
    60 + jobCount / 10,
  );
  const jobs = await fleet.jobs();
  const evidence = {
    submitted,
    jobs,
    lines: parseWitness(readFileSync(witness, 'utf8')),
    audit: fleet.audit(),
  };
  const verdict = judge(evidence);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const failed = jobs.filter(({ state }) => state === 'failed');
  t.diagnostic(`${jobCount} jobs, ${kills} kills, ${seconds} s: ${JSON.stringify(verdict)}, ${failed.length} failed`);
  const { duplicated, lost, stuck, unexpected } = verdict;
  deepStrictEqual({ lost, unexpected, duplicated, stuck }, { lost: [], unexpected: [], duplicated: [], stuck: [] });
  // Nothing but three dead agents may fail a job that always exits with 0.
  deepStrictEqual(
    failed.filter(({ cause }) => cause !== 'quarantined').map(({ name, cause, detail }) => ({ name, cause, detail })),
    [],
  );
  // The twin: the same run with one acked job taken from the list, and one end accepted twice, is red.
  const [gone, ...rest] = jobs;
  deepStrictEqual(judge({ ...evidence, jobs: rest }).lost, [gone?.name]);
  const twice = [...evidence.audit, { action: 'job.ended', target: gone?.id ?? '' }];
  deepStrictEqual(judge({ ...evidence, audit: twice }).duplicated, [gone?.name]);
  ok(verdict.reexecutions <= kills * 8, `${verdict.reexecutions} executions too many`);
});

const linesIn = (file: string): number => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0);
