// What does an orchestrator of a test offer to rented machines? A copy of what is built: others may build anew meanwhile.
import { copyFileSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildExecutables, executablesFolder } from '../../stacks/cli/executables.ts';
import { digestFile } from '../../stacks/drivers/digest.ts';
import { root } from './sources.ts';

/** The executables that an orchestrator offers, built where they are stale. */
export const builtAgents = (): Promise<unknown> => {
  const io = { stdout: process.stderr, stderr: process.stderr, env: process.env, root, cwd: root };
  return buildExecutables(io, [`linux-${process.arch}` as 'linux-x64'], () => {});
};

export const agentName = `muster-agent-linux-${process.arch}`;

/** Fills a new folder; SHA-256 by name. */
export async function copyDownloads(folder: string): Promise<Readonly<Record<string, string>>> {
  mkdirSync(folder);
  const built = (name: string) => join(executablesFolder(root), name);
  copyFileSync(built('install.sh'), join(folder, 'install.sh'));
  try {
    // A build puts another file there, and leaves this one as it is.
    linkSync(built(agentName), join(folder, agentName));
  } catch {
    copyFileSync(built(agentName), join(folder, agentName));
  }
  const sums: Record<string, string> = {};
  for (const name of ['install.sh', agentName]) sums[name] = (await digestFile(join(folder, name))).digest;
  const lines = Object.entries(sums).map(([name, sum]) => `${sum}  ${name}\n`);
  writeFileSync(join(folder, 'SHA256SUMS'), lines.join(''));
  return sums;
}
