// Do the services come up that were asked for, with what they need, and no others?
import { deepStrictEqual } from 'node:assert';
import { test } from 'node:test';
import { ordinary } from '../../../stacks/catalog/ordinary.ts';
import type { Service } from '../../../stacks/catalog/types.ts';
import { select } from '../../../stacks/plans/selection.ts';

function service(name: string, profile: Service['profile'], own: Partial<Service> = {}): Service {
  const image = { reference: `${name}:1`, build: null };
  return { ...ordinary, name, profile, image, health: null, limits: { cpus: 1, memoryMiB: 1, processes: 1 }, ...own };
}
const needs = (...names: string[]): Pick<Service, 'dependsOn'> => ({
  dependsOn: names.map((name) => ({ service: name, until: 'started', optional: false })),
});

const all = [
  service('chat', 'ai', needs('models', 'secrets')),
  service('far', 'ai', { targets: ['swarm'] }),
  service('graphs', 'monitoring', needs('secrets')),
  service('models', 'ai', { ...needs('secrets'), gpus: { kind: 'count', count: 1 } }),
  service('orchestrator', 'workers', { ...needs('secrets'), local: true }),
  service('secrets', 'workers', { role: 'one-shot' }),
  service('worker', 'workers', needs('orchestrator', 'secrets')),
];
const asked = { only: null, elsewhere: false, lacking: [] };
const chosen = (own: Partial<Parameters<typeof select>[1]>): readonly string[] =>
  select(all, { ...asked, ...own }).services.map(({ name }) => name);

test('everything is everything of this target', () => {
  deepStrictEqual(chosen({}), ['chat', 'graphs', 'models', 'orchestrator', 'secrets', 'worker']);
});

test('a profile brings its services, a name brings one, both with what they need', () => {
  deepStrictEqual(chosen({ only: ['workers'] }), ['orchestrator', 'secrets', 'worker']);
  deepStrictEqual(chosen({ only: ['worker'] }), ['orchestrator', 'secrets', 'worker']);
  deepStrictEqual(chosen({ only: ['monitoring'] }), ['graphs', 'secrets']);
  deepStrictEqual(chosen({ only: ['chat'] }), ['chat', 'models', 'secrets']);
  deepStrictEqual(chosen({ only: ['gpu', 'graphs'] }), ['graphs', 'models', 'secrets']);
});

test('an orchestrator elsewhere keeps the own one out, a host without GPUs what counts them', () => {
  deepStrictEqual(chosen({ only: ['workers'], elsewhere: true }), ['secrets', 'worker']);
  deepStrictEqual(chosen({ only: ['ai'], lacking: ['models'] }), ['chat', 'secrets']);
});

test('words that nothing is called are told, and what was asked for by its own name is known', () => {
  const { known, named, unknown } = select(all, { ...asked, only: ['ai', 'graphs', 'far', 'grafs'] });
  deepStrictEqual(unknown, ['far', 'grafs']);
  deepStrictEqual([...named], ['graphs']);
  deepStrictEqual(known.slice(0, 6), ['workers', 'ai', 'monitoring', 'gpu', 'chat', 'graphs']);
});
