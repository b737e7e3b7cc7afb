// Do the verbs about a swarm's machines do what they say, and refuse what would hurt?
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findEngine } from '../../../stacks/drivers/docker.ts';
import { createSecret } from '../../../stacks/drivers/swarm-objects.ts';
import { type Answer, muster } from '../../support/cli.ts';
import { FakeSwarm } from '../../support/fake-swarm.ts';
import { ownFolder } from '../../support/folder.ts';

const node = (name: string, role = 'worker') => ({ name, role, availability: 'active', state: 'ready', labels: {} });

type Place = { readonly swarm: FakeSwarm; readonly said: (...argv: string[]) => Promise<Answer> };

async function rack(context: TestContext): Promise<Place> {
  const folder = ownFolder(context);
  writeFileSync(join(folder, 'cluster.yaml'), 'name: rack\nworkers: {worker: {maxReplicas: 4}}\n');
  const swarm = await FakeSwarm.start(folder, [node('node1', 'manager'), node('node2', 'manager'), node('node3')]);
  context.after(() => swarm.stop());
  return { swarm, said: (...argv) => muster([...argv, '--host', swarm.host], folder) };
}

test('nodes are listed with role, size and labels', async (context) => {
  const { said, swarm } = await rack(context);
  Object.assign(swarm.nodes[2] ?? {}, { labels: { 'muster.gpu': 'true' } });
  assert.equal(
    (await said('nodes')).stdout,
    [
      'NAME   STATE  TASKS   ROLE            CPUS  MEMORY  ADDRESS    LABELS',
      'node1  ready  active  manager, leads  4     8 GiB   192.0.2.1',
      'node2  ready  active  manager         4     8 GiB   192.0.2.1',
      'node3  ready  active  worker          4     8 GiB   192.0.2.1  muster.gpu=true',
      '',
    ].join('\n'),
  );
});

test('labels are added and removed, and a node that has them is left alone', async (context) => {
  const { said, swarm } = await rack(context);
  assert.equal((await said('nodes', 'label', 'node3', 'a=1', 'b=x=y')).stdout, 'node3 has new labels\n');
  assert.equal((await said('nodes', 'label', 'node3', 'a-')).stdout, 'node3 has new labels\n');
  assert.deepEqual(swarm.nodes[2]?.labels, { b: 'x=y' });
  const before = swarm.asked.length;
  assert.equal((await said('nodes', 'label', 'node3', 'b=x=y')).stdout, 'node3 has these labels already\n');
  assert.deepEqual(
    swarm.asked.slice(before).filter(({ method }) => method !== 'GET'),
    [],
  );
  assert.equal((await said('nodes', 'label', 'node3', 'a')).code, 2);
});

test('a drain waits until no task is left', async (context) => {
  const { said, swarm } = await rack(context);
  swarm.tasks.set('id-node3', 3);
  const { code, stdout } = await said('nodes', 'drain', 'node3');
  assert.deepEqual([code, stdout.split('\n')[0]], [0, 'node3 is drained (3 tasks moved)']);
  assert.equal(swarm.tasks.get('id-node3'), 0);
  assert.match((await said('nodes', 'activate', 'node3')).stdout, /^node3 takes tasks again/);
  assert.equal(swarm.nodes[2]?.availability, 'active');
});

test('the token that lets a machine join goes to stdout alone', async (context) => {
  const { said } = await rack(context);
  const { stderr, stdout } = await said('nodes', 'add');
  assert.equal(stdout, 'docker swarm join --token worker-token 192.0.2.1:2377\n');
  assert.doesNotMatch(stderr, /token-|worker-token/);
  assert.match((await said('nodes', 'add', '--manager')).stdout, /--token manager-token /);
});

test('a node that is up is not removed, nor is the last manager', async (context) => {
  const { said, swarm } = await rack(context);
  assert.equal((await said('nodes', 'remove', 'node2')).code, 4);
  const worker = await said('nodes', 'remove', 'node3');
  assert.deepEqual([worker.code, worker.stderr.split('\n')[0]], [4, 'muster: the swarm keeps node3: node is not down']);
  Object.assign(swarm.nodes[2] ?? {}, { state: 'down' });
  assert.equal((await said('nodes', 'remove', 'node3')).stdout, 'removed node3\n');
  swarm.nodes.splice(1);
  assert.match((await said('nodes', 'remove', 'node1', '--force')).stderr, /^muster: node1 is the only manager\n/);
});

test('an unknown node, a worker’s engine and no engine at all are told apart', async (context) => {
  const { said, swarm } = await rack(context);
  const unknown = await said('nodes', 'drain', 'node9');
  assert.deepEqual([unknown.code, unknown.stderr.split('\n')[1]], [2, '   → choose from: node1 node2 node3']);
  swarm.isManager = false;
  const worker = await said('nodes');
  assert.equal(worker.code, 3);
  assert.match(worker.stderr, /^muster: expected a manager of a swarm, got an engine that is a worker of a swarm /);
  await swarm.stop();
  assert.equal((await said('nodes')).code, 3);
});

test('the value of a secret travels in a body, never in an address', async (context) => {
  const { swarm } = await rack(context);
  const engine = await findEngine({ DOCKER_HOST: swarm.host });
  assert.equal(engine.state, 'answers');
  if (engine.state !== 'answers') return;
  await createSecret(engine.docker, 'rack_x_1', Buffer.from('canary'), { 'muster.cluster': 'rack' });
  const sent = swarm.asked.at(-1);
  const Data = Buffer.from('canary').toString('base64');
  assert.deepEqual(sent?.body, { Name: 'rack_x_1', Labels: { 'muster.cluster': 'rack' }, Data });
  assert.doesNotMatch(sent?.url ?? '', /Y2FuYXJ5|canary|Data/);
});

test('a scale that names no class, no number or too many is refused before anything is asked', async (context) => {
  const { said, swarm } = await rack(context);
  const codes = [];
  for (const pair of ['worker', 'worker=x', 'other=1', 'worker=5']) codes.push((await said('scale', pair)).code);
  assert.deepEqual([codes, swarm.asked], [[2, 2, 2, 4], []]);
});

test('a deploy knows the target swarm only', async (context) => {
  const { said } = await rack(context);
  assert.deepEqual((await said('deploy', 'compose')).stderr.split('\n').slice(0, 2), [
    'muster: there is no deploy for "compose"',
    '   → muster up',
  ]);
});
