// What became of every job? Judged from what the jobs wrote themselves, what the API says, and the audit (reliability e3).
import type { AttemptView, JobState } from '../../services/protocol/index.ts';

/** One line that a job wrote: it starts, or it comes to its end. */
export type WitnessLine = { readonly mark: 'S' | 'E'; readonly job: string; readonly attempt: string };

/** What the checker reads of a job, of `JobView`. */
export type SeenJob = {
  readonly id: string;
  readonly name: string | null;
  readonly state: JobState;
  readonly attempts: readonly Pick<AttemptView, 'cause'>[];
};

export type SeenAudit = { readonly action: string; readonly target: string };

export type Evidence = {
  /** Name of each job that a client tried to submit, with the id it was told; null where no answer came. */
  readonly submitted: ReadonlyMap<string, string | null>;
  readonly lines: readonly WitnessLine[];
  /** Everything that the API lists after the drain. */
  readonly jobs: readonly SeenJob[];
  readonly audit: readonly SeenAudit[];
};

export type Verdict = {
  /** Acked, and not terminal, not listed, or succeeded without ever having come to its end. */
  readonly lost: readonly string[];
  /** Terminal, or executed, and never submitted. */
  readonly unexpected: readonly string[];
  /** Two jobs for one submit, or more than one accepted completion. */
  readonly duplicated: readonly string[];
  /** Not terminal when everything has healed. */
  readonly stuck: readonly string[];
  /** Never acked, yet there: allowed. */
  readonly recovered: readonly string[];
  /** Starts beyond the first of each job: allowed, counted. */
  readonly reexecutions: number;
};

const terminal: readonly JobState[] = ['succeeded', 'failed', 'cancelled'];

/** Lines as jobs append them: `S <job> <attempt>`; a line that a kill cut off is left out. */
export function parseWitness(text: string): WitnessLine[] {
  return [...text.matchAll(/^([SE]) (\S+) (\S+)\n/gm)].map(([, mark, job = '', attempt = '']) => ({
    mark: mark === 'S' ? 'S' : 'E',
    job,
    attempt,
  }));
}

/** Pure. Names of jobs where they have one, else ids. */
export function judge({ audit, jobs, lines, submitted }: Evidence): Verdict {
  const listed = new Map(jobs.map((job) => [job.id, job]));
  const acked = [...submitted].filter((entry): entry is [string, string] => entry[1] !== null);
  const ackedIds = new Set(acked.map(([, id]) => id));
  const ended = new Set(lines.filter(({ mark }) => mark === 'E').map(({ job }) => job));
  const starts = count(lines.filter(({ mark }) => mark === 'S').map(({ job }) => job));
  const names = count(jobs.map(({ id, name }) => name ?? id));
  const completions = count(audit.filter(({ action }) => action === 'job.ended').map(({ target }) => target));
  const isTerminal = ({ state }: SeenJob): boolean => terminal.includes(state);
  const twice = ({ id, attempts }: SeenJob): boolean =>
    (completions.get(id) ?? 0) > 1 || attempts.filter(({ cause }) => cause === 'succeeded').length > 1;

  return {
    lost: acked
      .filter(([, id]) => {
        const job = listed.get(id);
        return !job || (job.state === 'succeeded' && !ended.has(id)) || (isTerminal(job) && !completions.has(id));
      })
      .map(([name]) => name),
    unexpected: [
      ...jobs.filter(({ name }) => name === null || !submitted.has(name)).map(({ id }) => id),
      ...[...starts.keys()].filter((id) => !listed.has(id) && !ackedIds.has(id)),
    ],
    duplicated: [
      ...[...names].filter(([, times]) => times > 1).map(([name]) => name),
      ...jobs.filter(twice).map(({ id, name }) => name ?? id),
    ],
    stuck: jobs.filter((job) => !isTerminal(job)).map(({ id, name }) => name ?? id),
    recovered: jobs
      .filter(({ id, name }) => name !== null && submitted.get(name) === null && !ackedIds.has(id))
      .map(({ name }) => name as string),
    reexecutions: [...starts.values()].reduce((sum, times) => sum + times - 1, 0),
  };
}

function count(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
