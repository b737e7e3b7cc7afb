// How does the cluster stop? `muster down`: either form, nothing left but data; twice is as good as once.
import { join } from 'node:path';
import { shellWord, writeJson, writeLine } from './output.ts';
import { forgetUrl, homeOf } from './place.ts';
import { exitCodes, type Io, type Verb } from './types.ts';

async function runDown(io: Io, json: boolean): Promise<number> {
  const [{ withLock }, { stopEmbedded }, { stopOnDocker }] = await Promise.all([
    import('../drivers/lock.ts'),
    import('./down/embedded.ts'),
    import('./down/docker.ts'),
  ]);
  const home = homeOf(io);
  const waiting = (pid: number) => io.stderr.write(`muster: another up or down runs (pid ${pid}); waiting for it\n`);
  return withLock(join(home, 'run', 'lock'), waiting, async () => {
    const say = (line: string) => {
      if (!json) writeLine(io, line);
    };
    const processes = await stopEmbedded(home, say);
    const containers = await stopOnDocker(io, home, say);
    forgetUrl(home);
    const stopped = [...processes, ...containers];
    if (json) writeJson(io, { stopped });
    else if (stopped.length === 0) writeLine(io, 'muster: nothing runs');
    else {
      writeLine(io, `muster: stopped ${stopped.join(' ')}`);
      writeLine(io, `        jobs and results stay; to delete them too: ${deletion(home, containers.length > 0)}`);
      writeLine(io, 'next:  make up-workers');
    }
    return exitCodes.done;
  });
}

function deletion(home: string, docker: boolean): string {
  const removal = `rm -r ${shellWord(home)}`;
  return docker ? `docker compose --profile '*' down --volumes && ${removal}` : removal;
}

export const down: Verb = (program, io, exit) => {
  program
    .command('down')
    .description('stop the cluster; running jobs may end first (drainGrace), data stays')
    .option('--json', 'print {stopped} for programs')
    .action(async (options: { json?: true }) => exit(await runDown(io, options.json === true)));
};
