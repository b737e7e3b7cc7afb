// Which daemons should run, and which do? Brings the second in line with the first, touching only what differs.
import {
  argsOf,
  childHash,
  ended,
  type MarkedProcess,
  markedProcesses,
  principal,
  signal,
} from '../../stacks/drivers/processes.ts';
import type { Child } from '../../stacks/plans/types.ts';
import { type Kept, keepAlive, type Surroundings } from './keep.ts';

export type Supervisor = {
  /** From now on these run: unchanged ones go on, others are stopped or started. Calls queue up. */
  apply(children: readonly Child[]): Promise<void>;
  /** Workers first, then services, so that what they still report is heard. */
  stop(): Promise<void>;
};

/** How long a process of an earlier supervisor that has no place any more gets to end. */
const strayStopMs = 35_000;

export function createSupervisor(around: Surroundings): Supervisor {
  let kept: readonly Kept[] = [];
  let first = true;
  let queue = Promise.resolve();

  async function bring(wanted: readonly Child[]): Promise<void> {
    const living = first ? markedProcesses(around.home) : [];
    first = false;
    const adoptable = (child: Child) => {
      const found = principal(living, child.name, argsOf(child));
      return found?.hash === childHash(child) ? found : null;
    };
    const adopted = new Map(wanted.map((child) => [child.name, adoptable(child)]));
    await endStrays(
      living,
      [...adopted.values()].filter((one) => one !== null),
    );

    const same = kept.filter((one) => wanted.some((child) => childHash(child) === childHash(one.child)));
    await stopInOrder(kept.filter((one) => !same.includes(one)));
    const missing = wanted.filter(({ name }) => !same.some((one) => one.child.name === name));
    kept = [...same, ...missing.map((child) => keepAlive(child, around, adopted.get(child.name) ?? null))];
  }

  async function endStrays(living: readonly MarkedProcess[], adopted: readonly MarkedProcess[]): Promise<void> {
    const names = new Set(adopted.map(({ name }) => name));
    const strays = living.filter(({ name, pid }) => pid !== process.pid && name !== 'supervisor' && !names.has(name));
    for (const stray of strays) signal(stray, 'SIGTERM');
    if (strays.length > 0)
      around.say(`ending what an earlier supervisor left: ${[...new Set(strays.map((one) => one.name))].join(', ')}`);
    if (await ended(strays, strayStopMs)) return;
    for (const stray of strays) signal(stray, 'SIGKILL');
    await ended(strays, strayStopMs);
  }

  const next = (work: () => Promise<void>) => {
    queue = queue.then(work);
    return queue;
  };
  return {
    apply: (children) => next(() => bring(children)),
    stop: () =>
      next(async () => {
        await stopInOrder(kept);
        kept = [];
      }),
  };
}

async function stopInOrder(kept: readonly Kept[]): Promise<void> {
  for (const role of ['worker', 'service', 'orchestrator'] as const) {
    await Promise.all(kept.filter(({ child }) => child.role === role).map((one) => one.stop()));
  }
}
