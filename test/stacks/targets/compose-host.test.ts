// What does this host add to the Compose file that runs anywhere?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allot, gpusOf } from '../../../stacks/cluster/gpus.ts';
import type { EngineFacts } from '../../../stacks/plans/types.ts';
import { hostFiles } from '../../../stacks/targets/compose-host.ts';
import { configsOf, contentHash } from '../../../stacks/targets/containers/configs.ts';
import { parseCompose } from '../../support/compose-file.ts';
import { invented, inventedConfigs, model, page } from '../../support/invented-services.ts';
import { composeSchemaCheck } from '../../support/schemas.ts';
import { clusterOf } from '../../support/specs.ts';

const facts: EngineFacts = {
  cpus: 4,
  memoryMiB: 8192,
  runtimes: [],
  cdiDevices: ['nvidia.com/gpu=0', 'nvidia.com/gpu=1'],
  nvidiaCards: 0,
  kfdGroup: null,
  dxg: false,
  renderNodes: [],
  mayRaiseLimits: true,
};
const none: EngineFacts = { ...facts, cdiDevices: [] };
const form = { services: invented, configs: inventedConfigs };

function files(own: EngineFacts, here = form) {
  const all = allot(here.services, gpusOf(own));
  return hostFiles(clusterOf('name: a'), form, here, all, own.mayRaiseLimits);
}

/** Of each service that differs, its words. */
function words(own: EngineFacts, here = form): unknown {
  const [override] = files(own, here);
  if (override === undefined) return {};
  assert.equal(override.path, 'run/compose.host.yaml');
  const parsed = parseCompose(override.text);
  assert.deepEqual(composeSchemaCheck()(parsed), []);
  return parsed.services;
}

const reserved = (device: object) => ({
  deploy: { resources: { reservations: { devices: [{ ...device, capabilities: ['gpu'] }] } } },
});

test('a host without GPUs and with the same sizes adds nothing', () => {
  assert.deepEqual(files(none), []);
});

test('a count reserves devices by their ids, with memory that may be locked', () => {
  const device = { driver: 'cdi', device_ids: ['nvidia.com/gpu=0'] };
  assert.deepEqual(words(facts), { model: { ...reserved(device), ulimits: { memlock: -1 } } });
  assert.deepEqual(words({ ...facts, mayRaiseLimits: false }), { model: reserved(device) });
});

test('an engine without CDI is asked through the driver of NVIDIA, by ids or by number', () => {
  const runtime = { ...none, runtimes: ['nvidia'], mayRaiseLimits: false };
  assert.deepEqual(words({ ...runtime, nvidiaCards: 2 }), { model: reserved({ driver: 'nvidia', device_ids: ['0'] }) });
  assert.deepEqual(words({ ...runtime, nvidiaCards: null }), { model: reserved({ driver: 'nvidia', count: 1 }) });
});

test('other makes come as device files, with the groups that may use them', () => {
  const renderNodes = [{ path: '/dev/dri/renderD128', vendor: '0x1002', group: 105 }];
  assert.deepEqual(words({ ...none, renderNodes, kfdGroup: 110, mayRaiseLimits: false }), {
    model: {
      devices: ['/dev/kfd:/dev/kfd', '/dev/dri/renderD128:/dev/dri/renderD128'],
      group_add: ['110', '105'],
    },
  });
});

test('sizes of this host replace those that fit anywhere, in limits, words and files', () => {
  const bigger = {
    ...page,
    limits: { cpus: 3, memoryMiB: 4096, processes: 64 },
    environment: { THREADS: '$3' },
    command: ['--threads', '3'],
  };
  const text = '{"threads": 3}\n';
  const here = {
    services: [model, bigger],
    configs: inventedConfigs.map((config) => (config.path === 'page/page.json' ? { ...config, text } : config)),
  };
  const [, config, ...others] = files(none, here);
  assert.deepEqual([config, others], [{ path: 'run/configs/page/page.json', text, mode: 0o644 }, []]);
  assert.deepEqual(words(none, here), {
    page: {
      volumes: [
        {
          type: 'bind',
          source: '${' + 'MUSTER_HOME:-../.muster}/run/configs/page/page.json',
          target: '/etc/muster/page/page.json',
          read_only: true,
          bind: { create_host_path: false },
        },
      ],
      labels: { 'muster.configs': contentHash(configsOf(bigger, here.configs)) },
      environment: { THREADS: '$$3' },
      command: ['--threads', '3'],
      cpu_quota: 300_000,
      mem_limit: '4096m',
    },
  });
});
