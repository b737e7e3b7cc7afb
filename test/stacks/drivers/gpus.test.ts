// Are the facts about GPUs read as engines of any age and machines of any make tell them?
import { deepStrictEqual } from 'node:assert';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { DockerClient } from '../../../stacks/drivers/docker.ts';
import { readEngineFacts } from '../../../stacks/drivers/gpus.ts';
import { ownFolder } from '../../support/folder.ts';

const here = 'unix:///var/run/docker.sock';

/** An engine that answers so; only `info` is asked. */
const engine = (info: object): DockerClient =>
  ({ info: async () => ({ NCPU: 2, MemTotal: 4 * 2 ** 30 + 1, ...info }) }) as unknown as DockerClient;

function machine(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = ownFolder(t);
  for (const [path, text] of Object.entries({ 'proc/1/status': 'CapBnd:\t000001ffffffffff\n', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const bare = {
  cpus: 2,
  memoryMiB: 4096,
  runtimes: [],
  cdiDevices: [],
  nvidiaCards: 0,
  kfdGroup: null,
  dxg: false,
  renderNodes: [],
  mayRaiseLimits: true,
};

test('an old engine on a bare machine has nothing', async (t) => {
  deepStrictEqual(await readEngineFacts(engine({}), here, machine(t, {})), bare);
});

test('a current engine lists its CDI devices and runtimes', async (t) => {
  const DiscoveredDevices = [
    { Source: 'cdi', ID: 'nvidia.com/gpu=1' },
    { Source: 'cdi', ID: 'nvidia.com/gpu=0' },
    { Source: 'other', ID: 'x' },
  ];
  const facts = await readEngineFacts(
    engine({ DiscoveredDevices, CDISpecDirs: ['/nowhere'], Runtimes: { runc: {}, nvidia: {} } }),
    here,
    machine(t, {}),
  );
  const cdiDevices = ['nvidia.com/gpu=0', 'nvidia.com/gpu=1'];
  deepStrictEqual(facts, { ...bare, cdiDevices, runtimes: ['nvidia', 'runc'] });
});

test('an engine that reads CDI without listing it is answered from the same files', async (t) => {
  const folder = machine(t, {
    'cdi/a.yaml':
      'cdiVersion: "0.5.0"\nkind: nvidia.com/gpu\ndevices:\n- containerEdits:\n    deviceNodes:\n    - path: /dev/x\n  name: "0"\n- name: all\n',
    'cdi/b.json': JSON.stringify({ kind: 'amd.com/gpu', devices: [{ name: '0' }] }, null, 2),
    'cdi/notes.txt': 'kind: x\nname: y\n',
  });
  const facts = await readEngineFacts(engine({ CDISpecDirs: [join(folder, 'cdi'), '/nowhere'] }), here, folder);
  deepStrictEqual(facts.cdiDevices, ['amd.com/gpu=0', 'nvidia.com/gpu=0', 'nvidia.com/gpu=all']);
});

test('cards and device files of this machine are seen, with the groups that may use them', async (t) => {
  const root = machine(t, {
    'proc/driver/nvidia/gpus/0000:01:00.0/information': '',
    'dev/kfd': '',
    'dev/dxg': '',
    'dev/dri/card0': '',
    'dev/dri/renderD128': '',
    'sys/class/drm/renderD128/device/vendor': '0x1002\n',
  });
  const group = statSync(join(root, 'dev/kfd')).gid;
  deepStrictEqual(await readEngineFacts(engine({}), here, root), {
    ...bare,
    nvidiaCards: 1,
    kfdGroup: group,
    dxg: true,
    renderNodes: [{ path: '/dev/dri/renderD128', vendor: '0x1002', group }],
  });
});

test('of another machine only the engine is asked', async (t) => {
  const spec = 'kind: nvidia.com/gpu\ndevices:\n- name: all\n';
  const root = machine(t, { 'dev/kfd': '', 'proc/driver/nvidia/gpus/x/information': '', 'cdi/a.yaml': spec });
  const far = engine({ CDISpecDirs: [join(root, 'cdi')] });
  deepStrictEqual(await readEngineFacts(far, 'tcp://far:2375', root), { ...bare, nvidiaCards: null });
});

test('a nested machine and an engine without root raise no limits', async (t) => {
  const nested = machine(t, { 'proc/1/status': 'CapEff:\t000001ffffffffff\nCapBnd:\t000001fffeffffff\n' });
  const rootless = engine({ SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'] });
  deepStrictEqual(
    [
      (await readEngineFacts(engine({}), here, nested)).mayRaiseLimits,
      (await readEngineFacts(rootless, here, machine(t, {}))).mayRaiseLimits,
    ],
    [false, false],
  );
});
