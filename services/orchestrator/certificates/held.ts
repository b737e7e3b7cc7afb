// Which certificate is held, how long does it do, and how is it replaced?
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lifeOf } from '../../../stacks/drivers/certificate-check.ts';
import { replacePrivate } from '../../../stacks/drivers/private-files.ts';

/** Key and chain in one file, so that nginx never sees one without the other. */
const fileOf = (stateFolder: string): string => join(stateFolder, 'certificate.pem');

const wholeLife = (pem: string): { readonly from: number; readonly span: number } => {
  const { from, to } = lifeOf(pem);
  return { from: from.getTime(), span: to.getTime() - from.getTime() };
};

export const readHeld = (stateFolder: string): string | null => {
  try {
    return readFileSync(fileOf(stateFolder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/** Throws, and leaves the held one in its place, unless the new one fits its key and every host. */
export const hold = (stateFolder: string, pem: string, hosts: readonly string[]): void => {
  if (!covers(pem, hosts)) throw new Error(`the new certificate does not fit its key or ${hosts.join(', ')}`);
  replacePrivate(fileOf(stateFolder), pem);
};

const covers = (pem: string, hosts: readonly string[]): boolean => {
  try {
    const certificate = new X509Certificate(pem);
    return certificate.checkPrivateKey(createPrivateKey(pem)) && hosts.every((host) => certificate.checkHost(host));
  } catch {
    return false;
  }
};

/** When it must be renewed: at two thirds of its life, a little earlier by `jitter` from 0 to 1; at once if it does not do. */
export const renewAt = (pem: string | null, hosts: readonly string[], jitter: number): number => {
  if (pem === null || !covers(pem, hosts)) return 0;
  const { from, span } = wholeLife(pem);
  return from + span * (2 / 3 - jitter / 20);
};

/** Healthy: held, and renewed in time so far. */
export const isFresh = (pem: string | null, now: number): boolean => {
  if (pem === null || !covers(pem, [])) return false;
  const { from, span } = wholeLife(pem);
  return now < from + span * (5 / 6);
};
