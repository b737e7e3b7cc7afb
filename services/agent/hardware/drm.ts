// Which graphics cards does the kernel know? Read from sysfs, where each card is a folder with its PCI device.
//
// Layout: Documentation/ABI/testing/sysfs-bus-pci (vendor, device, revision, uevent), Documentation/gpu/drm-uapi.rst
// (cardN beside renderDN) and Documentation/hwmon/sysfs-interface.rst (temp*_input in thousandths of a degree).
import { accessSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from './cgroup-limits.ts';

export type PciCard = {
  /** `…/class/drm/cardN`; the PCI device is its folder `device`. */
  readonly folder: string;
  /** Four hex digits, such as 1002. */
  readonly vendor: string;
  readonly device: string;
  /** Two hex digits. */
  readonly revision: string;
  /** PCI address, such as 0000:03:00.0. */
  readonly slot: string;
  /** The kernel's driver and its version, or the kernel's own where it has none. */
  readonly driver: string;
  /** Such as renderD128; null for a card that only shows pictures. */
  readonly render: string | null;
};

export const names = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

export const textIn = (...path: readonly string[]): string | null => readIfThere(join(...path))?.trim() || null;

/** A whole number that is not negative; null where there is none. */
export const numberIn = (...path: readonly string[]): number | null => {
  const text = textIn(...path) ?? '';
  return /^\d+$/.test(text) ? Number(text) : null;
};

/** Cards on the PCI bus in the order of their addresses; `root` stands before /sys. */
export const pciCards = (root: string): readonly PciCard[] => {
  const all = join(root, 'sys/class/drm');
  const kernel = textIn(root, 'proc/sys/kernel/osrelease');
  const cards = names(all).flatMap((name): PciCard[] => {
    if (!/^card\d+$/.test(name)) return [];
    const folder = join(all, name);
    const hex = (file: string): string => /^0x([0-9a-f]+)$/.exec(textIn(folder, 'device', file) ?? '')?.[1] ?? '';
    const said = textIn(folder, 'device/uevent') ?? '';
    const slot = /^PCI_SLOT_NAME=(\S+)$/m.exec(said)?.[1];
    const driver = /^DRIVER=(\S+)$/m.exec(said)?.[1];
    if (slot === undefined || driver === undefined) return [];
    const version = textIn(root, 'sys/module', driver, 'version') ?? kernel;
    const render = names(join(folder, 'device/drm')).find((each) => /^renderD\d+$/.test(each)) ?? null;
    return [
      {
        ...{ folder, slot, render, vendor: hex('vendor'), device: hex('device'), revision: hex('revision') },
        driver: version === null ? driver : `${driver} ${version}`,
      },
    ];
  });
  return cards.sort((a, b) => (a.slot < b.slot ? -1 : 1));
};

/** Why this process cannot open a device file, or null when it can. */
export const closed = (root: string, device: string): string | null => {
  try {
    accessSync(join(root, 'dev', device), constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    return `/dev/${device} cannot be opened (${(error as NodeJS.ErrnoException).code})`;
  }
};

/** The first sensor of the card; its drivers name the one of the whole chip first. */
export const temperatureOf = ({ folder }: PciCard): number | null => {
  const sensors = join(folder, 'device/hwmon');
  const found = names(sensors).flatMap((name) =>
    names(join(sensors, name))
      .filter((file) => /^temp\d+_input$/.test(file))
      .sort()
      .map((file) => numberIn(sensors, name, file)),
  );
  const milli = found.find((value) => value !== null);
  return milli === undefined || milli === null ? null : milli / 1000;
};
