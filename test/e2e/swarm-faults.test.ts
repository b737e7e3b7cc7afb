// What becomes of jobs when a swarm loses a worker, its leader or its secrets? Three managers on three real nodes.
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { after, before, test } from 'node:test';
import { eventually } from '../support/clone.ts';
import type { JobReport } from '../support/swarm-jobs.ts';
import {
  freshSwarm,
  killNode,
  onNode,
  startNode,
  swarmDown,
  tryOnNode,
  untilConverged,
  whyNoSwarm,
} from '../support/swarm-lab.ts';
import { Rack } from '../support/swarm-rack.ts';
import { Users } from '../support/swarm-users.ts';

const why = whyNoSwarm();
const options = why === null ? {} : { skip: why };
/** Longer than the orchestrator is away in an update, and short enough to notice a dead worker within the test. */
const round = { leaseTtl: '24s', replicas: 5 };
let rack: Rack;
let users: Users;

before(async () => {
  if (why !== null) return;
  freshSwarm({ managers: 3 });
  rack = await Rack.make('rack');
  rack.write(round);
});
after(async () => {
  if (why !== null) return;
  rack.remove();
  swarmDown();
});

function nothingLost({ duplicated, failed, lost, stuck, unexpected }: JobReport): void {
  const nothing = { duplicated: [], failed: [], lost: [], stuck: [], unexpected: [] };
  deepStrictEqual({ duplicated, failed, lost, stuck, unexpected }, nothing);
}

test('with three managers the stack comes up', options, async () => {
  // Node 1 leads at first: what the orchestrator wrote is not to lie there.
  const { code, stderr, stdout } = await rack.deploy(['--node', 'node2']);
  strictEqual(code, 0, stdout + stderr);
});

test('a rotated credential and a rotated key cost no job, and the old ones are worth nothing', options, async (t) => {
  users = await Users.start(rack, 'rotated');
  t.after(() => users.close());
  await users.idle(5);
  const old = rack.secret('admin');
  const oldToken = rack.secret('classes/worker/token');
  users.keepOn(3);
  const said = await rack.deploy(['--rotate', 'classes/worker/token', '--rotate', 'admin']);
  const jobs = await users.report(40);
  t.diagnostic(JSON.stringify(jobs));
  strictEqual(said.code, 0, said.stdout + said.stderr);
  nothingLost(jobs);
  deepStrictEqual(jobs.broken, []);
  strictEqual((await users.status(old)).status, 401);
  strictEqual((await users.status()).status, 200);
  strictEqual((await users.register(oldToken)).status, 401);
  // The new one is known: only what comes with it is wrong.
  strictEqual((await users.register(rack.secret('classes/worker/token'))).status, 422);
  const names = onNode(1, 'secret', 'ls', '--format', '{{.Name}}').split('\n');
  const rotated = names.filter((name) => /^rack_(admin|classes)/.test(name)).sort();
  deepStrictEqual(rotated, ['rack_admin_2', 'rack_classes-worker-token_2']);
});

test('a node dies, and its jobs end elsewhere', options, async (t) => {
  users = await Users.start(rack, 'died');
  t.after(() => users.close());
  await users.idle(5);
  const count = rack.containers('worker').filter(({ node }) => node === 3).length;
  ok(count > 0, 'node 3 has no worker');
  await users.begin(20, 15);
  const startedAt = performance.now();
  killNode(3);
  const jobs = await users.report(120);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  t.diagnostic(`${count} workers died; all jobs are over ${seconds} s later`);
  t.diagnostic(JSON.stringify(jobs));
  nothingLost(jobs);
  ok(jobs.broken.length > 0, 'no job was on that node');
  ok(
    jobs.broken.every((line) => line.endsWith('worker_lost')),
    jobs.broken.join('\n'),
  );
  startNode(3);
  await users.idle(5);
});

const managers = ['--format', '{{.Hostname}} {{.ManagerStatus}}'] as const;

/** What leads by now, after nodes came and went on a busy machine, steps down until node 1 leads. */
async function letNode1Lead(): Promise<void> {
  await eventually('node 1 leads', async () => {
    const [, leader] = /^(node\d) Leader$/m.exec(tryOnNode(1, 'node', 'ls', ...managers).stdout) ?? [];
    if (leader === 'node1') return true;
    if (leader !== undefined && tryOnNode(1, 'node', 'demote', leader).status === 0) {
      await eventually(`${leader} is back`, async () => tryOnNode(1, 'node', 'promote', leader).status === 0);
    }
    return false;
  });
}

test('the leader dies: jobs go on, and a deploy by another manager works', options, async (t) => {
  users = await Users.start(rack, 'led');
  t.after(() => users.close());
  await letNode1Lead();
  await users.begin(10, 20);
  const startedAt = performance.now();
  killNode(1);
  await eventually('another leader', async () => {
    const { stdout } = tryOnNode(2, 'node', 'ls', ...managers);
    return /^node[23] Leader$/m.test(stdout);
  });
  t.diagnostic(`a new leader after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  startNode(1);
  const jobs = await users.report(120);
  t.diagnostic(JSON.stringify(jobs));
  nothingLost(jobs);
  ok(jobs.broken.length < jobs.submitted, 'jobs on the other nodes were broken off too');
  rack.write({ ...round, replicas: 6 });
  const { code, stderr, stdout } = await rack.deploy([], 2);
  strictEqual(code, 0, stdout + stderr);
  match(stdout, /~ worker +5 → 6 tasks/);
  await untilConverged(rack.name, 90, 2);
  t.diagnostic(`MiB of each service: ${JSON.stringify(rack.memory())}`);
});
