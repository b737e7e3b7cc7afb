// What does `muster-agent gpus` print? A line for each GPU that an agent here would offer: its vendor, its name.
import { detectGpus, type Wanted } from './gpus.ts';

/** `wanted` as in MUSTER_GPUS; anything else means all. */
export const listGpus = async (
  wanted: string,
  path: string,
  root = '/',
): Promise<{ readonly lines: string; readonly troubles: readonly string[] }> => {
  const count: Wanted = /^\d+$/.test(wanted) ? Number(wanted) : wanted === 'none' ? 'none' : 'auto';
  const { facts, troubles } = await detectGpus(root, path, count);
  return { lines: facts.map(({ name, vendor }) => `${vendor} ${name}\n`).join(''), troubles };
};
