// Which generated files are not as cluster.yaml says, and in which lines?
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changedFiles } from '../../drivers/files.ts';
import { type Cluster, render, usualTargets } from '../../index.ts';
import { type Change, changedLines } from './lines.ts';

export type FileDifference = {
  readonly path: string;
  readonly state: 'missing' | 'stale';
  /** From the file to what it should be; empty for one that is missing. */
  readonly changes: readonly Change[];
};

export async function fileDifferences(root: string, cluster: Cluster): Promise<readonly FileDifference[]> {
  const changed = await changedFiles(root, render(cluster, usualTargets).files);
  return changed.map(({ path, text }): FileDifference => {
    const there = textOf(join(root, path));
    if (there === null) return { path, state: 'missing', changes: [] };
    return { path, state: 'stale', changes: changedLines(there, text) };
  });
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
