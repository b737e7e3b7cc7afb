// What runs on a host that has neither Docker nor Node? `muster build-executables`: agent and orchestrator as single files.
import type { Platform } from './executables.ts';
import { counted, writeJson, writeLine } from './output.ts';
import { exitCodes, Failure, type Io, type Verb } from './types.ts';

type Options = { readonly platform?: string; readonly json?: true };

async function runBuildExecutables(io: Io, options: Options): Promise<number> {
  const { buildExecutables, executablesFolder, platforms } = await import('./executables.ts');
  const names = options.platform?.split(',') ?? platforms;
  const unknown = names.find((name) => !platforms.some((platform) => platform === name));
  if (unknown !== undefined) {
    const found = `--platform: expected ${platforms.join(' or ')}, got ${JSON.stringify(unknown)}`;
    throw new Failure(exitCodes.badInput, found, 'with commas between: --platform linux-x64,linux-arm64');
  }
  const say = (verb: string, what: string) => {
    if (!options.json) writeLine(io, `  ${verb.padEnd(9)} ${what}`);
  };
  const executables = await buildExecutables(io, names as readonly Platform[], say);
  const folder = executablesFolder(io.root);
  const built = executables.filter((executable) => executable.built).length;
  if (options.json) writeJson(io, { folder, executables });
  else if (built === 0) writeLine(io, 'muster: every executable is there, nothing to build');
  else writeLine(io, `muster: built ${counted(built, 'executable')} in ${folder}`);
  return exitCodes.done;
}

export const buildExecutables: Verb = (program, io, exit) => {
  program
    .command('build-executables')
    .description('build agent and orchestrator as single files that need no Node; what is fresh stays')
    .option('--platform <NAMES>', 'linux-x64, linux-arm64, or both with a comma between (default: both)')
    .option('--json', 'print {folder, executables: [{name, platform, bytes, sha256, built}]} for programs')
    .addHelpText(
      'after',
      `
They lie in build/executables, with SHA256SUMS. Any of both platforms is built on any of them; the Node for each is
fetched once (about 55 MB). They run on Linux with glibc 2.28 or newer, libstdc++ and libgcc_s: Debian 10, Ubuntu 20.04,
RHEL 8 and what is newer, not on Alpine. An agent also needs what a job's start needs: /bin/sh, mkfifo, grep.`,
    )
    .action(async (options: Options) => exit(await runBuildExecutables(io, options)));
};
