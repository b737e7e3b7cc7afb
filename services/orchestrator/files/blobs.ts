// Where do files lie that are addressed by their content? Streamed in and out, never held in memory.
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export type Blobs = {
  /** Bytes held under this digest, null when it is not held. */
  readonly size: (digest: string) => Promise<number | null>;
  /** Stores the bytes durably if they have this digest; gives false, and keeps nothing, if they have another. */
  readonly write: (digest: string, bytes: Readable) => Promise<boolean>;
  readonly read: (digest: string) => Readable;
  /** Gives a held blob a second name, which stays when the blob is collected. */
  readonly link: (digest: string, path: string) => Promise<void>;
  /** Keeps a held blob from being collected for another day. */
  readonly touch: (digest: string) => Promise<void>;
  /** Removes what `isReferenced` denies and is older than a day; gives how many went. */
  readonly collect: (isReferenced: (digest: string) => boolean, wall: number) => Promise<number>;
};

/** Age at which an unreferenced blob goes: uploads come before the submit that names them. */
const unreferencedMs = 24 * 3_600_000;

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
};

/** Blobs under `folder/<first two digits>/<digest>`; `folder` exists already. */
export const openBlobs = (folder: string): Blobs => {
  const pathOf = (digest: string): string => join(folder, digest.slice(0, 2), digest);

  return {
    size: async (digest) => {
      try {
        return (await stat(pathOf(digest))).size;
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    write: async (digest, bytes) => {
      const path = pathOf(digest);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const temporary = join(folder, `.incoming-${randomBytes(8).toString('hex')}`);
      const hash = createHash('sha256');
      const hashing = new Transform({
        transform: (chunk, _encoding, done) => {
          hash.update(chunk);
          done(null, chunk);
        },
      });
      try {
        await pipeline(bytes, hashing, createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true }));
        if (hash.digest('hex') !== digest) return false;
        await rename(temporary, path);
        await syncFolder(dirname(path));
        return true;
      } finally {
        await rm(temporary, { force: true });
      }
    },
    read: (digest) => createReadStream(pathOf(digest)),
    // Some disks know no second names.
    link: (digest, path) => link(pathOf(digest), path).catch(() => copyFile(pathOf(digest), path)),
    touch: async (digest) => {
      const now = new Date();
      await utimes(pathOf(digest), now, now);
    },
    collect: async (isReferenced, wall) => {
      let removed = 0;
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        const place = join(folder, entry.name);
        const paths = entry.isDirectory() ? (await readdir(place)).map((name) => join(place, name)) : [place];
        for (const path of paths) {
          const name = path.slice(path.lastIndexOf('/') + 1);
          // An upload may end, and its temporary file be gone, while we look.
          const facts = await stat(path).catch(() => null);
          if (!facts || wall - facts.mtimeMs <= unreferencedMs || isReferenced(name)) continue;
          await rm(path, { force: true });
          removed++;
        }
      }
      return removed;
    },
  };
};
