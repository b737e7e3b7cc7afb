// Does a scrape show what happens to jobs, workers, leases and commits?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOrchestrator } from '../support/orchestrator.ts';
import { connectAgent, takeJob } from '../support/scripted-agent.ts';

const gpu = (index: number) => ({
  index,
  uuid: `GPU-${index}`,
  name: 'RTX "4090"\\',
  memoryMiB: 24_564,
  driver: '560.35',
});
const capacity = { cpus: 4, memoryMiB: 8192, diskMiB: 50_000, gpus: [gpu(0), gpu(1)] };

const assertLines = (text: string, lines: readonly string[]): void => {
  const there = new Set(text.split('\n'));
  assert.deepEqual(
    lines.filter((line) => !there.has(line)),
    [],
    text,
  );
};

test('a scrape counts by state and cause, and names each worker', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await connectAgent(t, bench);
  await bench.admin.post('/api/v1/jobs', { command: ['true'] });
  const lease = await takeJob(agent);
  await agent.heartbeat([lease]);
  await agent.report(lease, {});
  const { text } = await bench.admin.get('/metrics');
  assertLines(text, [
    'muster_jobs{state="succeeded"} 1',
    'muster_jobs{state="queued"} 0',
    'muster_jobs_submitted_total 1',
    'muster_jobs_ended_total{state="succeeded"} 1',
    'muster_leases 0',
    'muster_workers{class="worker-01",state="idle"} 1',
    'muster_workers{class="worker-01",state="offline"} 0',
    'muster_worker_load_cpu_ratio{worker="worker-01"} 0.25',
    'muster_worker_load_gpu_memory_used_bytes{worker="worker-01",gpu="0"} 2147483648',
    'muster_worker_load_gpu_temperature_celsius{worker="worker-01",gpu="0"} 40',
    'muster_attempts_ended_total{cause="succeeded"} 1',
    'muster_attempts_ended_total{cause="worker_lost"} 0',
    'muster_event_streams 1',
    'muster_store_writable 1',
    'muster_expiry_paused 0',
    'muster_queue_wait_seconds_count{class="worker-01"} 1',
    'muster_offer_to_start_seconds_count{class="worker-01"} 1',
    'muster_submit_to_start_seconds_count{class="worker-01"} 1',
    `muster_build_info{version="0.1.0",node="${process.versions.node}"} 1`,
    'muster_http_requests_total{route="/api/v1/jobs",method="POST",status="201"} 1',
  ]);
  assert.match(text, /^muster_commit_seconds_count [1-9]/m);
  assert.match(text, /^process_start_time_seconds 1[0-9.]+$/m);
});

test('what waits is counted under the classes that could take it, and leased GPUs are busy', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await connectAgent(t, bench, { capacity });
  await bench.admin.post('/api/v1/jobs', { command: ['true'], gpus: 1 });
  const lease = await takeJob(agent);
  await bench.admin.post('/api/v1/jobs', { command: ['true'], gpus: 2 });
  await bench.admin.post('/api/v1/jobs', { command: ['true'], gpus: 3 });
  const { text } = await bench.admin.get('/metrics');
  assertLines(text, [
    'muster_leases 1',
    'muster_queue_jobs{class="worker-01"} 1',
    'muster_queue_jobs{class="none"} 1',
    'muster_gpus{class="worker-01",worker="worker-01",state="busy"} 1',
    'muster_gpus{class="worker-01",worker="worker-01",state="free"} 1',
    'muster_gpus{class="worker-01",worker="worker-01",state="away"} 0',
    'muster_gpu_info{worker="worker-01",gpu="1",vendor="nvidia",name="RTX \\"4090\\"\\\\",arch="",driver="560.35"} 1',
  ]);
  assert.match(text, /^muster_queue_oldest_seconds\{class="none"\} 0\.\d+$/m);
  await bench.admin.post('/api/v1/workers/worker-01/drain');
  assertLines((await bench.admin.get('/metrics')).text, [
    'muster_gpus{class="worker-01",worker="worker-01",state="free"} 0',
    'muster_gpus{class="worker-01",worker="worker-01",state="away"} 1',
  ]);
  await agent.report(lease, {});
});

test('a failed attempt is a retry with its cause, and its wait counts from its end', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await connectAgent(t, bench);
  await bench.admin.post('/api/v1/jobs', { command: ['false'], retries: 1 });
  for (const cause of ['exit', 'exit']) await agent.report(await takeJob(agent), { cause, exitCode: 1 });
  assertLines((await bench.admin.get('/metrics')).text, [
    'muster_attempts_ended_total{cause="exit"} 2',
    'muster_retries_total{cause="exit"} 1',
    'muster_jobs_ended_total{state="failed"} 1',
    'muster_queue_wait_seconds_count{class="worker-01"} 2',
    'muster_offer_to_start_seconds_count{class="worker-01"} 2',
    'muster_submit_to_start_seconds_count{class="worker-01"} 1',
  ]);
});
