// Which clouds still hold something of this cluster? As Muster's own state tells, without asking an engine.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownState } from './backend.ts';

type State = { readonly checkpoint?: { readonly latest?: { readonly resources?: readonly unknown[] } } };

/** Names of projects, as `muster-aws`. */
export function cloudsLeft(home: string): readonly string[] {
  const stacks = join(ownState(home), '.pulumi', 'stacks');
  return namesIn(stacks)
    .filter((project) => namesIn(join(stacks, project)).some((file) => holdsSome(join(stacks, project, file))))
    .sort();
}

/** Backups (`.json.bak`) do not count. */
function holdsSome(file: string): boolean {
  if (!file.endsWith('.json')) return false;
  const { checkpoint } = JSON.parse(readFileSync(file, 'utf8')) as State;
  return (checkpoint?.latest?.resources ?? []).length > 0;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
