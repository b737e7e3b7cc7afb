// Is there room on the disk for a cluster? Asked before anything is started, so that nothing is left half-done.
import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { exitCodes, Failure } from '../types.ts';

/** An agent takes no job with less than this, so a cluster could start and do nothing. */
const leastMiB = 64;

/** Throws a Failure when the disk of the folder, which need not exist yet, has too little room. */
export function demandSpace(folder: string): void {
  let at = folder;
  while (!existsSync(at)) at = dirname(at);
  const { bavail, bsize } = statfsSync(at);
  const freeMiB = Math.floor((bavail * bsize) / 1024 / 1024);
  if (freeMiB >= leastMiB) return;
  throw new Failure(
    exitCodes.environment,
    `the disk of ${folder} is full: ${freeMiB} MiB left, ${leastMiB} MiB needed`,
    'free some space there and try again; or another folder for the cluster: MUSTER_HOME=FOLDER',
  );
}
