// Which variables let a job see the GPUs of its lease, and no others?
import type { Card } from './card.ts';

const list = (cards: readonly Card[]): string => cards.map(({ handle }) => handle).join(',');

/** `present`: all that this agent can open. `leased`: some of them, in the order in which the job shall count them. */
export const visibility = (present: readonly Card[], leased: readonly Card[]): Readonly<Record<string, string>> => {
  const known = (cards: readonly Card[], vendor: Card['vendor']) =>
    cards.filter((card) => card.vendor === vendor && card.handle !== null);
  const has = (vendor: Card['vendor']): boolean => present.some((card) => card.vendor === vendor);
  const nvidia = list(known(leased, 'nvidia'));
  return {
    // CUDA counts the fastest card first unless told otherwise; the lease counts as nvidia-smi does.
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    CUDA_VISIBLE_DEVICES: nvidia,
    NVIDIA_VISIBLE_DEVICES: nvidia || 'none',
    ...(has('amd') ? amdVariables(known(leased, 'amd'), has('nvidia')) : {}),
    ...(has('intel') ? intelVariables(known(leased, 'intel'), known(present, 'intel').length) : {}),
  };
};

/**
 * ROCR hides all cards when its variable is empty. HIP counts from 0 what ROCR lets through, takes an empty variable for
 * none at all, and reads CUDA's in its place; `-1` is no card. Programs for both vendors often know CUDA's name only.
 */
const amdVariables = (leased: readonly Card[], hasNvidia: boolean): Record<string, string> => {
  const ranks = leased.map((_, rank) => rank).join(',') || '-1';
  return {
    ROCR_VISIBLE_DEVICES: list(leased),
    HIP_VISIBLE_DEVICES: ranks,
    ...(hasNvidia || leased.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: ranks }),
  };
};

/** Level Zero takes an empty mask for none at all, so that nothing is let through by the number behind the last card. */
const intelVariables = (leased: readonly Card[], count: number): Record<string, string> => ({
  ZE_ENABLE_PCI_ID_DEVICE_ORDER: '1',
  // One number is one card, however many tiles it has.
  ZE_FLAT_DEVICE_HIERARCHY: 'COMPOSITE',
  ZE_AFFINITY_MASK: list(leased) || String(count),
  // The mask does not hold for OpenCL.
  ONEAPI_DEVICE_SELECTOR: leased.length > 0 ? 'level_zero:*' : '!level_zero:gpu;!opencl:gpu',
});
