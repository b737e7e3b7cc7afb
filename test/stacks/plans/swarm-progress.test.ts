// Is it known when a deploy is through, was rolled back, or will never get there?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressOf } from '../../../stacks/index.ts';
import type { SwarmTask } from '../../../stacks/plans/types.ts';

const template = (image: string, placement = 'a') => ({
  ContainerSpec: { Image: image },
  Placement: { Constraints: [placement] },
});

const task = (id: string, more: Partial<SwarmTask> = {}): SwarmTask => ({
  id,
  serviceId: 's',
  nodeId: 'n',
  slot: 1,
  desired: 'running',
  state: 'running',
  error: '',
  at: '2026-01-01T00:00:00Z',
  spec: template('x:2'),
  ...more,
});

function state(
  tasks: readonly SwarmTask[],
  update: string | null = null,
  replicas = 2,
  stalled: readonly string[] = [],
) {
  const service = {
    id: 's',
    version: 1,
    name: 'rack_w',
    spec: {
      TaskTemplate: { ...template('x:2', 'b'), Runtime: 'container' },
      Mode: { Replicated: { Replicas: replicas } },
    },
    update: update === null ? null : { state: update, startedAt: 'now', message: '' },
  };
  return progressOf(service, tasks, new Set(['old']), new Map([['s', 'before']]), new Set(stalled)).state;
}

test('it is done when so many tasks run as the service says now, wherever they were placed', () => {
  assert.equal(state([task('1'), task('2')]), 'done');
  assert.equal(state([task('1')]), 'converging');
  assert.equal(state([], null, 0), 'done');
});

test('a task from before keeps it open until it has ended', () => {
  const before = task('3', { spec: template('x:1'), desired: 'shutdown' });
  assert.equal(state([task('1'), task('2'), before]), 'converging');
  assert.equal(state([task('1'), task('2'), { ...before, state: 'shutdown' }]), 'done');
});

test('an update that goes on keeps it open, one from before does not', () => {
  assert.equal(state([task('1'), task('2')], 'updating'), 'converging');
  assert.equal(state([task('1'), task('2')], 'completed'), 'done');
});

test('a rollback is told apart from success', () => {
  assert.equal(state([task('1')], 'rollback_started'), 'rolling back');
  for (const end of ['rollback_completed', 'rollback_paused', 'paused'])
    assert.equal(state([task('1'), task('2')], end), 'rolled back');
});

test('tasks that the engine refuses, or that fail again and again, end the wait', () => {
  const many = (count: number, more: Partial<SwarmTask>) =>
    Array.from({ length: count }, (_, index) => task(`${index}`, more));
  assert.equal(state(many(2, { state: 'rejected' })), 'converging');
  assert.equal(state(many(3, { state: 'rejected' })), 'stuck');
  assert.equal(state(many(5, { state: 'failed' })), 'converging');
  assert.equal(state(many(6, { state: 'failed' })), 'stuck');
  assert.equal(state([task('old', { state: 'rejected' }), ...many(2, { state: 'rejected' })]), 'converging');
});

test('a task whose image does not come ends the wait, in an update too', () => {
  const hanging = [task('1'), task('2', { state: 'preparing', error: 'failed to resolve reference' })];
  assert.equal(state(hanging, 'updating'), 'converging');
  assert.equal(state(hanging, 'updating', 2, ['2']), 'stuck');
  assert.equal(state(hanging, 'rollback_started', 2, ['2']), 'rolling back');
});
