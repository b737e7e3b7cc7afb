// How do links and notes of an update reach the disk, one after the other, so that a power cut leaves a state we know?
import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

export const syncFolder = (path: string): void => {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
};

/** Null when it cannot be read. */
export const readOrNull = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/** Whole, and on the disk before anything that rests on it happens. Everybody may read it. */
export const settleFile = (file: string, text: string): void => {
  const draft = `${file}.new`;
  rmSync(draft, { force: true });
  const to = openSync(draft, 'wx', 0o644);
  try {
    writeSync(to, text);
    fsyncSync(to);
  } finally {
    closeSync(to);
  }
  renameSync(draft, file);
  syncFolder(dirname(file));
};

export const programOf = (home: string, release: string): string => join(home, 'releases', release, 'muster-agent');

export const linkProgram = (home: string, program: string): void => {
  const link = join(home, 'bin/muster-agent');
  rmSync(`${link}.new`, { force: true });
  symlinkSync(program, `${link}.new`);
  renameSync(`${link}.new`, link);
  syncFolder(dirname(link));
};

/** Takes all agents but these away; what other programs lie beside them stays. */
export const dropOthers = (home: string, kept: readonly string[]): void => {
  for (const name of readdirSync(join(home, 'releases'))) {
    const folder = join(home, 'releases', name);
    if (kept.includes(join(folder, 'muster-agent')) || !lstatSync(folder).isDirectory()) continue;
    if (readdirSync(folder).join() !== 'muster-agent') continue;
    unlinkSync(join(folder, 'muster-agent'));
    rmdirSync(folder);
  }
};
