// What does a daemon print? `muster logs worker-01`: of its container, or of its local process.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { homeOf } from './place.ts';
import { exitCodes, Failure, type Io, type Verb } from './types.ts';

type Options = { readonly follow?: true };

async function runLogs(io: Io, name: string, follow: boolean): Promise<number> {
  const home = homeOf(io);
  const [{ findEngine }, { runsOnDocker }, { ownContainers }] = await Promise.all([
    import('../drivers/docker.ts'),
    import('./up/form.ts'),
    import('./containers.ts'),
  ]);
  const { runInTerminal } = await import('../drivers/processes.ts');
  const engine = await findEngine(io.env);
  if (engine.state === 'answers' && (await runsOnDocker(io, engine))) {
    const { composeLogs } = await import('../index.ts');
    const known = [...new Set((await ownContainers(io, engine.docker)).map(({ service }) => service))];
    if (!known.includes(name)) {
      throw new Failure(
        exitCodes.failed,
        `there is no log of ${JSON.stringify(name)}`,
        `choose from: ${known.join(' ')}`,
      );
    }
    return runInTerminal(composeLogs(name, follow), io.root, { ...io.env, MUSTER_HOME: home });
  }
  const folder = join(home, 'logs');
  const file = join(folder, `${name}.log`);
  if (/[/\0]/.test(name) || !existsSync(file)) {
    const names = existsSync(folder) ? readdirSync(folder).filter((one) => one.endsWith('.log')) : [];
    const known = names.map((one) => one.replace(/\.log$/, '')).join(' ');
    throw new Failure(
      exitCodes.failed,
      `there is no log of ${JSON.stringify(name)}`,
      known === '' ? 'make up-workers' : `choose from: ${known}`,
    );
  }
  // By name, so that it goes on when the log is cut.
  const args = ['-n', '+1', ...(follow ? ['-F'] : []), '--', file];
  return runInTerminal({ program: 'tail', args, why: `the log of ${name}` }, io.root, io.env);
}

export const logs: Verb = (program, io, exit) => {
  program
    .command('logs')
    .argument('[NAME]', 'a service of the stack or a worker; embedded also supervisor', 'orchestrator')
    .description('what a daemon of the cluster prints; for a job: muster jobs logs')
    .option('-f, --follow', 'go on until Ctrl-C')
    .addHelpText('after', '\nExamples:\n  muster logs worker-01\n  muster logs -f open-webui')
    .action(async (name: string, options: Options) => exit(await runLogs(io, name, options.follow === true)));
};
