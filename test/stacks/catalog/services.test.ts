// Does every cluster get the services it needs?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { services } from '../../../stacks/index.ts';
import { reservedNames } from '../../../stacks/spec/checks-names.ts';
import { clusterOf, specs } from '../../support/specs.ts';

test('a spec may not take the names of services that a cluster may have', () => {
  for (const { name } of services(clusterOf('name: a'))) assert.ok(reservedNames.includes(name), name);
});

test('each worker class is one service; one with an image of its own gets an agent built on it', () => {
  const images = services(clusterOf('name: a\nworkers: {b: {image: "x/y:1"}, a: {}}')).map(({ name, image }) => [
    name,
    image.reference.replace(/:.*/, ''),
    image.build?.base,
  ]);
  assert.deepEqual(images, [
    ['a', 'muster-agent', null],
    ['b', 'muster-agent-b', 'x/y:1'],
    ['orchestrator', 'muster-orchestrator', null],
    ['secrets', 'muster-orchestrator', null],
  ]);
});

test('what a class gives to its jobs is named for the agent', () => {
  const [worker] = services(clusterOf('name: a\nworkers: {a: {environment: {B: "2", A: "$1"}}}'));
  assert.equal(worker?.environment.MUSTER_JOB_ENVIRONMENT, 'A,B');
  assert.equal(worker?.environment.A, '$1');
});

for (const [name, text] of specs) {
  test(`in ${name} a worker may drain before it is killed, and sees the token of its class only`, () => {
    const cluster = clusterOf(text);
    for (const worker of cluster.workers) {
      const service = services(cluster).find((candidate) => candidate.name === worker.name);
      assert.ok((service?.graceSeconds ?? 0) >= worker.drainSeconds + 10);
      assert.deepEqual(
        service?.secrets.map(({ folder, writable }) => [folder, writable]),
        [[`classes/${worker.name}`, false]],
      );
    }
  });
}
