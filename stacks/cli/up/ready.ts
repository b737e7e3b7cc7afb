// Is the cluster ready for work? The orchestrator answers and every worker that should be there is.
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkerList, WorkerView } from '../../../services/protocol/index.ts';
import { createClient, Refusal, Unreachable } from '../../drivers/orchestrator.ts';
import type { WorkerClass } from '../../index.ts';
import { exitCodes, Failure } from '../types.ts';

export type Wait = {
  readonly url: string;
  readonly key: string;
  readonly limitMs: number;
  /** Told what is waited for, after one second, two, four … */
  readonly onWait: (what: string) => void;
  /** What keeps it from ever getting ready, in one sentence; null while there is hope. Asked now and then. */
  readonly trouble: () => Promise<string | null>;
  /** Where to look when it does not come up. */
  readonly remedy: string;
};

const everyMs = 50;
const troubleEveryMs = 3000;
/** Draining is somebody's wish, and a worker that drains is there. */
const present = new Set(['idle', 'busy', 'draining']);

/** The workers, once all replicas of the classes are there. Throws Failure when the time is up. */
export async function waitUntilReady(classes: readonly WorkerClass[], wait: Wait): Promise<readonly WorkerView[]> {
  const client = createClient({ url: wait.url, key: wait.key, retryMs: 0 });
  const startedAt = performance.now();
  let tellAt = startedAt + 1000;
  let lookAt = startedAt + troubleEveryMs;
  for (;;) {
    const workers = await listed(client);
    const waitsFor = workers === null ? 'the orchestrator' : missingClasses(classes, workers).join(', ');
    if (workers !== null && waitsFor === '') return workers;
    const now = performance.now();
    if (now - startedAt > wait.limitMs) {
      const seconds = Math.round(wait.limitMs / 1000);
      throw new Failure(exitCodes.failed, `${waitsFor} did not get ready within ${seconds} s`, wait.remedy);
    }
    if (now > lookAt) {
      lookAt = now + troubleEveryMs;
      const trouble = await wait.trouble();
      if (trouble !== null) throw new Failure(exitCodes.failed, trouble, wait.remedy);
    }
    if (now > tellAt) {
      tellAt = now + (now - startedAt);
      wait.onWait(`${waitsFor} (${Math.round((now - startedAt) / 1000)} s)`);
    }
    await sleep(everyMs);
  }
}

async function listed(client: ReturnType<typeof createClient>): Promise<readonly WorkerView[] | null> {
  try {
    return (await client.call<WorkerList>('GET', '/api/v1/workers')).workers;
  } catch (error) {
    if (error instanceof Unreachable || (error instanceof Refusal && error.status >= 500)) return null;
    throw error;
  }
}

function missingClasses(classes: readonly WorkerClass[], workers: readonly WorkerView[]): readonly string[] {
  return classes
    .filter(({ name, replicas }) => {
      const there = workers.filter((worker) => worker.class === name && present.has(worker.state));
      return there.length < replicas;
    })
    .map(({ name }) => name);
}
