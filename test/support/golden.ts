// Is this text still what was agreed? Compares with a file under version control; MUSTER_GOLDEN=update writes it anew.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '../..');
const updating = process.env.MUSTER_GOLDEN === 'update';

/** Compares `text` with the golden at `path`, relative to the clone; a missing golden fails too. */
export function assertGolden(path: string, text: string): void {
  const place = join(root, path);
  if (updating) {
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
  let golden: string | null = null;
  try {
    golden = readFileSync(place, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  assert.equal(
    text,
    golden,
    `${path} is ${golden === null ? 'missing' : 'stale'}: make golden, then read the difference`,
  );
}

/** Fails for files below `folder` that no test compares any more. */
export function assertNoOrphans(folder: string, used: readonly string[]): void {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  const found = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  assert.deepEqual(
    found.filter((path) => !used.includes(path)),
    [],
    'goldens without a test',
  );
}
