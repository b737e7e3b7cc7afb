// Does each line of a plan say what the engine then does? From services as they run and as they are asked for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployPlan } from '../../../stacks/index.ts';
import type { Spec, StackRequests } from '../../../stacks/plans/types.ts';

type Changes = {
  readonly image?: string;
  readonly env?: readonly string[];
  readonly replicas?: number;
  readonly order?: string;
  readonly config?: string;
  readonly secrets?: readonly string[];
  readonly constraint?: string;
  readonly monitor?: number;
};

function spec(name: string, changes: Changes = {}): Spec {
  const {
    config,
    constraint = 'node.role == worker',
    env = [],
    monitor = 5,
    order = 'stop-first',
    replicas = 3,
  } = changes;
  return {
    Name: `rack_${name}`,
    Labels: { 'com.docker.stack.image': changes.image ?? 'muster-agent:1.4.0' },
    TaskTemplate: {
      ContainerSpec: {
        Image: changes.image ?? 'muster-agent:1.4.0',
        Env: env,
        Healthcheck: { Interval: 4e9, StartPeriod: 30e9 },
        ...(config && { Configs: [{ ConfigID: 'x', ConfigName: config, File: { Name: '/etc/muster/a', Mode: 292 } }] }),
        ...(changes.secrets && {
          Secrets: changes.secrets.map((each) => ({
            SecretID: each,
            SecretName: each,
            File: { Name: `/s/${each.slice(0, -2)}` },
          })),
        }),
      },
      Placement: { Constraints: [constraint] },
      Networks: [{ Target: 'rack_back', Aliases: [name] }],
      ForceUpdate: 0,
    },
    Mode: { Replicated: { Replicas: replicas } },
    UpdateConfig: { Order: order, Monitor: monitor },
  };
}

/** As an engine gives it back: ids instead of names, what was left out filled in. */
function running(asked: Spec, id: string) {
  const template = asked.TaskTemplate as { ContainerSpec: object; Networks: readonly object[] };
  const filled = {
    ...asked,
    TaskTemplate: {
      ...template,
      ContainerSpec: { ...template.ContainerSpec, Isolation: 'default', Privileges: { NoNewPrivileges: false } },
      Networks: template.Networks.map((network) => ({ ...network, Target: 'n1' })),
      Runtime: 'container',
      RestartPolicy: { MaxAttempts: 0 },
    },
    EndpointSpec: { Mode: 'vip' },
  };
  return { id, version: 1, name: String(asked.Name), spec: filled, update: null };
}

const nothing: StackRequests = { networks: [], configs: [], services: [], removed: [] };

/** `mark subject: what; effect` of a service that runs as `now` and is asked for as `next`. */
function change(now: Changes, next: Changes, rebuilt: readonly string[] = []): readonly string[] {
  const lines = deployPlan({
    stack: 'rack',
    requests: { ...nothing, services: [{ id: 'a', spec: spec('worker', next) }] },
    live: [running(spec('worker', now), 'a')],
    networkNames: new Map([['n1', 'rack_back']]),
    secrets: [],
    rebuilt,
  });
  return lines.map(({ effect, mark, subject, what }) => `${mark} ${subject}: ${what}; ${effect}`);
}

const drains = { env: ['MUSTER_DRAIN_SECONDS=30'] };

test('what runs as it is asked for takes no line, whatever the engine filled in', () => {
  assert.deepEqual(change(drains, drains), []);
});

test('a new image names its tags, and how its tasks are replaced', () => {
  assert.deepEqual(change(drains, { ...drains, image: 'muster-agent:1.5.0' }), [
    '~ worker: image 1.4.0 → 1.5.0; 3 tasks, one at a time, each drains first (up to 30 s)',
  ]);
  assert.deepEqual(change({ order: 'start-first' }, { order: 'start-first', image: 'other:1' }), [
    '~ worker: image muster-agent:1.4.0 → other:1; 3 tasks, one at a time, the new one starts first: no gap',
  ]);
  assert.deepEqual(change({ replicas: 1 }, { replicas: 1, image: 'muster-agent:1.5.0' }), [
    '~ worker: image 1.4.0 → 1.5.0; stops first: away for about 8 s',
  ]);
});

test('an image that was built anew under its name starts the tasks anew', () => {
  assert.deepEqual(change(drains, drains, ['worker']), [
    '~ worker: image of the same name, built anew; 3 tasks, one at a time, each drains first (up to 30 s)',
  ]);
});

test('more or fewer replicas leave the others alone', () => {
  assert.deepEqual(change(drains, { ...drains, replicas: 5 }), ['~ worker: 3 → 5 tasks; 2 more; those that run stay']);
  assert.deepEqual(change(drains, { ...drains, replicas: 1 }), [
    '~ worker: 3 → 1 tasks; 2 fewer, each drains first (up to 30 s)',
  ]);
});

test('variables are named without their values', () => {
  assert.deepEqual(change({ env: ['A=1', 'B=2'] }, { env: ['B=3', 'C=4'] }), [
    '~ worker: environment A B C; 3 tasks, one at a time',
  ]);
});

test('configs and secrets are named by their versions, many of them counted', () => {
  assert.deepEqual(change({ config: 'rack_a_1', order: 'start-first' }, { config: 'rack_a_2', order: 'start-first' }), [
    '~ worker: config rack_a_1 → rack_a_2; 3 tasks, one at a time, the new one starts first: no gap',
  ]);
  assert.deepEqual(change({ secrets: ['a_1', 'b_1', 'c_1'] }, { secrets: ['a_2', 'b_2', 'c_2'] }), [
    '~ worker: 3 secrets; 3 tasks, one at a time',
  ]);
});

test('where only the placement or the policy changed no task starts anew', () => {
  assert.deepEqual(change({}, { constraint: 'node.role == manager' }), [
    '~ worker: placement; tasks on nodes that do not fit any more move',
  ]);
  assert.deepEqual(change({}, { monitor: 9 }), ['~ worker: update policy; no task restarts']);
});

test('what comes stands before what changes and what goes', () => {
  const lines = deployPlan({
    stack: 'rack',
    requests: {
      networks: ['rack_front'],
      configs: ['c3', 'c1', 'c2', 'c4'],
      services: [
        { id: null, spec: spec('proxy', { replicas: 1, image: 'nginx:1' }) },
        { id: 'a', spec: spec('worker', { replicas: 4 }) },
      ],
      removed: ['b'],
    },
    live: [running(spec('worker'), 'a'), running(spec('old'), 'b')],
    networkNames: new Map([['n1', 'rack_back']]),
    secrets: ['rack_admin_2'],
    rebuilt: [],
  });
  assert.deepEqual(
    lines.map(({ effect, mark, subject, what }) => [mark, subject, what, effect]),
    [
      ['+', 'network', 'rack_front', ''],
      ['+', 'secret', 'rack_admin_2', 'old versions go after the update'],
      ['+', '4 configs', 'c1 …', 'old versions go after the update'],
      ['+', 'proxy', 'nginx:1', '1 task'],
      ['~', 'worker', '3 → 4 tasks', '1 more; those that run stay'],
      ['-', 'old', 'not in cluster.yaml any more', 'its volumes stay'],
    ],
  );
});
