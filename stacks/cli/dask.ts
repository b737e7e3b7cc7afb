// How does a Python script reach Dask? `muster dask run FILE.py`: with the cluster's own Python and its address.
import { dirname, join, resolve } from 'node:path';
import { exitCodes, Failure, type Io, type Verb } from './types.ts';

/** A program, not its data. */
const limitBytes = 1_048_576;

const example = 'stacks/examples/dask-letters/letters.py';

async function scriptOf(io: Io, file: string): Promise<string> {
  const { readText } = await import('../drivers/text-file.ts');
  const script = await readText(resolve(io.cwd, file), limitBytes).catch((cause: Error) => {
    const remedy = `name a Python script, such as ${example}`;
    throw new Failure(exitCodes.badInput, `cannot read the script ${file}: ${cause.message}`, remedy, { cause });
  });
  if (Buffer.byteLength(script) <= limitBytes) return script;
  throw new Failure(exitCodes.badInput, `expected a script of at most 1 MiB, ${file} is longer`);
}

type Variables = Readonly<Record<string, string>>;

/** What reaches the scheduler that runs as a local process of this clone, as its own arguments tell; null without one. */
async function localScheduler(home: string): Promise<Variables | null> {
  const { markedProcesses } = await import('../drivers/processes.ts');
  const args = markedProcesses(home).find(({ name }) => name === 'dask-scheduler')?.args ?? [];
  const after = (option: string): string | undefined => args[args.indexOf(option) + 1];
  const [port, preload] = [after('--port'), after('--preload')];
  if (port === undefined || preload === undefined || !args.includes('--port')) return null;
  return {
    DASK_CONFIG: join(dirname(preload), 'scheduler.yaml'),
    DASK_SCHEDULER_ADDRESS: `${after('--protocol')}://127.0.0.1:${port}`,
  };
}

async function schedulerInContainer(io: Io): Promise<boolean> {
  const [{ findEngine }, { ownContainers }] = await Promise.all([
    import('../drivers/docker.ts'),
    import('./containers.ts'),
  ]);
  const engine = await findEngine(io.env);
  if (engine.state !== 'answers') return false;
  const containers = await ownContainers(io, engine.docker);
  return containers.some(({ running, service }) => running && service === 'dask-scheduler');
}

async function runScript(io: Io, file: string, args: readonly string[]): Promise<number> {
  const [{ daskRunHere, daskRunInContainer }, { homeOf, wantedCluster }, { runInTerminal }] = await Promise.all([
    import('../index.ts'),
    import('./place.ts'),
    import('../drivers/processes.ts'),
  ]);
  const script = await scriptOf(io, file);
  const here = (more: Variables): Promise<number> =>
    runInTerminal(daskRunHere(script, args), io.cwd, { ...io.env, ...more });
  // Whoever names a scheduler means that one.
  if (io.env.DASK_SCHEDULER_ADDRESS) return here({});
  const { dask } = (await wantedCluster(io)).stack;
  if (dask === null) {
    const remedy = 'add "dask: {}" to services in cluster.yaml, then: make up';
    throw new Failure(exitCodes.badInput, 'Dask is not in cluster.yaml', remedy);
  }
  const home = homeOf(io);
  const local = await localScheduler(home);
  if (local !== null) return here(local);
  if (await schedulerInContainer(io)) {
    return runInTerminal(daskRunInContainer(dask, script, args), io.root, { ...io.env, MUSTER_HOME: home });
  }
  const remedy = 'make up; for a scheduler elsewhere: DASK_SCHEDULER_ADDRESS=tcp://host:8786';
  throw new Failure(exitCodes.environment, 'Dask is not up: its scheduler does not run', remedy);
}

export const dask: Verb = (program, io, exit) => {
  const group = program.command('dask').description('run Python on the Dask of the cluster');
  group
    .command('run')
    .argument('<FILE.py>', 'the script; dask.distributed.Client() finds the cluster')
    .argument('[ARGS...]', 'its arguments')
    .description('run a script beside the scheduler, with the Python that Dask has there')
    .passThroughOptions()
    .addHelpText('after', `\nExamples:\n  muster dask run ${example}`)
    .action(async (file: string, args: readonly string[]) => exit(await runScript(io, file, args)));
};
