// Does a scrape show jobs, workers, their load, ended attempts and commits?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOrchestrator } from '../support/orchestrator.ts';
import { connectAgent, takeJob } from '../support/scripted-agent.ts';

test('a scrape counts by state and cause, and names each worker', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await connectAgent(t, bench);
  await bench.admin.post('/api/v1/jobs', { command: ['true'] });
  const lease = await takeJob(agent);
  await agent.heartbeat([lease]);
  await agent.report(lease, {});
  const { text } = await bench.admin.get('/metrics');
  for (const line of [
    'muster_jobs{state="succeeded"} 1',
    'muster_jobs{state="queued"} 0',
    'muster_workers{state="idle"} 1',
    'muster_worker_load_cpu_ratio{worker="worker-01"} 0.25',
    'muster_worker_load_gpu_memory_used_bytes{worker="worker-01",gpu="0"} 2147483648',
    'muster_attempts_ended_total{cause="succeeded"} 1',
    'muster_event_streams 1',
    'muster_http_requests_total{route="/api/v1/jobs",method="POST",status="201"} 1',
  ])
    assert.ok(text.split('\n').includes(line), line);
  assert.match(text, /^muster_commit_seconds_count [1-9]/m);
});
