// Which texts are in a folder, and which job counts one? Its files, as `wc -w FOLDER/*` would see them.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Draft } from '../jobs/submit.ts';
import { plain } from '../text.ts';
import { exitCodes, Failure } from '../types.ts';

const script = 'count.sh';
const result = 'counts.txt';

/** Names of the files in the folder, links to files included, hidden ones not; sorted. Throws Failure for none. */
export function textsIn(folder: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new Failure(
      exitCodes.badInput,
      `cannot read the folder ${folder}: ${(error as Error).message}`,
      'make word-count DIR=folder',
      { cause: error },
    );
  }
  const texts = names.filter(
    (name) => !name.startsWith('.') && statSync(join(folder, name), { throwIfNoEntry: false })?.isFile(),
  );
  if (texts.length === 0)
    throw new Failure(exitCodes.badInput, `there are no files in ${folder}`, 'make word-count DIR=folder');
  return [...texts].sort();
}

/** One job: the text and the script travel, the counts come back. `locale` is that of the caller's own `wc`. */
export function countingJob(root: string, folder: string, name: string, locale: string): Draft {
  const path = `text/${plain(name).replace(/[\n\t]/g, '_') || 'text'}`;
  return {
    request: {
      name: `word-count ${plain(name).replace(/[\n\t]/g, ' ')}`.slice(0, 200),
      command: ['sh', '-c', `sh ${script} "$1" >${result}`, 'sh', path],
      outputs: [result],
      environment: { LC_ALL: locale },
    },
    files: [
      { from: join(root, 'stacks', 'examples', 'word-count', script), path: script },
      { from: join(folder, name), path },
    ],
  };
}

/** `wc` counts by the locale: UTF-8 knows more letters and spaces. Workers have these two in any Debian. */
export function countingLocale(env: Readonly<Record<string, string | undefined>>): string {
  const chosen = env.LC_ALL || env.LC_CTYPE || env.LANG || 'C';
  return /utf-?8/i.test(chosen) ? 'C.UTF-8' : 'C';
}
