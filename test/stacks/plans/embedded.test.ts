// Which processes does a cluster become in its embedded form?
import { deepStrictEqual, notStrictEqual, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { childHash } from '../../../stacks/drivers/processes.ts';
import { embeddedChildren } from '../../../stacks/index.ts';
import { clusterOf } from '../../support/specs.ts';

const place = {
  home: '/clone/.muster',
  node: '/opt/node',
  bundles: { orchestrator: '/clone/.muster/run/a/orchestrator.cjs', agent: '/clone/.muster/run/b/agent.cjs' },
  port: 8081,
  downloads: '/clone/build/executables',
};
const text = `
name: home
workers:
  gpu: { cpus: 4, memory: 8GiB, gpus: 2, labels: { size: large }, environment: { HF_HOME: /models } }
  small: { cpus: 2, memory: 4GiB, replicas: 2, maxReplicas: 5, drainGrace: 40s }
`;

test('an orchestrator first, then one agent per replica', () => {
  const children = embeddedChildren(clusterOf(text), place);
  deepStrictEqual(
    children.map(({ name, role, stopSeconds }) => [name, role, stopSeconds]),
    [
      ['orchestrator', 'orchestrator', 10],
      ['gpu', 'worker', 45],
      ['small', 'worker', 55],
      ['small-2', 'worker', 55],
    ],
  );
});

test('the orchestrator listens on loopback and knows every class', () => {
  const [orchestrator] = embeddedChildren(clusterOf(text), place);
  deepStrictEqual(orchestrator?.environment, {
    MUSTER_DOWNLOADS: '/clone/build/executables',
    MUSTER_LISTEN: '127.0.0.1:8081',
    MUSTER_STATE: '/clone/.muster/orchestrator',
    MUSTER_SECRETS: '/clone/.muster/secrets',
    MUSTER_CLASSES:
      '[{"name":"gpu","maxReplicas":16,"labels":{"size":"large"}},{"name":"small","maxReplicas":5,"labels":{}}]',
    MUSTER_HEARTBEAT_SECONDS: '30',
    MUSTER_LEASE_TTL_SECONDS: '120',
  });
});

test('an agent gets its class, its sizes, a token file and a state of its own', () => {
  const [, gpu, one, two] = embeddedChildren(clusterOf(text), place);
  deepStrictEqual(gpu?.environment, {
    HF_HOME: '/models',
    MUSTER_ORCHESTRATOR_URL: 'http://127.0.0.1:8081',
    MUSTER_WORKER_CLASS: 'gpu',
    MUSTER_WORKER_NAME: 'gpu',
    MUSTER_TOKEN_FILE: '/clone/.muster/secrets/classes/gpu/token',
    MUSTER_LABELS: '{"size":"large"}',
    MUSTER_MAX_RESTART_ATTEMPTS: '3',
    MUSTER_CPUS: '4',
    MUSTER_MEMORY_MIB: '8192',
    MUSTER_GPUS: '2',
    MUSTER_DRAIN_SECONDS: '30',
    MUSTER_STATE: '/clone/.muster/workers/gpu-1',
    MUSTER_HEALTH: '127.0.0.1:0',
    MUSTER_JOB_ENVIRONMENT: 'HF_HOME',
  });
  deepStrictEqual(gpu?.afterEnd, [...gpu.args, 'ended']);
  strictEqual(one?.environment.MUSTER_STATE, '/clone/.muster/workers/small-1');
  strictEqual(two?.environment.MUSTER_STATE, '/clone/.muster/workers/small-2');
  strictEqual(one?.environment.MUSTER_TOKEN_FILE, two?.environment.MUSTER_TOKEN_FILE);
});

test('a second replica leaves the first one as it is', () => {
  const [two, one] = [text, text.replace('replicas: 2', 'replicas: 1')].map((each) =>
    embeddedChildren(clusterOf(each), place).map(childHash),
  );
  deepStrictEqual(two?.slice(0, 3), one);
});

test('a change of one class changes the hash of its children only', () => {
  const before = embeddedChildren(clusterOf(text), place).map(childHash);
  const after = embeddedChildren(clusterOf(text.replace('40s', '41s')), place).map(childHash);
  deepStrictEqual(before.slice(0, 2), after.slice(0, 2));
  notStrictEqual(before[2], after[2]);
});
