// Does a Dask worker that is stopped lose nothing, and what does the scheduler answer about demand?
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { address, dashboard, PythonTalk, startScheduler, startWorker, whyNoDask } from '../support/dask.ts';
import { type LocalStack, until } from '../support/local-stack.ts';

const skip = whyNoDask() ?? false;

const spec = `
name: a
services:
  dask:
    workers:
      a: {cpus: 2, memory: 1GiB, processes: 2, drainGrace: 20s}
      b: {cpus: 2, memory: 1GiB, processes: 2, drainGrace: 20s}
`;

/** Scatters 100 numbers, computes 200, begins 4 of 2 s; when told so, says what is left of it all. */
const workload = (stack: LocalStack) => `
import json, sys, time
from distributed import Client, wait
client = Client("tcp://${address(stack)}")
client.wait_for_workers(4, timeout=60)
scattered = client.scatter(list(range(100)), hash=False)
computed = client.map(lambda x: x * x, range(200), pure=False)
wait(computed)
def slow(x):
    time.sleep(2)
    return x
running = client.map(slow, range(4), pure=False)
while sum(client.run(lambda dask_worker: len(dask_worker.state.executing)).values()) < 4: time.sleep(0.05)
print(json.dumps("ready"), flush=True)
sys.stdin.readline()
wait(computed + running, timeout=30)
lost = [future.status for future in scattered if future.status != "finished"]
if lost: print(json.dumps(["lost"])); sys.exit()
def twice(dask_scheduler):
    done = [key for key, start, end, *_ in dask_scheduler.transition_log if end == "memory" and start == "processing"]
    return len(done) - len(set(done))
sums = [sum(client.gather(futures)) for futures in (scattered, computed, running)]
print(json.dumps([*sums, len(client.scheduler_info()["workers"]), client.run_on_scheduler(twice)]), flush=True)
`;

test('a worker that is stopped ends its tasks and hands everything over: nothing is lost or computed again', {
  skip,
}, async (t) => {
  const stack = await startScheduler(t, spec);
  const [a, b] = [startWorker(stack, 'a'), startWorker(stack, 'b')];
  const talk = new PythonTalk(t, workload(stack));
  assert.equal(await talk.next(), 'ready');
  const stoppedAt = performance.now();
  a.child.kill('SIGTERM');
  assert.equal(await a.exited, 0);
  const seconds = (performance.now() - stoppedAt) / 1000;
  assert.ok(seconds < 15, `${seconds} s`);
  talk.goOn();
  assert.deepEqual(await talk.next(), [4950, 2_646_700, 6, 2, 0]);
  // Nobody is left to take what it has: waiting would help nobody.
  const lastAt = performance.now();
  b.child.kill('SIGTERM');
  assert.equal(await b.exited, 0);
  assert.ok(performance.now() - lastAt < 8000);
  t.diagnostic(`a worker with running tasks of 2 s left after ${seconds.toFixed(1)} s`);
});

test('a twin that does not retire loses what was scattered', { skip }, async (t) => {
  const stack = await startScheduler(t, spec);
  const script = stack.at.config('dask/a.sh');
  const without = readFileSync(script, 'utf8').replace(/ \\\n {2}--preload-nanny .*/, '');
  writeFileSync(script, without);
  const [a] = [startWorker(stack, 'a'), startWorker(stack, 'b')];
  const talk = new PythonTalk(t, workload(stack));
  assert.equal(await talk.next(), 'ready');
  a.child.kill('SIGTERM');
  assert.equal(await a.exited, 0);
  talk.goOn();
  assert.deepEqual(await talk.next(), ['lost']);
});

test('a task that does not end is left in time', { skip }, async (t) => {
  const stack = await startScheduler(t, 'name: a\nservices: {dask: {workers: {a: {memory: 1GiB, drainGrace: 4s}}}}');
  const worker = startWorker(stack, 'a');
  const talk = new PythonTalk(
    t,
    `
import json, sys, time
from distributed import Client
client = Client("tcp://${address(stack)}")
client.wait_for_workers(1, timeout=60)
endless = client.submit(time.sleep, 600)
while sum(client.run(lambda dask_worker: len(dask_worker.state.executing)).values()) < 1: time.sleep(0.05)
print(json.dumps("running"), flush=True)
sys.stdin.readline()
`,
  );
  assert.equal(await talk.next(), 'running');
  const stoppedAt = performance.now();
  worker.child.kill('SIGTERM');
  await worker.exited;
  const seconds = (performance.now() - stoppedAt) / 1000;
  assert.ok(seconds < 24, `${seconds} s of the 24 s that a container has`);
});

