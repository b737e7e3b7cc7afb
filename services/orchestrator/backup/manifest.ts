// What does a backup say of itself? Who made it when, and every file in it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { StoreFailure } from '../store/failure.ts';
import { schemaVersion } from '../store/schema.ts';

const manifestFile = 'manifest.json';

/** No other path is read or written, whatever a manifest says. */
const path = /^(?:muster\.(?:db|mark)|blobs\/[0-9a-f]{2}\/[0-9a-f]{64}|logs\/[A-Za-z0-9_-]{1,100}\.\d{1,9})$/;
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const Entry = z.strictObject({ path: z.string().regex(path), bytes: z.int().min(0), sha256: Sha256 });
export type Entry = Readonly<z.infer<typeof Entry>>;

const Manifest = z.strictObject({
  format: z.literal(1),
  madeAt: z.iso.datetime(),
  /** Version of Muster that made it. */
  muster: z.string(),
  /** Version of the store's tables. */
  schema: z.int().min(1),
  jobs: z.int().min(0),
  files: z.array(Entry),
  /** Digests of blobs that jobs name, and that the running state had no more. */
  missing: z.array(Sha256),
});
export type Manifest = Readonly<z.infer<typeof Manifest>>;

export const formatManifest = (manifest: Manifest): { readonly name: string; readonly text: string } => ({
  name: manifestFile,
  text: `${JSON.stringify(manifest, null, 1)}\n`,
});

const untrusted = (message: string, cause?: unknown): never => {
  throw new StoreFailure('untrusted', message, cause);
};

/** Throws StoreFailure `untrusted` for what is no set, or one that this program cannot read. */
export const readManifest = (set: string): Manifest => {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(set, manifestFile), 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const found = code === 'ENOENT' ? `no ${manifestFile}` : `one that cannot be read (${code ?? message})`;
    return untrusted(`${set}: expected a backup with its ${manifestFile}, found ${found}`, error);
  }
  const { format, schema } = (value ?? {}) as { format?: unknown; schema?: unknown };
  if (typeof format === 'number' && format > 1)
    untrusted(`${set} was made by a newer Muster; restore it with that one`);
  const { data, error } = Manifest.safeParse(value);
  if (!data) {
    const [issue] = error.issues;
    return untrusted(`${set}/${manifestFile} is damaged (${issue?.path.join('/')}: ${issue?.message})`);
  }
  if (data.schema > schemaVersion)
    untrusted(
      `${set} was made by a newer Muster (${data.muster}, tables of version ${schema}; this one knows ` +
        `${schemaVersion}); restore it with that one`,
    );
  return data;
};
