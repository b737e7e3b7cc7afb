// Which machines does a pool get, and what says that it gets none?
import { deepStrictEqual, ok } from 'node:assert';
import { test } from 'node:test';
import { fleetOf } from '../../infra/fleet.ts';
import { priceTable } from '../../infra/price-table.ts';
import { parseSpec, resolve } from '../../stacks/index.ts';

const clouds = `clouds:
  aws: { orchestrator: { by: control-plane } }
  gcp: { project: my-project, orchestrator: { by: control-plane } }`;

function fleet(cloud: 'aws' | 'gcp', keys: string) {
  const region = cloud === 'aws' ? 'eu-west-1' : 'europe-west1';
  const text = `name: lab\npools: { p: { provider: ${cloud}, region: ${region}, ${keys} } }\n${clouds}`;
  const { spec, problems } = parseSpec(text, 'cluster.yaml');
  deepStrictEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  return fleetOf(resolve(spec as NonNullable<typeof spec>), cloud, priceTable);
}

const typesOf = (cloud: 'aws' | 'gcp', keys: string): readonly string[] | undefined =>
  fleet(cloud, keys).fleet?.groups[0]?.machines.map(({ type, weight }) => `${type} ${weight}`);
const wordsOf = (cloud: 'aws' | 'gcp', keys: string): readonly string[] =>
  fleet(cloud, keys).findings.map(({ path, message }) => `${path.join('/')}: ${message}`);

test('machines with the wanted cards fit, cheapest first, and none that costs much more', () => {
  deepStrictEqual(typesOf('aws', 'worker: { cpus: 4, memory: 16GiB, gpus: 1 }, gpuMemory: 24GiB'), [
    ...['g6.xlarge 1', 'g6.2xlarge 1', 'g5.xlarge 1', 'g5.2xlarge 1', 'g6.4xlarge 1', 'g5.4xlarge 1'],
    'g6e.xlarge 1',
  ]);
  deepStrictEqual(typesOf('aws', 'worker: { cpus: 8, memory: 64GiB, gpus: 8 }, gpuMemory: 80GiB'), [
    ...['p4de.24xlarge 1', 'p5.48xlarge 1'],
  ]);
  deepStrictEqual(typesOf('gcp', 'worker: { cpus: 4, memory: 15GiB, gpus: 1 }'), [
    ...['n1-standard-4+nvidia-tesla-t4 1', 'g2-standard-4 1', 'n1-standard-8+nvidia-tesla-t4 1'],
    ...['g2-standard-8 1', 'g2-standard-16 1'],
  ]);
});

test('a worker without GPUs gets no machine that has one', () => {
  for (const cloud of ['aws', 'gcp'] as const) {
    const group = fleet(cloud, 'worker: { cpus: 4, memory: 16GiB }').fleet?.groups[0];
    ok((group?.machines.length ?? 0) >= 2);
    deepStrictEqual(
      group?.machines.filter(({ gpu }) => gpu !== null),
      [],
    );
  }
});

test('written types are taken with their weights, and each that does not fit is named', () => {
  deepStrictEqual(
    typesOf('aws', 'worker: { gpus: 1, memory: 16GiB }, instances: { g5.xlarge: 2, g6e.12xlarge: 1 }'),
    undefined,
  );
  deepStrictEqual(
    wordsOf('aws', 'worker: { gpus: 1, memory: 16GiB }, instances: { g5.xlarge: 2, g6e.12xlarge: 1, g7.xlarge: 1 }'),
    [
      'pools/p/instances/g6e.12xlarge: expected a machine that holds the worker, got g6e.12xlarge: 4 GPUs instead of 1',
      'pools/p/instances/g7.xlarge: expected a machine type that is known, got g7.xlarge',
    ],
  );
  deepStrictEqual(typesOf('aws', 'worker: { gpus: 1, memory: 16GiB }, instances: { g5.xlarge: 2 }'), ['g5.xlarge 2']);
});

test('a cap on the price leaves dearer machines out; the price on demand counts as soon as one could be bought', () => {
  const gpu = 'worker: { cpus: 4, memory: 16GiB, gpus: 1 }, gpuMemory: 24GiB';
  deepStrictEqual(typesOf('aws', `${gpu}, maxPrice: 1`), ['g6.xlarge 1']);
  deepStrictEqual(typesOf('aws', `${gpu}, maxPrice: 0.6, spot: { fallbackAfter: 0s }`), [
    'g6.xlarge 1',
    'g6.2xlarge 1',
    'g5.xlarge 1',
  ]);
  deepStrictEqual(wordsOf('aws', `${gpu}, maxPrice: 0.6`), [
    'pools/p/maxPrice: expected room for g6.xlarge at 0.9014 USD an hour (spot 0.4507), got 0.6',
  ]);
});

test('a worker that no machine holds is refused with its pool', () => {
  deepStrictEqual(wordsOf('gcp', 'worker: { cpus: 4, gpus: 3 }'), [
    'pools/p/worker: expected a machine type of gcp that holds the worker, found none',
  ]);
});

test('the control plane is the cheapest machine that holds what it runs', () => {
  const machine = (cloud: 'aws' | 'gcp', services: string, keys = '') => {
    const text = `name: lab\nservices: ${services}\npools: { p: { provider: ${cloud}, region: ${cloud === 'aws' ? 'eu-west-1' : 'europe-west1'} } }
clouds: { ${cloud}: { ${cloud === 'gcp' ? 'project: my-project, ' : ''}orchestrator: { by: control-plane${keys} } } }`;
    const { spec } = parseSpec(text, 'cluster.yaml');
    if (spec === null) throw new Error(text);
    const { fleet: made, findings } = fleetOf(resolve(spec), cloud, priceTable);
    return made?.controlPlane?.type ?? findings.map(({ path, message }) => `${path.join('/')}: ${message}`);
  };
  // 512 MiB, 256 for the proxy and 768 for the system; Prometheus takes 1 GiB more.
  deepStrictEqual(machine('aws', '{}'), 't3.small');
  deepStrictEqual(machine('aws', '{ prometheus: {} }'), 't3.medium');
  deepStrictEqual(machine('aws', '{ prometheus: {} }', ', runs: []'), 't3.small');
  deepStrictEqual(machine('aws', '{ open-webui: { memory: 12GiB } }', ', runs: [open-webui]'), 'r6i.large');
  deepStrictEqual(machine('aws', '{}', ', instance: t4g.small'), 't4g.small');
  deepStrictEqual(machine('gcp', '{}'), 'e2-small');
  deepStrictEqual(machine('gcp', '{ prometheus: {} }'), 'e2-medium');
  deepStrictEqual(machine('aws', '{ prometheus: {} }', ', instance: t4g.small'), [
    'clouds/aws/orchestrator/instance: expected a known machine type with 2 CPUs and 3 GiB, got t4g.small',
  ]);
  deepStrictEqual(machine('aws', '{ open-webui: { memory: 999GiB } }', ', runs: [open-webui]'), [
    'clouds/aws/orchestrator/runs: expected what a machine of aws holds, got services that need 2 CPUs and 1001 GiB',
  ]);
});
