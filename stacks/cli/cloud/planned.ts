// What happens between a plan and its end? Look, show, ask, do, and tell what came of it: the same for every verb.
import type { EngineEnd, Watch } from '../../drivers/pulumi.ts';
import { confirmed } from '../confirm.ts';
import { exitCodes, Failure } from '../types.ts';
import { runEngine } from './engine-run.ts';
import { type Attempt, failureOf } from './failure.ts';
import { changesText, countsText, secondsText, type Tense } from './text.ts';
import type { CloudOutcome, Work } from './types.ts';
import { nothingDone } from './types.ts';

export type Deed = {
  readonly verb: Attempt['verb'];
  readonly look: (watch: Watch) => Promise<EngineEnd>;
  /** Null: a look is all that is wanted. */
  readonly act: ((watch: Watch) => Promise<EngineEnd>) | null;
  /** Said when there is nothing to do. */
  readonly nothing: (unchanged: number) => string;
  readonly question: string;
  /** Of the plan. */
  readonly tense: Tense;
};

/** Throws a Failure where nobody can be asked. */
async function agreed({ io, options }: Work, question: string): Promise<boolean> {
  if (options.yes === true) return true;
  if (options.json === true) {
    throw new Failure(exitCodes.refused, `${question} --json asks nobody`, 'say it beforehand: --yes');
  }
  try {
    return await confirmed(io, question, '--yes');
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    io.stdout.write('\n');
    throw new Failure(exitCodes.interrupted, 'nothing was changed');
  }
}

export async function carryOut(work: Work, deed: Deed): Promise<CloudOutcome> {
  const { cloud, io, print, say } = work;
  const looking = runEngine(io, say, 0, deed.look);
  // From here on Ctrl-C is heard.
  say('looking', `at ${cloud}: what is there, and what would change`);
  const look = await looking;
  const refused = failureOf({ cloud, verb: deed.verb, changes: false }, look);
  const { changes: plan, unchanged, warnings } = look.story;
  for (const { words } of warnings) io.stderr.write(`${cloud}: warning: ${words}\n`);
  const outcome: CloudOutcome = { ...nothingDone, plan, unchanged, seconds: look.seconds };
  if (refused !== null) return { ...outcome, end: 'failed', failure: refused };
  if (plan.length === 0) {
    print(deed.nothing(unchanged));
    return outcome;
  }
  print(changesText(plan));
  print(`  ${countsText(plan, unchanged, deed.tense)}   (${secondsText(look.seconds)})`);
  if (deed.act === null) return outcome;
  if (!(await agreed(work, deed.question))) {
    print('muster: nothing was changed');
    return { ...outcome, end: 'refused' };
  }
  const ran = await runEngine(io, deed.tense === 'drift' ? () => {} : say, plan.length, deed.act);
  const done = { ...outcome, done: ran.story.changes, unchanged: ran.story.unchanged, seconds: ran.seconds };
  const failure = failureOf({ cloud, verb: deed.verb, changes: true }, ran);
  return failure === null ? done : { ...done, end: 'failed', failure };
}
