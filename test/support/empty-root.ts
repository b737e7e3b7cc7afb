// Does a program run where nothing is? A root folder with the libraries that it is linked to, and no more.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What the loader opens for a program, as absolute paths of this machine. */
function linked(program: string): readonly string[] {
  const said = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...said.matchAll(/\/\S+/g)].map(([path]) => path);
}

/** The programs in `/bin` of `folder`, each with its libraries where it looks for them; room for `/proc` and `/dev`. */
export function fillRoot(folder: string, programs: readonly string[]): void {
  for (const made of ['bin', 'dev', 'proc']) mkdirSync(join(folder, made));
  for (const program of programs) copyFileSync(program, join(folder, 'bin', basename(program)));
  for (const library of new Set(programs.flatMap(linked))) {
    mkdirSync(dirname(join(folder, library)), { recursive: true });
    copyFileSync(library, join(folder, library));
  }
}

/** The words that run a program with `folder` as its root; the process that they start becomes the program. */
export function inRoot(folder: string, ...words: readonly string[]): readonly [string, ...string[]] {
  const script =
    'for at in /proc /dev; do mount --rbind "$at" "$1$at" || exit; done; PATH=/usr/sbin:/usr/bin:/bin exec chroot "$@"';
  return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', folder, ...words];
}

/** Why this user cannot, or null. */
export function whyNoRoot(): string | null {
  const [program, ...args] = inRoot('/', 'true');
  return spawnSync(program, args).status === 0 ? null : 'namespaces of this user: not allowed';
}
