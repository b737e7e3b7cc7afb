// Does each volume get a node that suits it, and keep the one that it has?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelled, placeVolumes, volumeJob } from '../../../stacks/index.ts';
import { swarmNode } from '../../support/swarm-nodes.ts';

const volume = (name: string, more: { readonly nodes?: number | 'all'; readonly gpus?: boolean } = {}) => ({
  volume: name,
  name: `rack_${name}`,
  label: `muster.volume.rack.${name}`,
  nodes: 1,
  gpus: false,
  ...more,
});

const nodes = [
  swarmNode('a-worker'),
  swarmNode('b-manager', { role: 'manager' }),
  swarmNode('c-gpu', { labels: { 'muster.gpu': 'true' } }),
];
const fresh = (...args: Parameters<typeof placeVolumes>) => placeVolumes(...args).map((each) => each.fresh);

test('state goes to a manager, models go to where the GPUs are', () => {
  assert.deepEqual(fresh([volume('prometheus'), volume('ollama', { gpus: true })], nodes, new Map()), [
    ['b-manager'],
    ['c-gpu'],
  ]);
});

test('a volume that is somewhere stays there', () => {
  const there = nodes.map((node) =>
    node.name === 'a-worker' ? { ...node, labels: { 'muster.volume.rack.x': 'true' } } : node,
  );
  assert.deepEqual(fresh([volume('x')], there, new Map([['', 'c-gpu']])), [[]]);
});

test('the user may name a node for one volume, or for all', () => {
  const chosen = new Map([
    ['', 'c-gpu'],
    ['x', 'a-worker'],
  ]);
  assert.deepEqual(fresh([volume('x'), volume('y')], nodes, chosen), [['a-worker'], ['c-gpu']]);
});

test('what may be scaled at any time gets its volume on every node that takes tasks', () => {
  const drained = swarmNode('d', { availability: 'drain' });
  assert.deepEqual(fresh([volume('x', { nodes: 'all' })], [...nodes, drained], new Map()), [
    ['b-manager', 'a-worker', 'c-gpu'],
  ]);
});

test('several replicas get as many nodes', () => {
  const placed = placeVolumes([volume('x', { nodes: 2 })], nodes, new Map());
  assert.deepEqual(
    labelled(nodes, placed).map(({ labels }) => labels['muster.volume.rack.x']),
    ['true', 'true', undefined],
  );
});

test('the task that makes volumes runs on one node, as no root, and names each volume', () => {
  const job = JSON.stringify(volumeJob('j', 'i:1', 'n1', ['rack_x', 'rack_y']));
  for (const part of ['"node.id == n1"', '"10001:10001"', '"Source":"rack_x"', '"Source":"rack_y"', '"ReplicatedJob"'])
    assert.ok(job.includes(part), part);
});
