// What do machines fetch that is built here? The executables, the installer, and their sums.
import { join, resolve as resolvePath } from 'node:path';
import { RunError } from '@pulumi/pulumi';
import { runCommand } from '../stacks/drivers/shell.ts';
import { readText } from '../stacks/drivers/text-file.ts';

export const root = resolvePath(import.meta.dirname, '..');
export const executables = join(root, 'build/executables');
const mostBytes = 65_536;

/** Whoever runs several programs in a row builds first and says so: a look at what is fresh takes seconds. */
const isBuilt = (): boolean => process.env.MUSTER_EXECUTABLES === 'built';

async function buildExecutables(): Promise<void> {
  const command = {
    program: process.execPath,
    args: [join(root, 'stacks/cli/muster.js'), 'build-executables'],
    why: 'the programs that machines fetch',
  };
  const { exitCode, output } = await runCommand({ ...command, on: 'host' }, { cwd: root, env: process.env });
  if (exitCode !== 0) throw new RunError(`the programs of the machines could not be built\n${output.trim()}`);
}

/** SHA-256 by name: what the orchestrator offers and what it is, built where it is missing or stale. */
export async function sums(): Promise<ReadonlyMap<string, string>> {
  if (!isBuilt()) await buildExecutables();
  const list = await readText(join(executables, 'SHA256SUMS'), mostBytes);
  return new Map(
    list.split('\n').flatMap((line) => {
      const [sum, name] = line.split(/ [ *]/);
      return sum !== undefined && name !== undefined ? [[name, sum] as const] : [];
    }),
  );
}
