// How does the stack stop? `muster down`: either form, nothing left but data; twice is as good as once.
import { join } from 'node:path';
import { self, writeJson, writeLine } from './output.ts';
import { forgetUrl, homeOf } from './place.ts';
import { exitCodes, type Io, type Verb } from './types.ts';

type Options = { readonly json?: true; readonly volumes?: true; readonly yes?: true };

async function runDown(io: Io, { json, volumes, yes }: Options): Promise<number> {
  const [
    { withLock },
    { stopEmbedded },
    { stopOnDocker },
    { dataOf, deleteData, confirmDeletion },
    { forgetAsked },
    { dropTunnels },
  ] = await Promise.all([
    import('../drivers/lock.ts'),
    import('./down/embedded.ts'),
    import('./down/docker.ts'),
    import('./down/deletion.ts'),
    import('./up/asked.ts'),
    import('./workers/tunnels.ts'),
  ]);
  const home = homeOf(io);
  const waiting = (pid: number) => io.stderr.write(`muster: another up or down runs (pid ${pid}); waiting for it\n`);
  return withLock(join(home, 'run', 'lock'), waiting, async () => {
    const say = (line: string) => {
      if (!json) writeLine(io, line);
    };
    // Asked before anything stops: whoever says no keeps a running cluster.
    const data = volumes ? await dataOf(io, home) : null;
    if (data !== null && !yes) await confirmDeletion(io, data);
    const processes = await stopEmbedded(home, say);
    const containers = await stopOnDocker(io, home, say);
    await dropTunnels(io, home);
    forgetUrl(home);
    forgetAsked(home);
    const stopped = [...processes, ...containers];
    if (data !== null) await deleteData(io, data);
    const deleted = data === null ? [] : [...data.volumes, ...data.files];
    if (json) writeJson(io, { stopped, deleted });
    else {
      if (stopped.length > 0) writeLine(io, `muster: stopped ${stopped.join(' ')}`);
      else if (deleted.length === 0) writeLine(io, 'muster: nothing runs');
      if (deleted.length > 0) writeLine(io, `muster: deleted ${deleted.join(' ')}`);
      else if (stopped.length > 0) {
        writeLine(
          io,
          `        data stays: jobs, results, models, chats, secrets; to delete it too: ${self} down --volumes`,
        );
      }
      if (stopped.length > 0) writeLine(io, 'next:  make up-workers    make up');
    }
    return exitCodes.done;
  });
}

export const down: Verb = (program, io, exit) => {
  program
    .command('down')
    .description('stop the stack; running jobs may end first (drainGrace), data stays')
    .option('--volumes', 'delete the data too, for good: volumes, jobs, results, logs, secrets; asks first')
    .option('--yes', 'do not ask')
    .option('--json', 'print {stopped, deleted} for programs')
    .addHelpText(
      'after',
      `
Without a terminal to ask on, --volumes needs --yes, or ends with 4.

Examples:
  muster down
  muster down --volumes --yes`,
    )
    .action(async (options: Options) => exit(await runDown(io, options)));
};
