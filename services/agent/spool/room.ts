// Is there room on the disk for one more job?
import { mkdir } from 'node:fs/promises';
import type { Offer } from '../../protocol/index.ts';
import { reasonOf } from '../core/log.ts';
import { diskFreeMiB } from '../hardware/index.ts';

/** Kept free beside the inputs of a job. */
const reserveMiB = 64;

/** Why `jobs` cannot hold the inputs of this offer, or null. Makes the folder when somebody removed it. */
export const roomObjection = async ({ spec }: Offer, jobs: string): Promise<string | null> => {
  const needMiB = spec.inputs.reduce((sum, input) => sum + input.size, 0) / 1024 / 1024 + reserveMiB;
  try {
    await mkdir(jobs, { recursive: true, mode: 0o700 });
    const freeMiB = await diskFreeMiB(jobs);
    return freeMiB < needMiB ? `disk: ${Math.ceil(needMiB)} MiB needed, ${freeMiB} MiB free` : null;
  } catch (error) {
    return `no folder for jobs: ${reasonOf(error)}`;
  }
};
