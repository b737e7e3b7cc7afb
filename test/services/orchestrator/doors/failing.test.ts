// What becomes of an agent's word that it keeps failing: who may say it, and who sees it?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentPaths, type WorkerList } from '../../../../services/protocol/index.ts';
import { startOrchestrator } from '../support/orchestrator.ts';
import { connectAgent } from '../support/scripted-agent.ts';

const failing = {
  ...{ count: 3, since: '2026-01-02T03:04:05.678Z', reason: 'it ended with exit code 7' },
  lines: ['{"message":"about to fall"}', 'Error: <b>no</b>'],
};

test('list, view, status and metrics show it, until the agent says that it is well', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await connectAgent(t, bench);
  assert.equal((await agent.client.post(agentPaths.failing, { failing })).status, 200);
  const { workers } = (await bench.admin.get('/api/v1/workers')).json as WorkerList;
  assert.deepEqual(
    workers.map((worker) => [worker.name, worker.state, worker.failing]),
    [['worker-01', 'failing', failing]],
  );
  assert.deepEqual((await bench.admin.get('/api/v1/workers/worker-01')).json.failing, failing);
  assert.deepEqual((await bench.admin.get('/api/v1/status')).json.workers, { failing: 1 });
  const lines = async () => (await bench.admin.get('/metrics')).text.split('\n');
  const figures = [
    'muster_worker_failures{class="worker-01",worker="worker-01"} 3',
    'muster_workers{class="worker-01",state="failing"} 1',
  ];
  const shown = await lines();
  assert.deepEqual(
    figures.filter((figure) => !shown.includes(figure)),
    [],
  );
  assert.equal((await agent.client.post(agentPaths.failing, { failing: null })).status, 200);
  const after = (await bench.admin.get('/api/v1/workers/worker-01')).json;
  assert.deepEqual([after.state, after.failing], ['idle', null]);
  assert.ok(!(await lines()).some((line) => line.startsWith('muster_worker_failures{')));
});

const wrong: readonly (readonly [unknown, string])[] = [
  [{}, 'failing'],
  [{ failing: { ...failing, count: 0 } }, 'failing/count'],
  [{ failing: { ...failing, since: 'yesterday' } }, 'failing/since'],
  [{ failing: { ...failing, reason: 'x\u001b[2J' } }, 'failing/reason'],
  [{ failing: { ...failing, reason: 'x'.repeat(301) } }, 'failing/reason'],
  [{ failing: { ...failing, lines: ['x'.repeat(501)] } }, 'failing/lines/0'],
  [{ failing: { ...failing, lines: ['a\nb'] } }, 'failing/lines/0'],
  [{ failing: { ...failing, lines: ['a\u202eb'] } }, 'failing/lines/0'],
  [{ failing: { ...failing, lines: Array(21).fill('x') } }, 'failing/lines'],
];

test('what could hurt whoever reads it is refused, with its place', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await connectAgent(t, bench);
  for (const [body, place] of wrong) {
    const { status, text } = await agent.client.post(agentPaths.failing, body);
    assert.equal(status, 422, place);
    assert.ok(text.includes(`"${place}"`), `${place}: ${text}`);
  }
  assert.equal((await bench.admin.get('/api/v1/workers/worker-01')).json.state, 'idle');
});

test('only a worker may say it, of itself', async (t) => {
  const bench = await startOrchestrator(t);
  const said = async (token: string) => (await bench.client(token).post(agentPaths.failing, { failing })).status;
  assert.deepEqual(
    [await said(bench.adminKey), await said(bench.classSecret('worker-01')), await said('wt_nobody')],
    [403, 403, 401],
  );
});
