// How does a set become the state again? All of it beside the old state first, then by renames alone.
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StoreFailure } from '../store/failure.ts';
import { takeLock } from '../store/lock.ts';
import { checkSet } from './check.ts';
import type { Manifest } from './manifest.ts';
import { giveTo } from './owner.ts';
import { databaseFile, markFile } from './paths.ts';
import { copyDurably, sync, syncFolders } from './place.ts';
import { renumber } from './renumber.ts';
import { setName } from './set.ts';

export type Asked = {
  readonly set: string;
  readonly state: string;
  /** Puts aside what is there. */
  readonly replace: boolean;
  readonly wall: number;
};

export type Restored = {
  readonly manifest: Manifest;
  /** The folder with the state of before; null: there was none. */
  readonly before: string | null;
};

/** There is a state already, and nobody said that it may be replaced. */
export class NotEmpty extends Error {}

/** What an orchestrator keeps, beside its mark. The database goes first and comes last: half a state must not start. */
const kept = [databaseFile, `${databaseFile}-wal`, `${databaseFile}-shm`, 'blobs', 'logs'];

const fill = async (set: string, manifest: Manifest, folder: string, wall: number): Promise<void> => {
  for (const path of [folder, join(folder, 'blobs'), join(folder, 'logs')]) mkdirSync(path, { mode: 0o700 });
  for (const { path, sha256 } of manifest.files) {
    const written = await copyDurably(join(set, path), join(folder, path));
    if (written.sha256 !== sha256)
      throw new StoreFailure('failed', `${path} did not come over as it is in ${set}; look at the disk`);
  }
  await renumber(folder, manifest, wall);
  for (const name of [databaseFile, markFile]) await sync(join(folder, name));
  await syncFolders(folder);
};

const putAside = (state: string, before: string): void => {
  mkdirSync(before, { mode: 0o700 });
  // The old mark stays in its place too: it keeps an orchestrator from starting empty while the database is away.
  if (existsSync(join(state, markFile))) copyFileSync(join(state, markFile), join(before, markFile));
  for (const name of kept) if (existsSync(join(state, name))) renameSync(join(state, name), join(before, name));
};

/** Rejects with StoreFailure for a damaged or newer set and for a state in use, with NotEmpty for one that is there. */
export const restoreBackup = async ({ replace, set, state, wall }: Asked): Promise<Restored> => {
  const manifest = await checkSet(set);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const lock = takeLock(state);
  const folder = join(state, '.restoring');
  try {
    giveTo(state, join(state, 'muster.lock'));
    const found = [...kept, markFile].filter((name) => existsSync(join(state, name)));
    if (found.length > 0 && !replace)
      throw new NotEmpty(`${state}: expected an empty folder, found ${found.join(', ')}; --replace puts them aside`);
    rmSync(folder, { recursive: true, force: true });
    await fill(set, manifest, folder, wall);
    giveTo(state, folder);
    const before = found.length > 0 ? join(state, `before-${setName(wall)}`) : null;
    if (before !== null) {
      putAside(state, before);
      giveTo(state, before);
    }
    for (const name of [markFile, 'blobs', 'logs', databaseFile]) renameSync(join(folder, name), join(state, name));
    await sync(state);
    return { manifest, before };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    lock.close();
  }
};
