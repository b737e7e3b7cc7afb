// How does a bare host become a part of the cluster? `muster install`: looks, shows what would come and why, asks, installs.
import type { InstallOptions } from './install/decide.ts';
import { writeJson, writeLine } from './output.ts';
import { exitCodes, type Io, type Verb } from './types.ts';

async function run(io: Io, destination: string | undefined, options: InstallOptions): Promise<number> {
  const [{ runInstall }, { placeWords }, { hostOf }, { rackFailure }] = await Promise.all([
    import('./install/run.ts'),
    import('./install/facts.ts'),
    import('./workers/ssh-hosts.ts'),
    import('./rack/work.ts'),
  ]);
  const place = destination === undefined ? null : hostOf(destination, options.port);
  const outcome = await runInstall(io, place, options, (line) => {
    if (!options.json) writeLine(io, line);
  });
  if (options.json) writeJson(io, outcome);
  else if (outcome.trouble.length > 0) {
    throw rackFailure(outcome, `muster install${placeWords(place)} --role ${outcome.role}`);
  }
  return exitCodes[outcome.end];
}

export const install: Verb = (program, io, exit) => {
  program
    .command('install')
    .argument('[user@host]', 'another machine, over ssh (default: this one)')
    .description('set up a role on a bare host as hardened units of systemd: shows what and why, asks, installs')
    .option(
      '--role <ROLE>',
      'orchestrator, worker, ai (models, chat, a worker), or auto (default: as before, else auto)',
    )
    .option('--port <PORT>', 'of ssh (default: as ~/.ssh/config says)')
    .option('--class <CLASS>', 'the class of its worker (default: the largest that fits)')
    .option('--address <IPv4>', 'under which other hosts reach it (default: that of its network)')
    .option('--orchestrator <URL>', 'where the orchestrator is, when this clone does not know it')
    .option('--invite-file <FILE>', 'the invite of that orchestrator; - for stdin')
    .option('--no-firewall', 'leave the firewall of the host and its SSH as they are')
    .option('--dry-run', 'show the plan and change nothing on the host')
    .option('--yes', 'do not ask')
    .option('--json', 'print {host, role, services, end, plan, changed, trouble} for programs')
    .addHelpText(
      'after',
      `
What is there already stays; hosts that cluster.yaml names are set up by "muster deploy rack". To undo: muster uninstall.

Examples:
  muster install --dry-run
  muster install root@10.0.0.11 --role orchestrator
  muster install root@10.0.0.12 --role worker --yes`,
    )
    .action(async (destination: string | undefined, options: InstallOptions) =>
      exit(await run(io, destination, options)),
    );
};
