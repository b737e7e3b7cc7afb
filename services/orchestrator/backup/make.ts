// How is a set made beside a working orchestrator? Under a name of its own, checked, and only then by its real one.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreFailure } from '../store/failure.ts';
import { lockFile } from '../store/lock.ts';
import { copyDatabase } from './copy-database.ts';
import { type Earlier, gather } from './gather.ts';
import { type Entry, formatManifest, type Manifest } from './manifest.ts';
import { giveTo } from './owner.ts';
import { databaseFile, markFile } from './paths.ts';
import { hashFile, sync, syncFolders } from './place.ts';
import { prune } from './prune.ts';
import { rehearse, schemaOf } from './rehearse.ts';
import { setName, setsIn, wholeSet } from './set.ts';

export type Wanted = {
  readonly state: string;
  /** Sets lie in it, and nothing else needs to. */
  readonly to: string;
  /** How many sets stay, the new one among them. */
  readonly keep: number;
  readonly wall: number;
  readonly version: string;
};

export type Made = {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly linked: number;
  readonly removed: readonly string[];
  /** Sets that are not whole any more; they stay and count for nothing. */
  readonly damaged: readonly string[];
};

const unfinished = '.unfinished-';
/** Jobs may be forgotten, with their blobs, while those are copied: then all is taken anew. */
const tries = 3;

const earlierIn = (to: string): Earlier | null => {
  for (const name of [...setsIn(to)].reverse()) {
    const folder = join(to, name);
    const manifest = wholeSet(folder);
    if (manifest) return { folder, files: new Map(manifest.files.map((file) => [file.path, file])) };
  }
  return null;
};

const entryOf = async (folder: string, path: string): Promise<Entry> => ({
  path,
  bytes: (await stat(join(folder, path))).size,
  sha256: await hashFile(join(folder, path)),
});

const fill = async ({ state, to, version, wall }: Wanted, folder: string) => {
  for (let left = tries - 1; ; left--) {
    mkdirSync(folder, { mode: 0o700 });
    await copyDatabase(state, folder);
    const jobs = rehearse(folder);
    const { files, linked, missing } = await gather(state, folder, jobs, earlierIn(to));
    if (missing.length > 0 && left > 0) {
      rmSync(folder, { recursive: true });
      continue;
    }
    const own = [databaseFile, markFile].filter((file) => existsSync(join(folder, file)));
    const manifest: Manifest = {
      format: 1,
      madeAt: new Date(wall).toISOString(),
      muster: version,
      schema: schemaOf(join(folder, databaseFile)),
      jobs: jobs.length,
      files: [...(await Promise.all(own.map((path) => entryOf(folder, path)))), ...files],
      missing: [...missing],
    };
    return { manifest, linked };
  }
};

/** Rejects with StoreFailure when the state cannot be trusted, or another backup works on the same folder. */
export const makeBackup = async (wanted: Wanted): Promise<Made> => {
  const { keep, to, wall } = wanted;
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const lock = lockFile(join(to, '.lock'));
  if (!lock) throw new StoreFailure('locked', `another backup is being made in ${to}; wait for its end`);
  giveTo(to, join(to, '.lock'));
  try {
    // What a killed backup left.
    for (const name of readdirSync(to))
      if (name.startsWith(unfinished)) rmSync(join(to, name), { recursive: true, force: true });
    const folder = join(to, unfinished + setName(wall));
    const place = join(to, setName(wall));
    try {
      const { linked, manifest } = await fill(wanted, folder);
      const { name, text } = formatManifest(manifest);
      for (const file of [databaseFile, markFile]) if (existsSync(join(folder, file))) await sync(join(folder, file));
      writeFileSync(join(folder, name), text, { mode: 0o600, flush: true });
      await syncFolders(folder);
      giveTo(to, folder);
      await rename(folder, place);
      await sync(to);
      return { folder: place, manifest, linked, ...prune(to, setName(wall), keep) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  } finally {
    lock.close();
  }
};
