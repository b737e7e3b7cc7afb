// Are GPUs of every vendor found, and does a job see those of its lease only? Asked of folders like the kernel's.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { listGpus } from '../../../services/agent/hardware/gpu-list.ts';
import { detectGpus } from '../../../services/agent/hardware/gpus.ts';
import { gfxName } from '../../../services/agent/hardware/kfd.ts';
import { GpuFacts, GpuLoad } from '../../../services/protocol/index.ts';
import { drmCard, fakeNvidia, kfdNode, layOut, radeon } from '../../support/machine.ts';

const nowhere = '/nonexistent';
const kernel = { 'proc/sys/kernel/osrelease': '6.8.0-45-generic\n' };
const radeons = {
  ...kernel,
  ...radeon(1, '0000:43:00.0'),
  ...radeon(0, '0000:03:00.0'),
  ...kfdNode(0, { cpu_cores_count: 16, simd_count: 0, drm_render_minor: 0, unique_id: 0 }),
  ...kfdNode(1, {
    simd_count: 192,
    drm_render_minor: 128,
    unique_id: '5541342109876543210',
    gfx_target_version: 110000,
  }),
  ...kfdNode(2, { simd_count: 192, drm_render_minor: 129, unique_id: 0, gfx_target_version: 110000 }),
  'dev/kfd': '',
  'usr/share/libdrm/amdgpu.ids': '# List of AMDGPU IDs\n1.0.0\n744C,\tC8,\tAMD Radeon RX 7900 XTX\n744C,\tCC,\tother\n',
};
const arc = (at: number, slot: string, more: Record<string, string> = {}) =>
  drmCard(at, { slot, ids: '8086:56a0', driver: 'xe' }, more);
const onBoard = (at: number) => drmCard(at, { slot: '0000:00:02.0', ids: '8086:a780', driver: 'i915' });
const tile = { 'device/tile0/physical_vram_size_bytes': `${16 * 2 ** 30}\n` };

const detect = (
  t: TestContext,
  files: Record<string, string>,
  wanted: 'auto' | 'none' | number = 'auto',
  path = nowhere,
) => detectGpus(layOut(t, files), path, wanted);

const visible = { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: '', NVIDIA_VISIBLE_DEVICES: 'none' };

test('AMD: memory, load and name by sysfs, the architecture and the unique name by the compute topology', async (t) => {
  const gpus = await detect(t, radeons);
  const same = { name: 'AMD Radeon RX 7900 XTX', memoryMiB: 24_560, driver: 'amdgpu 6.8.0-45-generic', vendor: 'amd' };
  const both = { ...same, arch: 'gfx1100', integrated: false };
  assert.deepEqual(gpus.facts, [
    { index: 0, uuid: 'GPU-4ce6cd4a261adeea', ...both },
    { index: 1, uuid: null, ...both },
  ]);
  const load = { utilization: 0.37, memoryUsedMiB: 3072, temperatureCelsius: 61 };
  assert.deepEqual(gpus.loads(), [
    { index: 0, ...load },
    { index: 1, ...load },
  ]);
  assert.deepEqual(gpus.troubles, []);
  for (const facts of gpus.facts) assert.deepEqual(GpuFacts.parse(facts), facts);
  for (const each of gpus.loads()) assert.deepEqual(GpuLoad.parse(each), each);
});

test('AMD: a job sees the cards of its lease only, in a runtime of AMD and by the name that CUDA programs ask for', async (t) => {
  const { variables } = await detect(t, radeons);
  assert.deepEqual(variables([1]), {
    ...visible,
    ROCR_VISIBLE_DEVICES: '1',
    HIP_VISIBLE_DEVICES: '0',
    CUDA_VISIBLE_DEVICES: '0',
  });
  assert.deepEqual(variables([0, 1]), {
    ...visible,
    ROCR_VISIBLE_DEVICES: 'GPU-4ce6cd4a261adeea,1',
    HIP_VISIBLE_DEVICES: '0,1',
    CUDA_VISIBLE_DEVICES: '0,1',
  });
  const none = { ...visible, ROCR_VISIBLE_DEVICES: '', HIP_VISIBLE_DEVICES: '-1' };
  assert.deepEqual(variables([]), none);
  assert.deepEqual((await detect(t, radeons, 'none')).variables([]), none);
});

test('they can be listed before an agent runs', async (t) => {
  const root = layOut(t, radeons);
  const list = (wanted: string) => listGpus(wanted, nowhere, root);
  const card = 'amd AMD Radeon RX 7900 XTX\n';
  assert.deepEqual(await list('auto'), { lines: card + card, troubles: [] });
  assert.deepEqual(await list('1'), { lines: card, troubles: [] });
  assert.deepEqual(await list('none'), { lines: '', troubles: [] });
});

test('a load is read anew, and a card that is gone keeps its last one', async (t) => {
  const root = layOut(t, radeons);
  const gpus = await detectGpus(root, nowhere, 'auto');
  writeFileSync(join(root, 'sys/class/drm/card0/device/gpu_busy_percent'), '100\n');
  rmSync(join(root, 'sys/class/drm/card1'), { recursive: true });
  await gpus.refresh();
  assert.deepEqual(
    gpus.loads().map(({ utilization }) => utilization),
    [1, 0.37],
  );
});

