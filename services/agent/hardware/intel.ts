// Which GPUs of Intel are there? The drivers xe and i915 say what they are, but not how busy.
//
// Memory: xe has tileN/physical_vram_size_bytes below the device; i915 as Intel ships it has lmem_total_bytes beside the
// connectors, the kernel's own i915 has neither.
import { join } from 'node:path';
import type { Card, Found } from './card.ts';
import type { NameOf } from './card-name.ts';
import { closed, names, numberIn, type PciCard, temperatureOf } from './drm.ts';

const ownBytes = ({ folder }: PciCard): number => {
  const tiles = names(join(folder, 'device')).filter((name) => /^tile\d+$/.test(name));
  const perTile = tiles.map((tile) => numberIn(folder, 'device', tile, 'physical_vram_size_bytes') ?? 0);
  return perTile.reduce((sum, bytes) => sum + bytes, 0) || (numberIn(folder, 'lmem_total_bytes') ?? 0);
};

export const intelCards = (root: string, pci: readonly PciCard[], nameOf: NameOf): Found => {
  const cards: Card[] = [];
  const troubles: string[] = [];
  for (const each of pci) {
    if (each.vendor !== '8086' || each.render === null) continue;
    const bytes = ownBytes(each);
    // What is a part of the CPU sits on its own bus, the first one.
    const integrated = bytes === 0 && /^0000:00:/.test(each.slot);
    const why = closed(root, `dri/${each.render}`);
    if (why !== null && !integrated) troubles.push(`the Intel GPU at ${each.slot}: ${why}`);
    if (why !== null) continue;
    cards.push({
      ...{ vendor: 'intel', key: each.slot, integrated, driver: each.driver.slice(0, 100), uuid: null, arch: null },
      name: nameOf(each, 'Intel'),
      // Level Zero counts what it can open, in the order of the addresses when it is told to.
      handle: String(cards.length),
      memoryMiB: bytes === 0 ? null : Math.floor(bytes / 1024 / 1024),
      ...{ utilization: null, memoryUsedMiB: null, temperatureCelsius: temperatureOf(each) },
    });
  }
  return { cards, troubles };
};
