// Does the agent see what the machine really has? Asked of folders laid out like /proc and /sys, and of a fake nvidia-smi.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { outOfMemoryKills } from '../../../services/agent/hardware/cgroup-limits.ts';
import { cpuCount, cpuMeter } from '../../../services/agent/hardware/cpu.ts';
import { detectHardware } from '../../../services/agent/hardware/index.ts';
import { memoryLoad } from '../../../services/agent/hardware/memory.ts';
import { askNvidia, parseGpus } from '../../../services/agent/hardware/nvidia.ts';
import { fakeNvidia, layOut } from '../../support/machine.ts';

const meminfo =
  'MemTotal:       16777216 kB\nMemFree: 1 kB\nMemAvailable:    12582912 kB\nSwapTotal: 2097152 kB\nSwapFree: 1048576 kB\n';
const cgroup = 'sys/fs/cgroup';

test('without limits the machine counts', (t) => {
  const root = layOut(t, { 'proc/meminfo': meminfo, 'proc/self/cgroup': '0::/\n' });
  assert.equal(cpuCount(root, 8, null), 8);
  assert.equal(cpuCount(root, 8, 4), 4);
  assert.equal(cpuCount(root, 2, 4), 2);
  assert.deepEqual(memoryLoad(root), { memoryUsedMiB: 4096, memoryTotalMiB: 16_384, swapUsedMiB: 1024 });
});

test('cgroup v2: the tightest of the own group and its ancestors counts', (t) => {
  const root = layOut(t, {
    'proc/meminfo': meminfo,
    'proc/self/cgroup': '0::/a/b\n',
    [`${cgroup}/cgroup.controllers`]: 'cpu memory\n',
    [`${cgroup}/a/cpu.max`]: '150000 100000\n',
    [`${cgroup}/a/b/cpu.max`]: 'max 100000\n',
    [`${cgroup}/a/memory.max`]: `${4 * 2 ** 30}\n`,
    [`${cgroup}/a/memory.current`]: `${3 * 2 ** 30}\n`,
    [`${cgroup}/a/memory.stat`]: `anon 1\ninactive_file ${2 ** 30}\n`,
    [`${cgroup}/a/b/memory.max`]: 'max\n',
  });
  assert.equal(cpuCount(root, 8, null), 1.5);
  assert.deepEqual(memoryLoad(root), { memoryUsedMiB: 2048, memoryTotalMiB: 4096, swapUsedMiB: 1024 });
});

test('cgroup v1, as a container sees it: limits at the mount, whatever path /proc names', (t) => {
  const root = layOut(t, {
    'proc/meminfo': meminfo,
    'proc/self/cgroup': '5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n0::/\n',
    [`${cgroup}/cpu/cpu.cfs_quota_us`]: '400000\n',
    [`${cgroup}/cpu/cpu.cfs_period_us`]: '100000\n',
    [`${cgroup}/memory/memory.limit_in_bytes`]: `${8 * 2 ** 30}\n`,
    [`${cgroup}/memory/memory.usage_in_bytes`]: `${2 ** 30}\n`,
    [`${cgroup}/memory/memory.stat`]: 'total_inactive_file 0\n',
    [`${cgroup}/memory/memory.oom_control`]: 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n',
  });
  assert.equal(outOfMemoryKills(root), 3);
  assert.equal(cpuCount(root, 64, null), 4);
  assert.deepEqual(memoryLoad(root), { memoryUsedMiB: 1024, memoryTotalMiB: 8192, swapUsedMiB: 1024 });
});

test('cgroup v1 without limits: -1 and the largest number mean none', (t) => {
  const root = layOut(t, {
    'proc/meminfo': meminfo,
    'proc/self/cgroup': '5:memory:/\n4:cpu:/\n',
    [`${cgroup}/cpu/cpu.cfs_quota_us`]: '-1\n',
    [`${cgroup}/cpu/cpu.cfs_period_us`]: '100000\n',
    [`${cgroup}/memory/memory.limit_in_bytes`]: '9223372036854771712\n',
  });
  assert.equal(cpuCount(root, 8, null), 8);
  assert.equal(memoryLoad(root).memoryTotalMiB, 16_384);
});

test('the CPU share is that of the time since the last look', (t) => {
  const root = layOut(t, { 'proc/stat': 'cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1\n' });
  const busy = cpuMeter(root);
  writeFileSync(join(root, 'proc/stat'), 'cpu  130 0 120 840 10 0 0 0 0 0\n');
  assert.equal(busy(), 0.5);
  assert.equal(busy(), 0);
});

test('GPUs are read from nvidia-smi, capped by the setting, and their load with them', async (t) => {
  const lines = [
    '0, GPU-a, NVIDIA RTX 4090, 24564, 560.35.03, 37, 1024, 61',
    '1, GPU-b, Tesla K80, 11441, 560.35.03, [N/A], [N/A], 40',
  ];
  const path = fakeNvidia(t, `printf '%s\\n' '${lines.join("' '")}'`);
  const asks = { root: layOut(t, {}), path, availableCpus: 2, cpus: null, memoryMiB: null, folder: tmpdir() };
  const both = await detectHardware({ ...asks, gpus: 'auto' });
  const driven = { driver: '560.35.03', vendor: 'nvidia', arch: null, integrated: false };
  assert.deepEqual(both.capacity.gpus, [
    { index: 0, uuid: 'GPU-a', name: 'NVIDIA RTX 4090', memoryMiB: 24_564, ...driven },
    { index: 1, uuid: 'GPU-b', name: 'Tesla K80', memoryMiB: 11_441, ...driven },
  ]);
  assert.deepEqual((await both.meter()()).gpus, [
    { index: 0, utilization: 0.37, memoryUsedMiB: 1024, temperatureCelsius: 61 },
    { index: 1, utilization: null, memoryUsedMiB: null, temperatureCelsius: 40 },
  ]);
  assert.equal((await detectHardware({ ...asks, gpus: 1 })).capacity.gpus.length, 1);
  assert.equal((await detectHardware({ ...asks, gpus: 'none' })).capacity.gpus.length, 0);
  const { troubles } = await detectHardware({ ...asks, gpus: 4 });
  assert.deepEqual(troubles, ['the settings ask for 4 GPUs, this machine has 2']);
});

test('no nvidia-smi means no GPU and no trouble; one that fails or hangs is told', async (t) => {
  const none = { gpus: [], trouble: null };
  assert.deepEqual(await askNvidia('/nonexistent'), none);
  const failing = await askNvidia(fakeNvidia(t, 'echo "NVIDIA-SMI has failed"; exit 9'));
  assert.deepEqual(failing, { gpus: [], trouble: 'nvidia-smi: NVIDIA-SMI has failed' });
  const hanging = await askNvidia(fakeNvidia(t, 'exec sleep 60'), 100);
  assert.deepEqual(hanging, { gpus: [], trouble: 'nvidia-smi: no answer within 100 ms' });
});

test('what nvidia-smi prints around its table is not a GPU', () => {
  assert.deepEqual(parseGpus('No devices were found\n'), []);
});
