// How large may a daemon's log grow? Past the limit its older half of the space is a file of its own, `<name>.log.1`.
import { copyFileSync, existsSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

/** Cuts every log of the folder that is larger than `limitBytes`; its text moves to `….1` while there is room for it. */
export function capLogs(folder: string, limitBytes: number): void {
  // Somebody may have removed the folder under a running cluster, which is no reason to stop keeping it alive.
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (!name.endsWith('.log') || size <= limitBytes) continue;
    // The daemon holds the file open for appending, so it is copied and emptied, not renamed.
    try {
      copyFileSync(path, `${path}.1`);
    } catch {
      // A full disk: the text goes, which makes room.
      rmSync(`${path}.1`, { recursive: true, force: true });
    }
    truncateSync(path);
  }
}
