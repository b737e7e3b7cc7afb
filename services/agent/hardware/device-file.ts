// Which file below /dev is a GPU? NVIDIA's driver says it by UUID, the kernel by the address on the bus.
import { join } from 'node:path';
import type { Card } from './card.ts';
import { names, pciCards, textIn } from './drm.ts';

const ofNvidia = (root: string, uuid: string): string | null => {
  const folder = join(root, 'proc/driver/nvidia/gpus');
  const told = names(folder).map((slot) => textIn(folder, slot, 'information') ?? '');
  const own = told.find((text) => /^GPU UUID:\s*(\S+)/m.exec(text)?.[1] === uuid);
  const minor = /^Device Minor:\s*(\d+)/m.exec(own ?? '')?.[1];
  return minor === undefined ? null : `nvidia${minor}`;
};

/** Such as `nvidia0` or `dri/renderD128`; null when nothing tells. */
export const deviceFile = (
  root: string,
  { vendor, uuid, key }: Pick<Card, 'vendor' | 'uuid' | 'key'>,
): string | null => {
  if (vendor === 'nvidia') return uuid === null ? null : ofNvidia(root, uuid);
  const render = pciCards(root).find(({ slot }) => slot === key)?.render ?? null;
  return render === null ? null : `dri/${render}`;
};
