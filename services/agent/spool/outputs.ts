// Which files of a job's folder are its outputs, and what is in them?
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, matchesGlob, sep } from 'node:path';
import type { OutputFile } from '../../protocol/index.ts';

export type Found = {
  readonly outputs: readonly OutputFile[];
  /** What was left out or matched nothing, one sentence each. */
  readonly remarks: readonly string[];
};

const mostFiles = 10_000;

/** Paths of all files below `folder`, relative, sorted. Links to folders are not entered. */
const walk = async (folder: string, below = ''): Promise<string[]> => {
  const paths: string[] = [];
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(() => []);
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) paths.push(...(await walk(folder, path)));
    else paths.push(path);
  }
  return paths;
};

/** A pattern names files by glob, a file by its plain name, or a folder with all that is in it. */
const matches = (path: string, pattern: string): boolean =>
  path === pattern || matchesGlob(path, pattern) || matchesGlob(path, `${pattern.replace(/\/+$/, '')}/**`);

/** Why this file cannot be an output, or null. A link counts as the file behind it while that lies inside the folder. */
const objection = async (folder: string, path: string): Promise<string | null> => {
  if (path.length > 1024 || /\p{Cc}|\ufffd/u.test(path)) return 'its name cannot be sent';
  const file = join(folder, path);
  try {
    if ((await lstat(file)).isSymbolicLink()) {
      const target = await realpath(file);
      if (!target.startsWith((await realpath(folder)) + sep)) return 'it is a link out of the job’s folder';
    }
    return (await stat(file)).isFile() ? null : 'it is not a regular file';
  } catch {
    return 'it cannot be read';
  }
};

const digestOf = async (file: string): Promise<{ digest: string; size: number }> => {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { digest: hash.digest('hex'), size };
};

/** Call it when no process of the job is left: nothing may change between the hash and the upload. */
export const findOutputs = async (folder: string, patterns: readonly string[]): Promise<Found> => {
  if (patterns.length === 0) return { outputs: [], remarks: [] };
  const all = await walk(folder);
  const remarks = patterns
    .filter((pattern) => !all.some((path) => matches(path, pattern)))
    .map((pattern) => `output ${JSON.stringify(pattern)} matched nothing`);
  const outputs: OutputFile[] = [];
  for (const path of all.filter((one) => patterns.some((pattern) => matches(one, pattern)))) {
    const why = outputs.length < mostFiles ? await objection(folder, path) : `more than ${mostFiles} outputs`;
    if (why !== null) remarks.push(`left out ${JSON.stringify(path)}: ${why}`);
    else outputs.push({ path, ...(await digestOf(join(folder, path))) });
  }
  return { outputs, remarks };
};
