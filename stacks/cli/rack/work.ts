// How does a playbook come to hosts? Rehearsed, shown as a plan, agreed on, played, and with what comes next.
import { type PlanLine, type Playbook, type RackEvent, rackPlan } from '../../index.ts';
import { confirmed } from '../confirm.ts';
import { planText } from '../swarm/plan-text.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { play, type Run } from './playbook.ts';

export type RackOutcome = {
  readonly end: 'done' | 'failed' | 'refused';
  readonly plan: readonly PlanLine[];
  readonly changed: number;
  readonly trouble: readonly RackEvent[];
};

export type Work = {
  readonly playbook: Playbook;
  readonly run: Omit<Run, 'check'>;
  /** Said when there is nothing to do. */
  readonly nothing: string;
  readonly question: string;
};

export type Agreement = { readonly yes?: true; readonly check?: true; readonly dryRun?: true };
export type Print = (line: string) => void;

/** `onChange` is called once something may have changed, before anything does. */
export async function carryOut(
  io: Io,
  { nothing, playbook, question, run }: Work,
  { check, dryRun, yes }: Agreement,
  print: Print,
  onChange: () => void = () => {},
): Promise<RackOutcome> {
  const rehearsal = await play(io, playbook, { ...run, check: true });
  const plan = rackPlan(rehearsal.events);
  const outcome = { plan, changed: 0, trouble: rehearsal.trouble };
  if (rehearsal.trouble.length > 0) return { ...outcome, end: 'failed' };
  if (plan.length === 0) {
    print(nothing);
    return { ...outcome, end: 'done' };
  }
  print(planText(plan));
  if (check === true || dryRun === true) return { ...outcome, end: 'done' };
  if (yes !== true && !(await confirmed(io, question, '--yes'))) {
    print('muster: nothing was changed');
    return { ...outcome, end: 'refused' };
  }
  onChange();
  const { events, trouble } = await play(io, playbook, { ...run, check: false }, progress(print));
  const changed = events.filter(({ event }) => event === 'changed').length;
  return { ...outcome, end: trouble.length > 0 ? 'failed' : 'done', changed, trouble };
}

export const sayTo =
  (print: Print) =>
  (verb: string, what: string): void =>
    print(`  ${verb.padEnd(9)} ${what}`);

/** One line for each thing that changed. */
function progress(print: Print): (event: RackEvent) => void {
  const say = sayTo(print);
  return ({ event, host, item, role, task }) => {
    if (event === 'changed') say(host ?? '', `${role ? `${role}: ` : ''}${task}${item ? `   ${item}` : ''}`);
  };
}

/** Each host on which it did not work, with the last words of what failed; `again` is what was typed. */
export function rackFailure({ trouble }: RackOutcome, again: string): Failure {
  const text = trouble.map(({ event, host, task, words }) =>
    event === 'unreachable' ? `${host} cannot be reached: ${words}` : `${host}: "${task}" failed: ${words}`,
  );
  const away = trouble.some(({ event }) => event === 'unreachable');
  const remedy = away
    ? `can you enter it with ssh, without a password? Then again: ${again}`
    : `mend it, then again: ${again}; what is right stays as it is`;
  return new Failure(away ? exitCodes.environment : exitCodes.failed, text.join('\n'), remedy);
}
