// How do plan, progress and end of a cloud read? One line for each thing, alike before and after.
import type { CloudAct, CloudChange, CloudThing } from '../../index.ts';

/** `drift`: what somebody else did there. */
export type Tense = 'plan' | 'done' | 'drift';

const order = ['create', 'update', 'replace', 'delete'] as const satisfies readonly CloudAct[];
const marks = { create: '+', update: '~', replace: '~', delete: '-' } as const;

const verbs: Readonly<Record<CloudAct, Readonly<Record<Tense, string>>>> = {
  create: { plan: 'to make', done: 'made', drift: 'new' },
  update: { plan: 'to change', done: 'changed', drift: 'changed' },
  replace: { plan: 'to make anew', done: 'made anew', drift: 'another' },
  delete: { plan: 'to delete', done: 'deleted', drift: 'gone' },
};

export const doneWord = (act: CloudAct): string => verbs[act].done;

export const shownThing = ({ name, noun }: CloudThing): string => [name, noun].filter((word) => word !== '').join(' ');

/** The disks on which an orchestrator keeps its jobs, results and keys. */
const holdsData = ({ type }: CloudChange): boolean => /^(?:aws:ebs\/volume|gcp:compute\/disk):/.test(type);

type Line = { readonly mark: string; readonly subject: string; readonly what: string; readonly effect: string };

/** So many words of a kind a line shows, and so many lines that are alike stand for themselves. */
const most = { nouns: 5, alike: 2 } as const;

const shortened = (nouns: readonly string[]): string =>
  nouns.length > most.nouns + 1
    ? `${nouns.slice(0, most.nouns).join(', ')} and ${nouns.length - most.nouns} more`
    : nouns.join(', ');

/** What is made or deleted, a line for each name: `network  vpc`. Names with the same nouns share one. */
function grouped(changes: readonly CloudChange[], mark: string): readonly Line[] {
  const nounsOf = new Map<string, readonly string[]>();
  for (const { name, noun } of changes) nounsOf.set(name, [...(nounsOf.get(name) ?? []), noun].sort());
  const byNouns = Map.groupBy([...nounsOf.keys()].sort(), (name) => shortened(nounsOf.get(name) ?? []));
  return [...byNouns].flatMap(([what, names]) => {
    const [first = ''] = names;
    const subjects = names.length > most.alike ? [`${first} … (${names.length})`] : names;
    return subjects.map((subject) => ({ mark, subject, what, effect: '' }));
  });
}

function single({ act, keys, name, noun }: CloudChange): Line {
  const which = keys.join(', ');
  const effect = act !== 'replace' ? which : `made anew${which === '' ? '' : `: ${which}`}`;
  return { mark: marks[act], subject: name, what: noun, effect };
}

function linesOf(act: CloudAct, changes: readonly CloudChange[]): readonly Line[] {
  const lines = act === 'create' || act === 'delete' ? grouped(changes, marks[act]) : changes.map(single);
  return [...lines].sort((a, b) => (a.subject < b.subject ? -1 : 1));
}

function table(lines: readonly Line[]): string {
  const width = (cell: (line: Line) => string, limit: number): number =>
    Math.min(limit, Math.max(0, ...lines.map((line) => [...cell(line)].length)));
  const subjects = width(({ subject }) => subject, 28);
  const whats = width(({ effect, what }) => (effect === '' ? '' : what), 32);
  return lines
    .map(({ effect, mark, subject, what }) =>
      `  ${mark} ${subject.padEnd(subjects)}  ${what.padEnd(whats)}  ${effect}`.trimEnd(),
    )
    .join('\n');
}

/** The plan, what comes before what goes; a disk with data that goes is said by a line of its own. */
export function changesText(changes: readonly CloudChange[]): string {
  const lines = order.flatMap((act) =>
    linesOf(
      act,
      changes.filter((change) => change.act === act),
    ),
  );
  const lost = changes
    .filter((change) => holdsData(change) && (change.act === 'delete' || change.act === 'replace'))
    .map(
      ({ name, noun }): Line => ({
        mark: '!',
        subject: name,
        what: noun,
        effect: 'jobs, results and keys on it are lost',
      }),
    );
  return table([...lines, ...lost]);
}

/** `54 to make, 1 to change; 40 stay as they are`; empty where nothing happens. */
export function countsText(changes: readonly CloudChange[], unchanged: number, tense: Tense): string {
  const counts = order.flatMap((act) => {
    const count = changes.filter((change) => change.act === act).length;
    return count === 0 ? [] : [`${count} ${verbs[act][tense]}`];
  });
  const rest = unchanged === 0 ? [] : [`${unchanged} ${tense === 'plan' ? 'stay as they are' : 'as they were'}`];
  return [counts.join(', '), ...rest].filter((part) => part !== '').join('; ');
}

export const secondsText = (seconds: number): string => `${seconds.toFixed(1)} s`;
