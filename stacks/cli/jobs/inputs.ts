// Which files go with a job, and where do they lie in its folder? Named files as given; links are followed.
import { globSync, statSync } from 'node:fs';
import { basename, relative, resolve, sep } from 'node:path';
import type { InputFile } from '../../../services/protocol/index.ts';
import { digestFile } from '../../drivers/digest.ts';
import type { Client } from '../../drivers/orchestrator.ts';
import { exitCodes, Failure } from '../types.ts';

export type LocalFile = {
  /** On this machine, absolute. */
  readonly from: string;
  /** In the job's folder: as seen from here when it lies below, else its last part. */
  readonly path: string;
};

/** The files as named. Throws Failure for one that is no readable file and for two that would be one in the job. */
export function namedFiles(cwd: string, names: readonly string[]): readonly LocalFile[] {
  const files = [...new Set(names.map((name) => resolve(cwd, name)))].map((from) => {
    const below = relative(cwd, from);
    const path = below.startsWith(`..${sep}`) || resolve(below) === below ? basename(from) : below;
    return { from, path: path.split(sep).join('/') };
  });
  for (const { from } of files) demandFile(from);
  for (const file of files) {
    const twin = files.find((other) => other !== file && other.path === file.path);
    if (twin) {
      throw new Failure(
        exitCodes.badInput,
        `two inputs would both be ${JSON.stringify(file.path)} in the job: ${file.from} and ${twin.from}`,
        'run it in a folder above both, so that they keep their folders',
      );
    }
  }
  return files;
}

/** Files that match, sorted; folders do not count. A pattern that is the name of a file is that file. */
export function matchingFiles(cwd: string, pattern: string): readonly string[] {
  const isFile = (path: string) => statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isFile() === true;
  if (isFile(pattern)) return [pattern];
  const found = globSync(pattern, { cwd }).filter(isFile).sort();
  if (found.length === 0) throw new Failure(exitCodes.badInput, `--each: no file matches ${JSON.stringify(pattern)}`);
  return found;
}

function demandFile(from: string): void {
  try {
    if (statSync(from).isFile()) return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(exitCodes.badInput, `--input: cannot read ${from} (${code})`, undefined, { cause: error });
  }
  throw new Failure(exitCodes.badInput, `--input: expected a file, got ${from}`, 'name its files: --input FOLDER/*');
}

/** Brings each content to the orchestrator once, however many jobs name it; returns what the jobs will say. */
export async function uploadFiles(
  client: Client,
  files: readonly LocalFile[],
): Promise<ReadonlyMap<string, Omit<InputFile, 'path'>>> {
  const held = new Map<string, Omit<InputFile, 'path'>>();
  const sent = new Set<string>();
  for (const from of new Set(files.map((file) => file.from))) {
    const content = await digestFile(from);
    if (!sent.has(content.digest)) await client.uploadBlob(`/api/v1/blobs/${content.digest}`, from, content.size);
    sent.add(content.digest);
    held.set(from, content);
  }
  return held;
}
