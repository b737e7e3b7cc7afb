// Which GPUs may jobs use? Of all vendors, each with a number of its own on this worker.
import type { GpuFacts, GpuLoad } from '../../protocol/index.ts';
import { amdCards } from './amd.ts';
import type { Card, Found } from './card.ts';
import { cardNames, type NameOf } from './card-name.ts';
import { deviceFile } from './device-file.ts';
import { type PciCard, pciCards } from './drm.ts';
import { intelCards } from './intel.ts';
import { askNvidia } from './nvidia.ts';
import { visibility } from './visibility.ts';

export type Gpus = {
  readonly facts: readonly GpuFacts[];
  readonly troubles: readonly string[];
  /** Variables for a job that leases the GPUs with these numbers. */
  readonly variables: (indexes: readonly number[]) => Readonly<Record<string, string>>;
  /** Their device files, below /dev. */
  readonly devices: (indexes: readonly number[]) => readonly string[];
  /** As they were when last asked. */
  readonly loads: () => readonly GpuLoad[];
  /** Asks again; what does not answer keeps its last figures. */
  readonly refresh: () => Promise<void>;
};

export type Wanted = 'auto' | 'none' | number;

type Numbered = { readonly index: number; readonly card: Card };

/** NVIDIA's by their own program, the others by sysfs. */
const ask = async (root: string, path: string, nameOf: NameOf): Promise<Found> => {
  const pci = pciCards(root);
  const nvidia = await nvidiaCards(path, pci);
  const [amd, intel] = [amdCards(root, pci, nameOf), intelCards(root, pci, nameOf)];
  return {
    cards: [...nvidia.cards, ...amd.cards, ...intel.cards],
    troubles: [...nvidia.troubles, ...amd.troubles, ...intel.troubles],
  };
};

/** What jobs must not see, where no GPU is wanted: NVIDIA's need no look, they are hidden in any case. */
const presentOnly = (root: string): Found => {
  const pci = pciCards(root);
  const cards = [amdCards, intelCards].flatMap((look) => look(root, pci, ({ device }) => device).cards);
  return { cards, troubles: [] };
};

const nvidiaCards = async (path: string, pci: readonly PciCard[]): Promise<Found> => {
  const { gpus, trouble } = await askNvidia(path);
  const cards = gpus.map(({ index, ...gpu }): Card => {
    const key = gpu.uuid ?? `nvidia ${index}`;
    return { ...gpu, vendor: 'nvidia', arch: null, integrated: false, key, handle: String(index) };
  });
  const mute = pci.find(({ vendor }) => vendor === '10de');
  if (trouble !== null) return { cards, troubles: [trouble] };
  if (mute === undefined || cards.length > 0) return { cards, troubles: [] };
  const why = 'no nvidia-smi shows it; install the driver, or give the container its GPUs';
  return { cards, troubles: [`the NVIDIA GPU at ${mute.slot}: ${why}`] };
};

/** NVIDIA's keep the numbers that nvidia-smi shows; the others follow. */
const numbered = (cards: readonly Card[]): readonly Numbered[] => {
  const own = cards.filter(({ vendor }) => vendor === 'nvidia').map((card) => ({ index: Number(card.handle), card }));
  const next = Math.max(-1, ...own.map(({ index }) => index)) + 1;
  const others = cards.filter(({ vendor }) => vendor !== 'nvidia');
  return [...own, ...others.map((card, at) => ({ index: next + at, card }))];
};

/** Those that are a part of the CPU only count where somebody asks for more GPUs than there are cards. */
const chosen = (all: readonly Card[], wanted: Wanted): readonly Card[] => {
  const cards = all.filter(({ integrated }) => !integrated);
  if (wanted === 'auto') return cards;
  return [...cards, ...all.filter(({ integrated }) => integrated)].slice(0, wanted === 'none' ? 0 : wanted);
};

export const detectGpus = async (root: string, path: string, wanted: Wanted): Promise<Gpus> => {
  const nameOf = cardNames(root);
  const found = wanted === 'none' ? presentOnly(root) : await ask(root, path, nameOf);
  const gpus = numbered(chosen(found.cards, wanted));
  const troubles = [...found.troubles];
  if (typeof wanted === 'number' && gpus.length < wanted)
    troubles.push(`the settings ask for ${wanted} GPUs, this machine has ${gpus.length}`);
  const cardsOf = (indexes: readonly number[]): readonly Card[] =>
    indexes.flatMap((index) => gpus.filter((gpu) => gpu.index === index).map(({ card }) => card));
  const latest = new Map(gpus.map(({ card }) => [card.key, card]));
  return {
    troubles,
    facts: gpus.map(({ index, card: { uuid, name, memoryMiB, driver, vendor, arch, integrated } }) => ({
      ...{ index, uuid, name, memoryMiB, driver, vendor, arch, integrated },
    })),
    variables: (indexes) => visibility(found.cards, cardsOf(indexes)),
    devices: (indexes) => cardsOf(indexes).flatMap((card) => deviceFile(root, card) ?? []),
    loads: () =>
      gpus.map(({ index, card }) => {
        const { utilization, memoryUsedMiB, temperatureCelsius } = latest.get(card.key) ?? card;
        return { index, utilization, memoryUsedMiB, temperatureCelsius };
      }),
    refresh: async () => {
      if (gpus.length > 0) for (const card of (await ask(root, path, nameOf)).cards) latest.set(card.key, card);
    },
  };
};
