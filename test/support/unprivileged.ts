// How does a test act as a user without rights, on a machine where it is root? By setpriv, with a home of his own.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, cpSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.ts';

/** `nobody` of Debian: no test creates a user. */
export const nobody = 65534;

/** Program and arguments that run a command as nobody. */
export const asNobody = (...command: string[]): [string, string[]] => [
  'setpriv',
  ['--reuid', String(nobody), '--regid', String(nobody), '--clear-groups', '--', ...command],
];

const worksAsNobody = (...command: string[]): boolean => {
  const [program, args] = asNobody(...command);
  return spawnSync(program, args).status === 0;
};

/** Why a test cannot act as nobody here, or null. */
export function whyNotNobody(): string | null {
  if (process.getuid?.() !== 0) return 'only root can act as another user';
  return worksAsNobody('true') ? null : 'setpriv is absent';
}

/**
 * Makes a clone nobody's own, with this Node as `bin/node` in it, for the home of root may be closed to him; its packages
 * are copied where they lie in such a place too. What other links point to stays as it is.
 */
export function giveToNobody(clone: string): void {
  mkdirSync(join(clone, 'bin'));
  copyFileSync(process.execPath, join(clone, 'bin/node'));
  if (!worksAsNobody('test', '-r', join(root, 'node_modules/.package-lock.json'))) {
    rmSync(join(clone, 'node_modules'));
    cpSync(join(root, 'node_modules'), join(clone, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  }
  chmodSync(clone, 0o700);
  chownSync(clone, nobody, nobody);
  for (const entry of readdirSync(clone, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!lstatSync(path).isSymbolicLink()) chownSync(path, nobody, nobody);
  }
}
