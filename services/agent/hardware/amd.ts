// Which GPUs of AMD are there, and how busy are they?
//
// Files of the amdgpu driver: Documentation/gpu/amdgpu/driver-misc.rst (mem_info_vram_*, product_name) and
// Documentation/gpu/amdgpu/thermal.rst (gpu_busy_percent).
import type { Card, Found } from './card.ts';
import type { NameOf } from './card-name.ts';
import { closed, numberIn, type PciCard, temperatureOf } from './drm.ts';
import { computeNodes } from './kfd.ts';

const mib = 1024 * 1024;
/** A part of a CPU gets some hundred MiB set aside for it; one with more is as good as a card. */
const leastOwnMiB = 1024;

export const amdCards = (root: string, pci: readonly PciCard[], nameOf: NameOf): Found => {
  const cards: Card[] = [];
  const troubles: string[] = [];
  const nodes = computeNodes(root);
  for (const each of pci) {
    if (each.vendor !== '1002' || each.render === null) continue;
    const vramMiB = Math.floor((numberIn(each.folder, 'device/mem_info_vram_total') ?? 0) / mib);
    const integrated = vramMiB < leastOwnMiB;
    const why = closed(root, `dri/${each.render}`);
    const noCompute = closed(root, 'kfd');
    const trouble = why ?? (noCompute && `${noCompute}: ROCm finds no GPU without it`);
    if (trouble !== null && !integrated) troubles.push(`the AMD GPU at ${each.slot}: ${trouble}`);
    if (why !== null) continue;
    const node = nodes.get(Number(each.render.slice('renderD'.length)));
    const busy = numberIn(each.folder, 'device/gpu_busy_percent');
    const used = numberIn(each.folder, 'device/mem_info_vram_used');
    cards.push({
      ...{ vendor: 'amd', key: each.slot, integrated, driver: each.driver.slice(0, 100) },
      uuid: node?.handle.startsWith('GPU-') ? node.handle : null,
      name: nameOf(each, 'AMD'),
      arch: node?.arch ?? null,
      handle: node?.handle ?? null,
      memoryMiB: integrated ? null : vramMiB,
      utilization: busy === null ? null : Math.min(1, busy / 100),
      memoryUsedMiB: integrated || used === null ? null : Math.ceil(used / mib),
      temperatureCelsius: temperatureOf(each),
    });
  }
  return { cards, troubles };
};