type Row = { readonly resources: Record<string, number>; readonly executing: number; readonly assigned: number };
type Seen = { readonly name: string; readonly status: string; readonly resources: Record<string, number> };
type Demand = { readonly demand: Record<string, Row & Record<string, number>>; readonly workers: readonly Seen[] };

const classes =
  'name: a\nservices: {dask: {workers: {gpu: {cpus: 1, memory: 1GiB, resources: {GPU: 1}, drainGrace: 2s}}}}';

test('demand is told for each resource, and a worker is retired by its name', { skip }, async (t) => {
  const stack = await startScheduler(t, classes);
  const worker = startWorker(stack, 'gpu');
  const talk = new PythonTalk(
    t,
    `
import json, sys, time
from distributed import Client
client = Client("tcp://${address(stack)}")
client.wait_for_workers(1, timeout=60)
def slow(x):
    time.sleep(8)
kept = [client.map(slow, range(3), resources={"GPU": 1}, pure=False),
        client.map(slow, range(5), resources={"ML": 2}, pure=False),
        client.submit(sum, client.map(slow, range(1), resources={"ML": 2}, pure=False))]
print(json.dumps("asked"), flush=True)
sys.stdin.readline()
client.cancel(kept)
print(json.dumps("cancelled"), flush=True)
sys.stdin.readline()
`,
  );
  assert.equal(await talk.next(), 'asked');
  // As of the last heartbeat, so it comes to be so.
  const { demand, workers } = await until(async () => {
    const told = (await (await fetch(`${dashboard(stack)}/muster/demand`)).json()) as Demand;
    return told.demand['GPU=1']?.executing === 1 && told.demand['']?.waiting === 1 ? told : null;
  });
  assert.deepEqual(demand, {
    '': { resources: {}, waiting: 1, 'no-worker': 0, queued: 0, assigned: 0, executing: 0 },
    'GPU=1': { resources: { GPU: 1 }, waiting: 0, 'no-worker': 0, queued: 0, assigned: 2, executing: 1 },
    'ML=2': { resources: { ML: 2 }, waiting: 0, 'no-worker': 6, queued: 0, assigned: 0, executing: 0 },
  });
  const [seen] = workers;
  assert.deepEqual([workers.length, seen?.status, seen?.resources], [1, 'running', { GPU: 1 }]);

  const ask = async (body: string) => {
    const answer = await fetch(`${dashboard(stack)}/muster/retire`, { method: 'POST', body });
    return [answer.status, await answer.json()];
  };
  const bad = [400, { error: 'expected names, a list of 1 to 1000' }];
  for (const body of ['{}', '[]', '{"names":[]}', '{"names":"a"}']) assert.deepEqual(await ask(body), bad, body);
  assert.equal((await ask('{'))[0], 400);
  assert.equal((await ask(`{"names":["${'x'.repeat(70_000)}"]}`))[0], 400);
  assert.deepEqual(await ask('{"names":[7]}'), [400, { error: 'expected names of text' }]);
  talk.goOn();
  assert.equal(await talk.next(), 'cancelled');
  const name = seen?.name as string;
  const answer = await ask(JSON.stringify({ names: ['nobody', name] }));
  assert.deepEqual(answer, [200, { retired: [name], kept: [], unknown: ['nobody'] }]);
  assert.equal(await worker.exited, 0);
});

test('what the proxy hands on is below one path; the routes of ours are not', { skip }, async (t) => {
  for (const [dask, page] of [
    ['true', 200],
    ['{dashboard: false}', 404],
  ] as const) {
    const stack = await startScheduler(t, `name: a\nservices: {dask: ${dask}}`);
    const statuses = (paths: readonly string[]) =>
      Promise.all(paths.map(async (path) => (await fetch(`${dashboard(stack)}${path}`)).status));
    const open = ['/muster/dask/status', '/muster/dask/metrics', '/health', '/metrics', '/muster/demand'];
    assert.deepEqual(await statuses(open), [page, 200, 200, 200, 200], dask);
    const hidden = ['/muster/dask/muster/demand', '/muster/dask/demand', '/muster/dask/api/v1/retire_workers'];
    assert.deepEqual(await statuses(hidden), [404, 404, 404], dask);
  }
});
