// How does a host get rid of Muster? `muster uninstall`: what `muster install` set up goes, without trace.
import type { UninstallOptions } from './install/leave.ts';
import { writeJson, writeLine } from './output.ts';
import { exitCodes, type Io, type Verb } from './types.ts';

type Options = UninstallOptions & { readonly port?: string };

async function run(io: Io, destination: string | undefined, options: Options): Promise<number> {
  const [{ runUninstall }, { placeWords }, { hostOf }, { rackFailure }] = await Promise.all([
    import('./install/leave.ts'),
    import('./install/facts.ts'),
    import('./workers/ssh-hosts.ts'),
    import('./rack/work.ts'),
  ]);
  const place = destination === undefined ? null : hostOf(destination, options.port);
  const outcome = await runUninstall(io, place, options, (line) => {
    if (!options.json) writeLine(io, line);
  });
  if (options.json) writeJson(io, outcome);
  else if (outcome.trouble.length > 0) throw rackFailure(outcome, `muster uninstall${placeWords(place)}`);
  return exitCodes[outcome.end];
}

export const uninstall: Verb = (program, io, exit) => {
  program
    .command('uninstall')
    .argument('[user@host]', 'another machine, over ssh (default: this one)')
    .description('take Muster off a host: units, programs, configs, secrets, and all data')
    .option('--port <PORT>', 'of ssh (default: as ~/.ssh/config says)')
    .option('--dry-run', 'show what would go and change nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'print {end, plan, changed, trouble} for programs')
    .addHelpText('after', '\nExamples:\n  muster uninstall --dry-run\n  muster uninstall root@10.0.0.12')
    .action(async (destination: string | undefined, options: Options) => exit(await run(io, destination, options)));
};
