// Whose are files that root makes? Of whoever has the folder around them, since that one must read them later.
import { lchownSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Gives each path, and all below it, to the owner of `folder`. Only root can, and only root needs to. */
export const giveTo = (folder: string, ...paths: readonly string[]): void => {
  if (process.getuid?.() !== 0) return;
  const { gid, uid } = statSync(folder);
  for (const path of paths) {
    lchownSync(path, uid, gid);
    if (!statSync(path).isDirectory()) continue;
    giveTo(folder, ...readdirSync(path).map((name) => join(path, name)));
  }
};
