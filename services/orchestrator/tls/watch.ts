// Have the certificate's files changed? A look at their times, which follows links and mounts as well.
import { statSync } from 'node:fs';
import type { TlsFiles } from './pair.ts';

const lookMs = 1_000;

const timesOf = (file: string): string => {
  try {
    const { ino, mtimeNs, size } = statSync(file, { bigint: true });
    return `${mtimeNs} ${ino} ${size}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? '';
  }
};

/** Differs when either of them was written or replaced. */
export const versionOf = ({ certificateFile, keyFile }: TlsFiles): string =>
  `${timesOf(certificateFile)}, ${timesOf(keyFile)}`;

/** Calls `changed` once for each version that follows `first`; gives what stops it. Keeps no process alive. */
export const watchFiles = (files: TlsFiles, first: string, changed: () => void): (() => void) => {
  let seen = first;
  const looking = setInterval(() => {
    const now = versionOf(files);
    if (now === seen) return;
    seen = now;
    changed();
  }, lookMs).unref();
  return () => clearInterval(looking);
};
