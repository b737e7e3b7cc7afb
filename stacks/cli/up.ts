// How does the cluster come up? `muster up`: on Docker where an engine answers, else embedded; a second run changes nothing.
import { exitCodes, Failure, type Io, type Verb } from './types.ts';

type Options = { readonly embedded?: true; readonly json?: true; readonly only?: string; readonly timeout: string };

async function start(io: Io, { embedded, json, only, timeout }: Options): Promise<number> {
  const limitMs = Number(timeout) * 1000;
  if (!(limitMs > 0)) throw new Failure(exitCodes.badInput, `--timeout: expected seconds, got ${timeout}`);
  const { runUp } = await import('./up/run.ts');
  return runUp(io, { embedded: embedded === true, json: json === true, only: wordsOf(only), limitMs });
}

/** `workers,open-webui` as words; undefined: everything. */
function wordsOf(list: string | undefined): readonly string[] | null {
  if (list === undefined) return null;
  const words = list.split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));
  if (words.length > 0) return [...new Set(words)];
  throw new Failure(
    exitCodes.badInput,
    '--only: expected profiles or services, got nothing',
    'muster up --only workers',
  );
}

export const up: Verb = (program, io, exit) => {
  program
    .command('up')
    .description('start the stack of cluster.yaml, or bring the running one in line with it')
    .option('--only <LIST>', 'profiles (workers, ai, monitoring, gpu) or services, with what they need; the rest stays')
    .option('--embedded', 'as local processes, also where a Docker engine answers')
    .option('--timeout <SECONDS>', 'how long the workers, and the services after them, may take to get ready', '90')
    .option('--json', 'print {name, form, url, started, stopped, workers, services, troubles} for programs')
    .addHelpText(
      'after',
      `
A service that is sick never keeps the others back: it is named at the end, with the reason and what to do. The exit
code is 1 only when the orchestrator or a worker fails, or a service that --only names itself (not by its profile).
A service that still starts, such as one that pulls a large model, is named too and is no failure.
Without a Docker engine orchestrator and workers start embedded, and it says so. MUSTER_PORT names another port for the
orchestrator, MUSTER_HOME another folder than .muster. Ctrl-C at any time is safe: the next up goes on from there.

Examples:
  muster up
  muster up --only workers,monitoring
  muster up --only ollama,open-webui
  MUSTER_PORT=8081 muster up --embedded`,
    )
    .action(async (options: Options) => exit(await start(io, options)));
  program
    .command('up-workers')
    .description('start the orchestrator and the workers alone: up --only workers')
    .option('--embedded', 'as local processes, also where a Docker engine answers')
    .option('--timeout <SECONDS>', 'how long the workers may take to get ready', '90')
    .option('--json', 'print {name, form, url, started, stopped, workers, services, troubles} for programs')
    .addHelpText(
      'after',
      `
Other services of the stack that run stay as they are.

Examples:
  muster up-workers
  MUSTER_PORT=8081 muster up-workers --embedded`,
    )
    .action(async (options: Options) => exit(await start(io, { ...options, only: 'workers' })));
};
