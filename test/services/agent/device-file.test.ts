// Does each GPU have the device file that the driver or the kernel gives it, whatever its number is?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceFile } from '../../../services/agent/hardware/device-file.ts';
import { drmCard, layOut } from '../../support/machine.ts';

const information = (uuid: string, minor: number): string =>
  `Model: \t\t Some GPU\nIRQ:   \t\t 25\nGPU UUID: \t ${uuid}\nBus Location: \t 0000:01:00.0\nDevice Minor: \t ${minor}\n`;

test('the file of an NVIDIA card is that of its UUID, and nothing is guessed', (t) => {
  const gpus = 'proc/driver/nvidia/gpus';
  const root = layOut(t, {
    [`${gpus}/0000:01:00.0/information`]: information('GPU-a', 1),
    [`${gpus}/0000:02:00.0/information`]: information('GPU-b', 0),
    [`${gpus}/0000:03:00.0/information`]: 'Model: \t\t Unknown\n',
  });
  const file = (uuid: string | null) => deviceFile(root, { vendor: 'nvidia', uuid, key: '' });
  assert.deepEqual(
    [file('GPU-a'), file('GPU-b'), file('GPU-c'), file('GPU'), file(null)],
    [...['nvidia1', 'nvidia0', null, null, null]],
  );
});

test('other cards are known by their address', (t) => {
  const root = layOut(t, {
    ...drmCard(0, { slot: '0000:03:00.0', ids: '1002:744c', driver: 'amdgpu' }),
    ...drmCard(1, { slot: '0000:0a:00.0', ids: '8086:56a0', driver: 'i915' }),
  });
  const file = (vendor: 'amd' | 'intel', key: string) => deviceFile(root, { vendor, uuid: null, key });
  assert.deepEqual(
    [file('amd', '0000:03:00.0'), file('intel', '0000:0a:00.0'), file('amd', '0000:99:00.0')],
    [...['dri/renderD128', 'dri/renderD129', null]],
  );
});
