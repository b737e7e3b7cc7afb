// How does a daemon become a single file? Its bundle goes into a copy of Node, as Node's single executable application.
import { readFileSync } from 'node:fs';
import { chmod, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from '../plans/types.ts';
import { withoutSections } from './elf.ts';
import { runCommand } from './shell.ts';

export type ExecutableParts = {
  /** The daemon's bundle; intermediate files are written beside it. */
  readonly bundle: string;
  /** What Node is started with each time. */
  readonly flags: readonly string[];
  /** The Node that the file becomes. */
  readonly node: string;
  /** The same release, for this machine. */
  readonly ownNode: string;
};

/** A step of the build failed: what it said. */
export class ExecutableError extends Error {}

/** Writes it to `path` in one step. The same parts give the same bytes. Throws ExecutableError. */
export async function buildExecutable(path: string, { bundle, flags, node, ownNode }: ExecutableParts): Promise<void> {
  const folder = dirname(bundle);
  // Relative names: no path of this machine gets into the file.
  const settings = {
    main: basename(bundle),
    output: 'resource',
    // What a thread of the daemon starts from.
    assets: { bundle: basename(bundle) },
    execArgv: flags,
    // Nothing of the environment changes what runs.
    execArgvExtension: 'none',
    disableExperimentalSEAWarning: true,
    // Both hold machine code, of this machine only.
    useSnapshot: false,
    useCodeCache: false,
  };
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings));
  await run(folder, { program: ownNode, args: ['--experimental-sea-config', 'settings.json'], why: 'pack the bundle' });
  // A step that outlived a killed build still writes to its own.
  const draft = join(folder, `draft-${process.pid}`);
  await writeFile(draft, withoutSections(readFileSync(node)));
  const script = fileURLToPath(new URL('executable-resource.ts', import.meta.url));
  await run(folder, { program: process.execPath, args: [script, draft, 'resource'], why: 'put the bundle into Node' });
  await chmod(draft, 0o755);
  await rename(draft, path);
}

async function run(cwd: string, command: Command): Promise<void> {
  const { exitCode, output } = await runCommand(command, { cwd, env: { PATH: process.env.PATH } });
  if (exitCode === 0) return;
  const last = output.trim().split('\n').slice(-5).join('\n');
  throw new ExecutableError(`to ${command.why} failed (exit ${exitCode})\n${last}`);
}
