// Why did it not work, and what to do? What the cloud said, as one sentence with a remedy, and its words below.
import { type CloudTrouble, causeOf, lockedBy } from '../../index.ts';
import { self } from '../output.ts';
import { plain } from '../text.ts';
import { exitCodes, Failure } from '../types.ts';
import type { Ran } from './engine-run.ts';
import { countsText, shownThing } from './text.ts';

export type Attempt = {
  readonly cloud: string;
  readonly verb: 'preview' | 'up' | 'refresh' | 'destroy' | 'outputs' | 'cancel';
  /** Whether something may have changed by now. */
  readonly changes: boolean;
};

const indented = (text: string): string => `  ${plain(text).trim().replaceAll('\n', '\n    ')}`;

function line(thing: CloudTrouble): string {
  const subject = shownThing(thing);
  return indented(subject === '' ? thing.words : `${subject}: ${thing.words}`);
}

/** What the engine printed, without the call of the command; its end says why. */
function lastWords(words: string): string {
  const lines = words
    .split('\n')
    .map((each) => each.replace(/^ ?(?:stdout|stderr|err\?|code): ?/, '').trim())
    .filter((each) => each !== '' && !/^(?:-2|Command failed with exit code|Error: Command failed)/.test(each));
  return [...new Set(lines)].slice(-8).join('\n');
}

/** Null for a run that ended well. */
export function failureOf({ changes, cloud, verb }: Attempt, { end, story, words }: Ran): Failure | null {
  const again = `${self} cloud ${verb} ${cloud}`;
  const done = (changes && countsText(story.changes, 0, 'done')) || 'nothing was done';
  if (end === 'done') return null;
  if (end === 'interrupted') {
    const undo = changes && verb === 'up' ? `    take it away: ${self} cloud destroy ${cloud}` : '';
    const goOn = `${changes ? 'go on' : 'again'}: ${again}${undo}`;
    return new Failure(exitCodes.interrupted, `${cloud}: stopped (${done}); the state is kept`, goOn);
  }
  if (end === 'locked') {
    const who = lockedBy(words);
    const message = `${cloud}: somebody else is at this stack${who === null ? '' : `: ${plain(who)}`}`;
    return new Failure(exitCodes.failed, message, `wait for its end; if it is gone: ${self} cloud cancel ${cloud}`);
  }
  if (story.violations.length > 0) {
    const lines = story.violations.map(({ rule, ...thing }) => `${line(thing)} (${rule})`);
    const message = `${cloud}: the policies do not allow that (${done})\n${lines.join('\n')}`;
    return new Failure(exitCodes.refused, message, `mend infra/${cloud}; the rules are in infra/policy`);
  }
  const said = story.troubles.length > 0 ? story.troubles.map(line) : [indented(lastWords(words))];
  const cause = causeOf(said.join('\n')) ?? causeOf(words);
  const begun = changes && story.changes.length > 0;
  const sentence = cause?.sentence ?? (changes ? 'this failed' : `the ${verb} failed`);
  const head = `${cloud}: ${changes ? `${done}, then ` : ''}${sentence}`;
  const goOn = begun ? `; then go on: ${again}; what is done stays` : `; then again: ${again}`;
  const code =
    begun || cause === null ? exitCodes.failed : exitCodes[cause.kind === 'lacks' ? 'environment' : 'refused'];
  return new Failure(code, [head, ...said].join('\n'), `${cause?.remedy ?? 'mend it'}${goOn}`);
}
