// Which GPUs follow from what an engine and its machine say, and who gets them?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { allot, gpusOf, gpusText } from '../../../stacks/cluster/gpus.ts';
import type { Gpus } from '../../../stacks/cluster/types.ts';
import type { EngineFacts } from '../../../stacks/plans/types.ts';
import { model } from '../../support/invented-services.ts';

const bare: EngineFacts = {
  cpus: 4,
  memoryMiB: 8192,
  runtimes: ['io.containerd.runc.v2', 'runc'],
  cdiDevices: [],
  nvidiaCards: 0,
  kfdGroup: null,
  dxg: false,
  renderNodes: [],
  mayRaiseLimits: true,
};
const found = (facts: Partial<EngineFacts>): string => gpusText(gpusOf({ ...bare, ...facts }));
const runtimes = ['nvidia', 'runc'];

test('each way to a GPU is found, and told in one line', () => {
  const cdiDevices = ['muster.test/gpu=0', 'nvidia.com/gpu=0', 'nvidia.com/gpu=1', 'nvidia.com/gpu=all'];
  const node = (number: number, vendor: string) => ({ path: `/dev/dri/renderD${number}`, vendor, group: 105 });
  strictEqual(found({ cdiDevices }), '2 NVIDIA by CDI');
  strictEqual(found({ cdiDevices, runtimes, nvidiaCards: 2 }), '2 NVIDIA by CDI');
  strictEqual(found({ cdiDevices: ['nvidia.com/gpu=GPU-1', 'nvidia.com/gpu=all'] }), '1 NVIDIA by CDI');
  strictEqual(found({ cdiDevices: ['nvidia.com/gpu=0', 'nvidia.com/gpu=GPU-1'] }), '1 NVIDIA by CDI');
  strictEqual(found({ runtimes, nvidiaCards: 3 }), '3 NVIDIA by the runtime nvidia');
  strictEqual(found({ runtimes, nvidiaCards: null }), 'NVIDIA by the runtime nvidia');
  strictEqual(found({ runtimes, dxg: true }), 'NVIDIA by the runtime nvidia');
  strictEqual(found({ kfdGroup: 110, renderNodes: [node(128, '0x1002')] }), '1 AMD by /dev/kfd');
  strictEqual(found({ renderNodes: [node(128, '0x8086'), node(129, '0x10de')] }), '1 Intel by /dev/dri');
});

test('without one it is said what was looked for', () => {
  const none = 'none: no NVIDIA runtime with a card, no CDI device, no /dev/kfd, no Intel in /dev/dri';
  strictEqual(found({}), none);
  strictEqual(found({ runtimes }), none);
  strictEqual(found({ renderNodes: [{ path: '/dev/dri/renderD128', vendor: '0x1002', group: 1 }] }), none);
  strictEqual(found({ dxg: true }), 'none: there is /dev/dxg, but no NVIDIA runtime that would hand it out');
});

const asks = (name: string, gpus: Gpus) => ({ ...model, name, gpus });
const count = (name: string, number: number) => asks(name, { kind: 'count', count: number });
const auto = (name: string) => asks(name, { kind: 'auto' });

function given(services: Parameters<typeof allot>[0], facts: Partial<EngineFacts>): Readonly<Record<string, unknown>> {
  const { shares } = allot(services, gpusOf({ ...bare, ...facts }));
  return Object.fromEntries(
    [...shares].map(([name, share]) => [name, 'units' in share ? share.units.map(({ device }) => device?.id) : share]),
  );
}

test('auto gets all; counts get their own as long as there are enough', () => {
  const cdiDevices = [0, 1, 2].map((number) => `nvidia.com/gpu=${number}`);
  const [zero, one, two] = cdiDevices;
  const services = [auto('a'), count('b', 2), count('c', 1), count('d', 1), asks('e', { kind: 'none' })];
  deepStrictEqual(given(services, { cdiDevices }), { a: cdiDevices, b: [zero, one], c: [two], d: [zero] });
});

test('auto without GPUs gets nothing, a count is lacking', () => {
  const services = [auto('a'), count('b', 2)];
  deepStrictEqual(given(services, {}), {});
  deepStrictEqual(allot(services, gpusOf(bare)).lacking, [{ service: 'b', wants: 2, has: 0 }]);
  const single = gpusOf({ ...bare, cdiDevices: ['nvidia.com/gpu=0'] });
  deepStrictEqual(allot(services, single).lacking, [{ service: 'b', wants: 2, has: 1 }]);
});

test('where nobody can count, auto gets all that the engine has and a count its number', () => {
  const facts = { runtimes, nvidiaCards: null };
  deepStrictEqual(given([auto('a'), count('b', 2)], facts), { a: { uncounted: 'all' }, b: { uncounted: 2 } });
});
