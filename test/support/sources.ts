// Which source files are there, and what does each import?
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** Files that git tracks or would track, relative to the root, sorted. */
export function trackedFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root });
  const files = listed.toString().split('\0');
  return files.filter((file) => file !== '' && existsSync(join(root, file))).sort();
}

export const sourceFiles = (...rooms: string[]): string[] =>
  trackedFiles().filter((file) => /\.(ts|js)$/.test(file) && rooms.some((room) => file.startsWith(`${room}/`)));

export const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

export type Import = {
  /** A path relative to the root, `node:…`, or the name of a package. */
  readonly to: string;
  readonly kind: 'file' | 'node' | 'package';
};

/** Static, dynamic and re-exporting imports, types included. */
export function importsOf(file: string): Import[] {
  const statements = /(?:(?<!['"])\bfrom\s*|\bimport\s*\(\s*|^import\s+)(['"])([^'"]+)\1/gm;
  return [...textOf(file).matchAll(statements)].map(([, , name]) => {
    const to = name as string;
    if (to.startsWith('.')) return { to: normalize(join(dirname(file), to)), kind: 'file' };
    if (to.startsWith('node:')) return { to, kind: 'node' };
    return {
      to: to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : (to.split('/')[0] as string),
      kind: 'package',
    };
  });
}
