// How does a program come into the folder of its release? Whole, by its checksum, tried once; else it is not there.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { syncFolder } from './files.ts';

export type Wanted = { readonly sha256: string; readonly bytes: number };

const run = promisify(execFile);
const chunkBytes = 1024 * 1024;
const tryMs = 20_000;

/** Copies no more than `bytes`, and gives the SHA-256 and the number of bytes that there were. */
const copied = (
  from: number,
  to: number | null,
  bytes: number,
): { readonly sha256: string; readonly bytes: number } => {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(chunkBytes);
  let length = 0;
  for (let count = readSync(from, chunk); count > 0 && length <= bytes; count = readSync(from, chunk)) {
    length += count;
    hash.update(chunk.subarray(0, count));
    for (let written = 0; to !== null && written < count; ) written += writeSync(to, chunk, written, count - written);
  }
  return { sha256: hash.digest('hex'), bytes: length };
};

/** A link or a pipe in its place is not followed and does not hold anybody up. */
const openPlain = (file: string): number => {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw new Error(`expected a plain file in ${file}`);
};

const checked = (found: Wanted, { bytes, sha256 }: Wanted): void => {
  if (found.bytes === bytes && found.sha256 === sha256) return;
  const words = found.bytes > bytes ? 'more bytes' : `${found.bytes} bytes with SHA-256 ${found.sha256}`;
  throw new Error(`the program is not the one that was signed: expected ${bytes} bytes with ${sha256}, got ${words}`);
};

const isThere = (program: string, wanted: Wanted): boolean => {
  if (!existsSync(program)) return false;
  const file = openPlain(program);
  try {
    checked(copied(file, null, wanted.bytes), wanted);
    return true;
  } catch {
    return false;
  } finally {
    closeSync(file);
  }
};

/** Puts `download` at `program`, unless it lies there already. Throws one sentence, and then nothing was put there. */
export const bringProgram = async (download: string, program: string, wanted: Wanted): Promise<void> => {
  if (isThere(program, wanted)) return;
  const folder = dirname(program);
  const draft = `${program}.new`;
  const isNew = !existsSync(folder);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  try {
    const from = openPlain(download);
    try {
      rmSync(draft, { force: true });
      const to = openSync(draft, 'wx', 0o755);
      try {
        checked(copied(from, to, wanted.bytes), wanted);
        fsyncSync(to);
      } finally {
        closeSync(to);
      }
    } finally {
      closeSync(from);
    }
    const { stdout } = await run(draft, ['--version'], { timeout: tryMs, env: { PATH: '/usr/bin:/bin' } });
    if (stdout.trim() === '') throw new Error('it says no version');
    renameSync(draft, program);
  } catch (error) {
    rmSync(draft, { force: true });
    if (isNew) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  for (const each of [folder, dirname(folder)]) syncFolder(each);
  // What the installer takes away again, where it was at work.
  const made = join(dirname(dirname(folder)), 'agent-made');
  if (isNew && existsSync(made)) appendFileSync(made, `${folder}\n`);
};
