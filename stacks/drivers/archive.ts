// How do many files become one? A tar that says nothing of this machine: same files → same bytes.
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** `path` has `/`, no `..`, and no character beyond ASCII. */
export type Packed = { readonly path: string; readonly content: Buffer | string; readonly mode: number };

const blockBytes = 512;
const longestName = 100;
const longestPrefix = 155;

/** Where a path is cut: its last part alone, or as much as fits into a name. */
function parts(path: string): { readonly prefix: string; readonly name: string } {
  if (path.length <= longestName) return { prefix: '', name: path };
  const cut = path.indexOf('/', path.length - longestName - 1);
  const [prefix, name] = [path.slice(0, cut), path.slice(cut + 1)];
  if (cut < 1 || prefix.length > longestPrefix || name === '') throw new Error(`${path} is too long for an archive`);
  return { prefix, name };
}

/** POSIX ustar: of root, at the beginning of time. */
function header(path: string, bytes: number, mode: number): Buffer {
  const { prefix, name } = parts(path);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  const block = Buffer.alloc(blockBytes);
  const put = (text: string, at: number): void => void block.write(text, at, 'latin1');
  put(name, 0);
  put(octal(mode, 7), 100);
  put(octal(0, 7), 108);
  put(octal(0, 7), 116);
  put(octal(bytes, 11), 124);
  put(octal(0, 11), 136);
  // The sum counts its own field as spaces.
  put(' '.repeat(8), 148);
  put('0', 156);
  put('ustar\x0000', 257);
  put(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)} `, 148);
  return block;
}

export function tarOf(files: readonly Packed[]): Buffer {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const blocks = sorted.flatMap(({ path, content, mode }) => {
    const bytes = Buffer.from(content as string);
    return [header(path, bytes.length, mode), bytes, Buffer.alloc(-bytes.length & (blockBytes - 1))];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]);
}

/** What lies below `folder` of `root`, without what Python keeps beside its files. */
export function readTree(root: string, folder: string): readonly Packed[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\/__pycache__$/.test(entry.parentPath))
    .map((entry) => {
      const place = join(entry.parentPath, entry.name);
      const mode = statSync(place).mode & 0o100 ? 0o755 : 0o644;
      return { path: relative(root, place), content: readFileSync(place), mode };
    });
}

/** Whole or not at all; gives its SHA-256. */
export function writeArchive(path: string, files: readonly Packed[]): string {
  const bytes = tarOf(files);
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
  writeFileSync(draft, bytes);
  renameSync(draft, path);
  return createHash('sha256').update(bytes).digest('hex');
}