test('a card that may not be opened is told with the reason, and counts for nothing', async (t) => {
  const root = layOut(t, radeons);
  rmSync(join(root, 'dev'), { recursive: true });
  const { facts, troubles } = await detectGpus(root, nowhere, 'auto');
  assert.deepEqual(facts, []);
  assert.deepEqual(troubles, [
    'the AMD GPU at 0000:03:00.0: /dev/dri/renderD128 cannot be opened (ENOENT)',
    'the AMD GPU at 0000:43:00.0: /dev/dri/renderD129 cannot be opened (ENOENT)',
  ]);
  const { 'dev/kfd': _, ...withoutKfd } = radeons;
  const seen = await detect(t, withoutKfd);
  assert.equal(seen.facts.length, 2);
  assert.equal(
    seen.troubles[0],
    'the AMD GPU at 0000:03:00.0: /dev/kfd cannot be opened (ENOENT): ROCm finds no GPU without it',
  );
});

test('Intel: a card has memory of its own, what sits in the CPU counts only where it is asked for', async (t) => {
  const files = { ...kernel, ...onBoard(0), ...arc(1, '0000:03:00.0', tile) };
  const pciIds = '8086  Intel Corporation\n\t56a0  DG2 [Arc A770]\n\t\t1234 5678  Sub\n10de  NVIDIA\n\t56a0  wrong\n';
  const named = { ...files, 'usr/share/misc/pci.ids': `1002  AMD\n\t56a0  wrong\n${pciIds}` };
  const card = { uuid: null, vendor: 'intel', arch: null };
  const a770 = { ...card, name: 'Intel Arc A770', memoryMiB: 16_384, driver: 'xe 6.8.0-45-generic', integrated: false };
  const uhd = { ...card, name: 'Intel GPU a780', memoryMiB: null, driver: 'i915 6.8.0-45-generic', integrated: true };
  assert.deepEqual((await detect(t, named)).facts, [{ index: 0, ...a770 }]);
  assert.deepEqual((await detect(t, named, 2)).facts, [
    { index: 0, ...a770 },
    { index: 1, ...uhd },
  ]);
  const alone = await detect(t, { ...kernel, ...onBoard(0) });
  assert.deepEqual([alone.facts, alone.troubles], [[], []]);
  const asked = await detect(t, { ...kernel, ...onBoard(0) }, 2);
  assert.deepEqual(asked.facts, [{ index: 0, ...uhd }]);
  assert.deepEqual(asked.troubles, ['the settings ask for 2 GPUs, this machine has 1']);
});

test('Intel: Level Zero counts all cards by their address, and the mask names those of the lease', async (t) => {
  const { variables } = await detect(t, { ...onBoard(0), ...arc(2, '0000:04:00.0', tile), ...arc(1, '0000:03:00.0') });
  const always = { ...visible, ZE_ENABLE_PCI_ID_DEVICE_ORDER: '1', ZE_FLAT_DEVICE_HIERARCHY: 'COMPOSITE' };
  assert.deepEqual(variables([1]), { ...always, ZE_AFFINITY_MASK: '2', ONEAPI_DEVICE_SELECTOR: 'level_zero:*' });
  assert.deepEqual(variables([]), {
    ...always,
    ZE_AFFINITY_MASK: '3',
    ONEAPI_DEVICE_SELECTOR: '!level_zero:gpu;!opencl:gpu',
  });
});

test('a part of an AMD CPU is no card, and its memory is not counted', async (t) => {
  const small = { 'device/mem_info_vram_total': `${512 * 2 ** 20}\n`, 'device/mem_info_vram_used': '1\n' };
  const apu = { ...drmCard(0, { slot: '0000:0c:00.0', ids: '1002:164e', driver: 'amdgpu' }, small), 'dev/kfd': '' };
  assert.deepEqual((await detect(t, apu)).facts, []);
  const [facts] = (await detect(t, apu, 1)).facts;
  assert.deepEqual([facts?.name, facts?.memoryMiB, facts?.integrated], ['AMD GPU 164e', null, true]);
});

test('on a machine of several vendors NVIDIA keeps its numbers, and each runtime sees its own cards only', async (t) => {
  const path = fakeNvidia(t, "echo '0, GPU-n, NVIDIA RTX 4090, 24564, 560.35, 1, 2, 3'");
  const files = { ...radeons, ...arc(2, '0000:81:00.0', tile) };
  const { facts, variables } = await detect(t, files, 'auto', path);
  assert.deepEqual(
    facts.map(({ index, vendor }) => [index, vendor]),
    [
      [0, 'nvidia'],
      [1, 'amd'],
      [2, 'amd'],
      [3, 'intel'],
    ],
  );
  const seen = variables([0, 2]);
  assert.deepEqual(
    [seen.CUDA_VISIBLE_DEVICES, seen.NVIDIA_VISIBLE_DEVICES, seen.ROCR_VISIBLE_DEVICES, seen.HIP_VISIBLE_DEVICES],
    ['0', '0', '1', '0'],
  );
  assert.equal(variables([2]).CUDA_VISIBLE_DEVICES, '');
  assert.equal(seen.ZE_AFFINITY_MASK, '1');
});

test('an NVIDIA card that nvidia-smi does not show is told; a display without a renderer is no GPU', async (t) => {
  const mute = drmCard(0, { slot: '0000:01:00.0', ids: '10de:2684', driver: 'nouveau' });
  const { facts, troubles } = await detect(t, mute);
  assert.deepEqual(facts, []);
  assert.match(troubles.join(), /^the NVIDIA GPU at 0000:01:00.0: no nvidia-smi shows it; install the driver, or give/);
  const display = { 'sys/class/drm/card0/device/uevent': 'DRIVER=ast\nPCI_SLOT_NAME=0000:02:00.0\n' };
  assert.deepEqual((await detect(t, { ...display, 'sys/class/drm/version': 'drm 1.1.0\n' })).facts, []);
});

test('the architecture of a compute node is read as compilers write it', () => {
  assert.deepEqual([110000, 90010, 90402, 100302, 0].map(gfxName), ['gfx1100', 'gfx90a', 'gfx942', 'gfx1032', null]);
});
