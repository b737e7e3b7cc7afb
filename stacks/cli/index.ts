// Which verbs does `muster` have? The registry, and how a call of it ends.
import { buildAll } from './build-all.ts';
import { buildExecutables } from './build-executables.ts';
import { check } from './check.ts';
import { cloud } from './cloud.ts';
import { completion } from './completion.ts';
import { dask } from './dask.ts';
import { deploy } from './deploy.ts';
import { diff } from './diff.ts';
import { down } from './down.ts';
import { install } from './install.ts';
import { jobs } from './jobs.ts';
import { logs } from './logs.ts';
import { machineTrouble } from './machine-trouble.ts';
import { nodes } from './nodes.ts';
import { open } from './open.ts';
import { plan } from './plan.ts';
import { render } from './render.ts';
import { scale } from './scale.ts';
import { secrets } from './secrets.ts';
import { status } from './status.ts';
import { swarm } from './swarm.ts';
import { Command, CommanderError, exitCodes, Failure, type Io, type Verb } from './types.ts';
import { uninstall } from './uninstall.ts';
import { up } from './up.ts';
import { wordCount } from './word-count.ts';
import { workers } from './workers.ts';

export const verbs = {
  up,
  down,
  status,
  diff,
  open,
  workers,
  jobs,
  logs,
  wordCount,
  dask,
  check,
  plan,
  render,
  deploy,
  cloud,
  install,
  uninstall,
  swarm,
  nodes,
  scale,
  secrets,
  buildAll,
  buildExecutables,
  completion,
} satisfies Record<string, Verb>;

function report(io: Io, error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
  const failure = error instanceof Failure ? error : machineTrouble(error);
  if (failure) {
    const remedy = failure.remedy === undefined ? '' : `   → ${failure.remedy}\n`;
    io.stderr.write(`muster: ${failure.message}\n${remedy}`);
    return failure.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(`muster: this is a bug of Muster's\n${text}\n`);
  return exitCodes.failed;
}

/** Runs one call of `muster` and gives its exit code. `argv` is without node and script. Nothing is thrown. */
export async function run(argv: readonly string[], given: Io): Promise<number> {
  let code: number = exitCodes.done;
  const env = { ...given.env };
  const io = { ...given, env };
  const program = new Command('muster')
    .description('One cluster.yaml becomes a running AI cluster.')
    .option('--version', 'print the version')
    .option('--ca <FILE>', 'the authority that alone may have signed the certificate at MUSTER_URL, as MUSTER_CA_FILE')
    .on('option:ca', (file: string) => {
      env.MUSTER_CA_FILE = file;
    })
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // What commander writes as an error gets the manner of all others.
      writeErr: (text) =>
        io.stderr.write(
          text.replace(/^error: /, 'muster: ').replace(/^\(Did you mean (.*)\?\)$/m, '   → did you mean "$1"?'),
        ),
    })
    .showSuggestionAfterError(true);
  for (const verb of Object.values(verbs)) {
    verb(program, io, (ended) => {
      code = ended;
    });
  }
  try {
    if (argv.length === 0) program.outputHelp();
    else if (argv[0] === '--version') io.stdout.write(`${(await import('../index.ts')).version}\n`);
    else await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return report(io, error);
  }
}
