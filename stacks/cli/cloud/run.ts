// How does a verb come to every cloud that is meant? One after the other; what goes wrong in one stops no other.
import { join, relative } from 'node:path';
import { buildExecutables, platforms } from '../executables.ts';
import { self, writeJson, writeLine } from '../output.ts';
import { homeOf } from '../place.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { type Backend, backendOf, forgetSalt } from './backend.ts';
import { billOf, type Chosen, chosenToKeep, chosenToMake } from './chosen.ts';
import { demandPulumi } from './engine.ts';
import { failureOf } from './failure.ts';
import { cloudsLeft } from './left.ts';
import { type CloudOptions, type CloudOutcome, nothingDone, type Work } from './types.ts';
import { deeds, nothingIn } from './verbs.ts';

export type CloudVerb = keyof typeof deeds;

const makes = (verb: CloudVerb): boolean => verb === 'preview' || verb === 'up';

type Told = Omit<CloudOutcome, 'failure'> & { readonly cloud: string; readonly problem: Problem | null };
type Problem = { readonly message: string; readonly remedy: string | null };

const emptyStory = { changes: [], unchanged: 0, troubles: [], violations: [], warnings: [] };

/** One cloud, from its stack to its end. Throws a Failure where it does not even begin. */
async function runOne(work: Work<null>, verb: CloudVerb, pulumi: Awaited<ReturnType<typeof demandPulumi>>) {
  const { backend, cloud, io, print, stack } = work;
  const folder = join(io.root, 'infra', cloud);
  const place = { folder, stack, env: { ...io.env, ...backend.env } };
  let found = await pulumi.openStack(place, 'select');
  if (found === null && makes(verb)) {
    if (backend.own) forgetSalt(folder, stack);
    found = await pulumi.openStack(place, 'create');
  }
  if (found === null) {
    print(nothingIn(work));
    return nothingDone;
  }
  if ('state' in found) {
    const ran = { end: found.state, words: found.words, story: emptyStory, seconds: 0 };
    throw failureOf({ cloud, verb, changes: false }, ran) ?? new Failure(exitCodes.failed, found.words);
  }
  return deeds[verb]({ ...work, engine: found });
}

function head({ root }: Io, { plan, stack }: Chosen, cloud: string, { own, where }: Backend): string {
  const place = own ? relative(root, where) : where;
  const bill = plan === null ? null : billOf(plan, cloud);
  return `${cloud}   stack "${stack}", its state in ${place}${bill === null ? '' : `\n  costs     ${bill}`}`;
}

export async function runCloud(
  io: Io,
  verb: CloudVerb,
  named: string | undefined,
  options: CloudOptions,
): Promise<number> {
  const json = options.json === true;
  const print = (line: string): void => {
    if (!json) writeLine(io, line);
  };
  const say = (did: string, what: string): void => print(`  ${did.padEnd(9)} ${what}`);
  const chosen = await (makes(verb) ? chosenToMake : chosenToKeep)(io, named, options.stack);
  const pulumi = await demandPulumi(io);
  const backend = backendOf(io, homeOf(io));
  if (makes(verb)) {
    say('looking', 'whether the programs for the machines are built');
    await buildExecutables(io, platforms, say);
  }
  const all: Told[] = [];
  let code: number = exitCodes.done;
  for (const cloud of chosen.clouds) {
    const work = { io, cloud, stack: chosen.stack, engine: null, backend, options, print, say };
    print(head(io, chosen, cloud, backend));
    const { failure, ...outcome } = await runOne(work, verb, pulumi).catch((error: unknown): CloudOutcome => {
      if (error instanceof Failure) return { ...nothingDone, end: 'failed', failure: error };
      throw error;
    });
    all.push({ cloud, ...outcome, problem: failure && { message: failure.message, remedy: failure.remedy ?? null } });
    if (failure !== null) io.stderr.write(failureText(failure));
    const ended = failure?.exitCode ?? exitCodes[outcome.end];
    code = code === exitCodes.done ? ended : code;
    if (ended === exitCodes.interrupted) break;
  }
  if (makes(verb) && named === undefined) for (const line of forgotten(homeOf(io), chosen.clouds)) print(line);
  if (json) writeJson(io, { verb, stack: chosen.stack, state: backend.where, clouds: all });
  return code;
}

/** Clouds that lost their last pool in cluster.yaml, and still have what it needed. */
function forgotten(home: string, clouds: readonly string[]): readonly string[] {
  const left = cloudsLeft(home).map((project) => project.replace(/^muster-/, ''));
  return left
    .filter((cloud) => !clouds.includes(cloud))
    .map((cloud) => `${cloud}   has no pool in cluster.yaml any more, but still costs: ${self} cloud destroy ${cloud}`);
}

const failureText = ({ message, remedy }: Failure): string =>
  `muster: ${message}\n${remedy === undefined ? '' : `   → ${remedy}\n`}`;
