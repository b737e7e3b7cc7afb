// Which copies of old bundles does nobody run any more?
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { markedProcesses } from '../../drivers/processes.ts';

/** Removes them from `<home>/run`; a copy that a living process was started from stays, and so do the `current` ones. */
export function removeStaleBundles(home: string, current: readonly string[]): void {
  const run = join(home, 'run');
  const used = [...current, ...markedProcesses(home).flatMap(({ args }) => args)];
  for (const name of readdirSync(run)) {
    const folder = join(run, name);
    if (!/^[0-9a-f]{16}$/.test(name) || used.some((path) => path.startsWith(`${folder}/`))) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}
