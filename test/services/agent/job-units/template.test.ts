// Is the unit of a job what it should be, and does no word of the job get into it?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unitWords } from '../../../../services/agent/job-units/template.ts';

const request = { op: 'start', attempt: 'j1.2.3', memoryMiB: 512, cpus: 1.5, seconds: 90, devices: [] } as const;
const place = {
  ...{ service: 'worker', folder: '/var/lib/muster-jobs/worker/j1.2.3', groups: ['render'] },
  seen: '/var/lib/private/muster/worker/jobs/j1.2.3/job',
};
const properties = (words: readonly string[]): readonly string[] =>
  words.flatMap((word) => /^--property=(.*)$/s.exec(word)?.[1] ?? []);
const linesOf = (devices: readonly string[]) =>
  properties(unitWords({ ...request, devices }, place)).filter((line) => /^(Device|PrivateD|Suppl)/.test(line));

test('limits, user and bounds stand in it', () => {
  const lines = properties(unitWords(request, place));
  for (const line of [
    ...['MemoryMax=512M', 'MemorySwapMax=0', 'CPUQuota=150%', 'RuntimeMaxSec=90s', 'TasksMax=16384', 'OOMPolicy=kill'],
    ...['DynamicUser=yes', 'NoNewPrivileges=yes', 'ProtectSystem=strict', 'PrivateTmp=yes', 'OOMScoreAdjust=500'],
    ...['StopPropagatedFrom=muster-worker.service', 'Before=muster-worker.service', 'KillMode=control-group'],
    `BindPaths=${place.folder}:${place.seen}`,
  ])
    assert.ok(lines.includes(line), line);
  assert.equal(new Set(lines.map((line) => line.split('=')[0])).size, lines.length, 'each once');
});

test('without limits nothing is limited', () => {
  const lines = properties(unitWords({ ...request, memoryMiB: 0, cpus: 0, seconds: 0 }, place));
  assert.deepEqual(
    lines.filter((line) => /^(MemoryMax|MemorySwap|CPUQ|RuntimeMax)/.test(line)),
    ['MemoryMax=infinity', 'RuntimeMaxSec=infinity'],
  );
});

test('a job opens the cards of its lease and no others', () => {
  assert.deepEqual(linesOf([]), ['DevicePolicy=closed', 'PrivateDevices=yes']);
  assert.deepEqual(linesOf(['dri/renderD129']), [
    ...['DevicePolicy=closed', 'DeviceAllow=/dev/dri/renderD129 rw', 'DeviceAllow=/dev/kfd rw'],
    'SupplementaryGroups=render',
  ]);
  const nvidia = linesOf(['nvidia1', 'nvidia3']);
  assert.deepEqual(nvidia.slice(1, 3), ['DeviceAllow=/dev/nvidia1 rw', 'DeviceAllow=/dev/nvidia3 rw']);
  assert.ok(nvidia.includes('DeviceAllow=/dev/nvidiactl rw') && !nvidia.join().includes('nvidia0'));
});

test('its program is the same for every job', () => {
  const program = (words: readonly string[]) => words.slice(words.indexOf('--') + 1);
  const other = { ...place, seen: '/x', service: 'b' };
  const [one, two] = [unitWords(request, place), unitWords({ ...request, attempt: 'k.1.1' }, other)].map(program);
  assert.deepEqual(one?.slice(0, -1), two?.slice(0, -1));
  assert.deepEqual([one?.at(-1), two?.at(-1)], [place.seen, '/x']);
});
