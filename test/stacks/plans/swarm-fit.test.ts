// Is it told before a deploy that a service finds no room?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitFindings } from '../../../stacks/index.ts';
import type { Spec, SwarmNode } from '../../../stacks/plans/types.ts';
import { swarmNode } from '../../support/swarm-nodes.ts';

type Wish = {
  readonly cpus?: number;
  readonly memoryMiB?: number;
  readonly replicas?: number;
  readonly constraints?: readonly string[];
  readonly perNode?: number;
};

function messages(
  { constraints = [], cpus = 1, memoryMiB = 512, perNode = 0, replicas = 1 }: Wish,
  nodes: readonly SwarmNode[],
) {
  const amount = { NanoCPUs: cpus * 1e9, MemoryBytes: memoryMiB * 1024 * 1024 };
  const service: Spec = {
    Name: 'rack_w',
    TaskTemplate: {
      Resources: { Limits: amount, Reservations: amount },
      Placement: { Constraints: constraints, MaxReplicas: perNode },
    },
    Mode: { Replicated: { Replicas: replicas } },
  };
  const found = fitFindings([service], nodes, () => ['workers', 'w']);
  for (const { remedy, severity } of found) assert.ok(remedy && severity === 'error');
  return found.map(({ message, path }) => `${path.join('/')}: ${message}`);
}

const nodes = [swarmNode('m1', { role: 'manager' }), swarmNode('w1'), swarmNode('w2', { cpus: 4, memoryMiB: 8192 })];

test('what fits is no finding', () => {
  assert.deepEqual(messages({ replicas: 8 }, nodes), []);
});

test('more CPUs than a node has would be refused there', () => {
  assert.deepEqual(messages({ cpus: 3 }, nodes), [
    'workers/w/cpus: expected at most 2 (all of m1 w1), got 3: an engine refuses more CPUs than its node has',
  ]);
});

test('more replicas than fit would wait for ever', () => {
  assert.deepEqual(messages({ memoryMiB: 3000, replicas: 6 }, nodes), [
    'workers/w/replicas: expected at most 4 (1 on m1, 1 on w1, 2 on w2), got 6',
  ]);
  assert.deepEqual(messages({ perNode: 1, replicas: 4 }, nodes), [
    'workers/w/replicas: expected at most 3 (1 on m1, 1 on w1, 1 on w2), got 4',
  ]);
});

test('only nodes that are ready, active and meet the constraints count', () => {
  const constraints = ['node.role == worker', 'node.labels.muster.gpu == true'];
  assert.deepEqual(messages({ constraints }, nodes), [
    'workers/w: expected a ready node with node.labels.muster.gpu == true, got none',
  ]);
  const labels = { 'muster.gpu': 'true' };
  assert.deepEqual(messages({ constraints }, [...nodes, swarmNode('w3', { labels })]), []);
  for (const state of [{ state: 'down' }, { availability: 'drain' }] as const)
    assert.equal(messages({ constraints }, [...nodes, swarmNode('w3', { labels, ...state })]).length, 1);
  assert.deepEqual(messages({ constraints: ['node.role == worker'] }, [swarmNode('m', { role: 'manager' })]), [
    'workers/w: expected a ready node with node.role == worker, got none',
  ]);
});
