// Which worker classes could take what is queued, how much is it, and how long has it waited?
import { labelMisfit, labelsOf, misfit } from './matching.ts';
import { classOf } from './supply.ts';
import type { Job, State, Worker } from './types.ts';

/** What waits for a class: a job counts once under each class that could take it. */
export type Waiting = { readonly jobs: number; readonly oldestMs: number };

/** What is known of a class beside its workers. */
export type KnownClass = { readonly name: string; readonly labels: Readonly<Record<string, string>> };

/** No class could take these jobs. */
const nobody = 'none';
/** Nobody asked who could take these: there were too many different needs. */
const unknown = 'unknown';
/** A comparison takes some microseconds, and the orchestrator does nothing else meanwhile. */
const mostComparisons = 10_000;

type Need = { readonly spec: Job['spec']; jobs: number; since: number };
type Taker = { readonly name: string; readonly takes: (spec: Job['spec']) => boolean };

/** When the job came to the queue, for the first time or again; milliseconds since 1970. */
export const queuedSince = (job: Job): number => job.attempts.at(-1)?.endedAt ?? job.submittedAt;

/** By class, each known one included, and `none`. Drained and offline workers count: they could take a job later. */
export function demand(state: State, classes: readonly KnownClass[], wall: number): ReadonlyMap<string, Waiting> {
  const takers = takersOf(state, classes);
  const found = new Map([...takers.map(({ name }) => name), nobody].map((name) => [name, { jobs: 0, oldestMs: 0 }]));
  let comparisons = 0;
  const takersFor = (spec: Job['spec']): ReadonlySet<string> => {
    const names = new Set<string>();
    for (const { name, takes } of takers) {
      if (names.has(name)) continue;
      if (++comparisons > mostComparisons) return new Set([unknown]);
      if (takes(spec)) names.add(name);
    }
    return names.size > 0 ? names : new Set([nobody]);
  };
  for (const { spec, jobs, since } of needsOf(state)) {
    for (const name of takersFor(spec)) {
      const before = found.get(name) ?? { jobs: 0, oldestMs: 0 };
      found.set(name, { jobs: before.jobs + jobs, oldestMs: Math.max(before.oldestMs, wall - since) });
    }
  }
  return found;
}

/** Queued jobs that ask for the same are looked at once. */
function needsOf(state: State): Iterable<Need> {
  const needs = new Map<string, Need>();
  for (const id of state.queue) {
    const job = state.jobs.get(id) as Job;
    const { spec } = job;
    const key = `${spec.gpus} ${spec.cpus} ${spec.memoryMiB} ${labelsKey(spec.labels)}`;
    const need = needs.get(key);
    const since = queuedSince(job);
    if (!need) needs.set(key, { spec, jobs: 1, since });
    else {
      need.jobs++;
      need.since = Math.min(need.since, since);
    }
  }
  return needs.values();
}

/** Labels hold no control character, so a line's end parts them. */
const labelsKey = (labels: Readonly<Record<string, string>>): string => {
  let key = '';
  for (const name in labels) key += `${name}\n${labels[name]}\n`;
  return key;
};

/** Workers that are alike are one taker; a class without any worker that has connected is judged by its labels. */
function takersOf(state: State, classes: readonly KnownClass[]): readonly Taker[] {
  const alike = new Map<string, Worker>();
  for (const worker of state.workers.values()) {
    const { capacity } = worker;
    if (!capacity || worker.kind === 'compatible') continue;
    const size = `${capacity.cpus} ${capacity.memoryMiB} ${capacity.gpus.length}`;
    alike.set(`${classOf(worker)} ${size} ${labelsKey(labelsOf(worker))}`, worker);
  }
  const takers: Taker[] = [...alike.values()].map((worker) => ({
    name: classOf(worker),
    takes: (spec) => misfit(spec, worker) === null,
  }));
  const seen = new Set(takers.map(({ name }) => name));
  for (const { name, labels } of classes)
    if (!seen.has(name)) takers.push({ name, takes: (spec) => labelMisfit(spec, labels) === null });
  return takers;
}
