// Which sets may go? The oldest whole ones beyond those to keep; a set that lacks something pushes out no whole one.
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setsIn, wholeSet } from './set.ts';

export type Pruned = { readonly removed: readonly string[]; readonly damaged: readonly string[] };

/** `made` was checked just now and stays. Of sets that lack blobs only the newest stays, beside the whole ones. */
export const prune = (to: string, made: string, keep: number): Pruned => {
  const damaged: string[] = [];
  const whole: string[] = [];
  const lacking: string[] = [];
  for (const name of setsIn(to)) {
    const manifest = wholeSet(join(to, name));
    if (!manifest) damaged.push(name);
    else if (name !== made) (manifest.missing.length > 0 ? lacking : whole).push(name);
  }
  const isWhole = wholeSet(join(to, made))?.missing.length === 0;
  const removed = [...lacking, ...(isWhole ? whole.slice(0, Math.max(0, whole.length - (keep - 1))) : [])].sort();
  for (const name of removed) {
    // By another name first: a set whose removal was cut off must not look like one.
    const place = join(to, `.unfinished-${name}`);
    renameSync(join(to, name), place);
    rmSync(place, { recursive: true, force: true });
  }
  return { removed, damaged };
};
