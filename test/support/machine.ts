// Fake: what does a machine look like to the agent? Folders laid out like /proc, /sys, /dev and /usr, and an nvidia-smi.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

type Files = Readonly<Record<string, string>>;

/** A folder with these files, gone after the test. */
export const layOut = (t: TestContext, files: Files): string => {
  const root = mkdtempSync(join(tmpdir(), 'muster-root-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
};

/** A PATH whose nvidia-smi is this script. */
export const fakeNvidia = (t: TestContext, script: string): string => {
  const folder = layOut(t, { 'nvidia-smi': `#!/bin/sh\n${script}\n` });
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
  return `${folder}:${process.env.PATH}`;
};

type Pci = { readonly slot: string; readonly ids: `${string}:${string}`; readonly driver: string };

/** Card number `at` of sysfs with its render node and the device file of that; `more` lies below the card's folder. */
export const drmCard = (at: number, { slot, ids, driver }: Pci, more: Files = {}): Files => {
  const [vendor, device] = ids.split(':');
  const folder = `sys/class/drm/card${at}`;
  return {
    [`${folder}/device/vendor`]: `0x${vendor}\n`,
    [`${folder}/device/device`]: `0x${device}\n`,
    [`${folder}/device/revision`]: '0xc8\n',
    [`${folder}/device/uevent`]: `DRIVER=${driver}\nPCI_CLASS=30000\nPCI_ID=${ids.toUpperCase()}\nPCI_SLOT_NAME=${slot}\n`,
    [`${folder}/device/drm/renderD${128 + at}/dev`]: `226:${128 + at}\n`,
    [`sys/class/drm/card${at}-DP-1/status`]: 'disconnected\n',
    [`dev/dri/renderD${128 + at}`]: '',
    ...Object.fromEntries(Object.entries(more).map(([path, text]) => [`${folder}/${path}`, text])),
  };
};

/** Node `at` of the compute topology. */
export const kfdNode = (at: number, properties: Readonly<Record<string, string | number>>): Files => {
  const lines = Object.entries(properties).map(([key, value]) => `${key} ${value}\n`);
  return { [`sys/class/kfd/kfd/topology/nodes/${at}/properties`]: lines.join('') };
};

/** A Radeon RX 7900 XTX as the kernel shows it. */
export const radeon = (at: number, slot: string): Files =>
  drmCard(
    at,
    { slot, ids: '1002:744c', driver: 'amdgpu' },
    {
      'device/mem_info_vram_total': `${24 * 2 ** 30 - 16 * 2 ** 20}\n`,
      'device/mem_info_vram_used': `${3 * 2 ** 30}\n`,
      'device/gpu_busy_percent': '37\n',
      'device/hwmon/hwmon4/name': 'amdgpu\n',
      'device/hwmon/hwmon4/temp1_input': '61000\n',
      'device/hwmon/hwmon4/temp2_input': '75000\n',
    },
  );
