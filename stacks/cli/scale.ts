// How many workers of a class run? `muster scale worker=10`: on the swarm or the Compose project where the class runs.

import { writeJson, writeLine } from './output.ts';
import { wanted } from './place.ts';
import type { ReachOptions } from './swarm/reach.ts';
import { addReach } from './swarm/reach.ts';
import { exitCodes, Failure, type Io, type Verb } from './types.ts';

type Options = ReachOptions & { readonly stack?: string; readonly timeout: string; readonly json?: true };

export type Scaling = { readonly name: string; readonly count: number };

function readPair(text: string): Scaling {
  const [, name = '', count = ''] = /^([^=]+)=(\d{1,4})$/.exec(text) ?? [];
  if (name !== '') return { name, count: Number(count) };
  throw new Failure(exitCodes.badInput, `expected CLASS=NUMBER, got ${JSON.stringify(text)}`, 'muster scale worker=10');
}

async function runScale(io: Io, pairs: readonly string[], options: Options): Promise<number> {
  const limitMs = Number(options.timeout) * 1000;
  if (!(limitMs > 0)) throw new Failure(exitCodes.badInput, `--timeout: expected seconds, got ${options.timeout}`);
  const spec = await wanted(io);
  const { cluster } = spec;
  const scalings = pairs.map(readPair);
  for (const { count, name } of scalings) {
    const found = cluster.workers.find((worker) => worker.name === name);
    if (found === undefined) {
      const known = cluster.workers.map((worker) => worker.name).join(' ');
      throw new Failure(exitCodes.badInput, `there is no class ${JSON.stringify(name)}`, `choose from: ${known}`);
    }
    if (count <= found.maxReplicas) continue;
    throw new Failure(
      exitCodes.refused,
      `expected at most ${found.maxReplicas} workers of ${name}, got ${count}: its credential admits no more`,
      `raise workers/${name}/maxReplicas in cluster.yaml, then: muster deploy swarm, or muster up`,
    );
  }
  const { scaleSomewhere } = await import('./scale/where.ts');
  const say = (verb: string, what: string) => {
    if (options.json !== true) writeLine(io, `  ${verb.padEnd(9)} ${what}`);
  };
  const where = await scaleSomewhere(io, spec, scalings, { ...options, limitMs }, say);
  const text = scalings.map(({ count, name }) => `${name}=${count}`).join(' ');
  if (options.json)
    writeJson(io, { where, scaled: Object.fromEntries(scalings.map(({ count, name }) => [name, count])) });
  else
    writeLine(
      io,
      `muster: ${text}; cluster.yaml says what the next ${where === 'swarm' ? 'deploy' : 'up'} makes of it`,
    );
  return exitCodes.done;
}

export const scale: Verb = (program, io, exit) => {
  addReach(program.command('scale').argument('<CLASS=N...>', 'a class of workers and how many of it shall run'))
    .description('run more or fewer workers of a class, until the next up or deploy; those that go drain first')
    .option('--stack <NAME>', 'on a swarm: the name of the stack (default: that of the cluster)')
    .option('--timeout <SECONDS>', 'how long it may take until they run', '300')
    .option('--json', 'print {where, scaled} for programs')
    .action(async (pairs: string[], options: Options) => exit(await runScale(io, pairs, options)));
};
