// How does a test look between a decision and its commit? A conductor whose commits are finished by hand.
import type { TestContext } from 'node:test';
import { type Conductor, startConductor } from '../../../../services/orchestrator/conductor.ts';
import type { DurableChange, Rows, Store, StoreFailure } from '../../../../services/orchestrator/store/index.ts';
import { JobSpec } from '../../../../services/protocol/index.ts';
import type { Effect } from '../../../../services/scheduling/index.ts';
import { afterTest } from './cleanup.ts';
import { someWorker } from './rows.ts';

const spec = JobSpec.parse({ command: ['true'] });
export const worker = { ...someWorker, capacity: { cpus: 1, memoryMiB: 100, diskMiB: 100, gpus: [] } };
const { kind, instance, reportedLabels, capacity, isolation, version } = worker;
export const facts = { kind, instance, reportedLabels, capacity, isolation, version };
const times = {
  ...{ heartbeatMs: 1000, ttlMs: 10_000, graceMs: 1000, marginMs: 1000, acceptMs: 5000 },
  ...{ backoffBaseMs: 10, backoffMaxMs: 100 },
};

type Held = { changes: readonly DurableChange[]; finish: () => void; fail: (error: Error) => void };

/** A conductor on a store whose commits are finished by hand, with one connected worker. `invites` are on its disk. */
export const heldConductor = async (t: TestContext, invites: Rows['invites'] = []) => {
  const held: Held[] = [];
  const effects: Effect[] = [];
  const lost: StoreFailure[] = [];
  let isHeld = false;
  let loads = async (): Promise<Rows> => ({ meta: null, jobs: [], workers: [worker], invites, rollout: null });
  let wake = () => {};
  const store: Store = {
    load: () => loads(),
    apply: (changes) =>
      isHeld
        ? new Promise((finish, fail) => {
            held.push({ changes, finish, fail });
            wake();
          })
        : Promise.resolve(),
    close: async () => {},
  };
  const conductor: Conductor = await startConductor({
    store,
    times,
    now: () => ({ mono: performance.now(), wall: 0, random: 0 }),
    tickMs: 3_600_000,
    perform: (effect) => effects.push(effect),
    changed: () => {},
    noted: () => {},
    troubled: () => wake(),
    lost: (failure) => {
      lost.push(failure);
      wake();
    },
  });
  afterTest(t, conductor.stop);
  await conductor.run({ type: 'register', workerId: 'w_1', session: 's1', facts, claims: [] });
  await conductor.run({ type: 'stream', workerId: 'w_1', session: 's1', open: true });
  isHeld = true;
  const nextCommit = async (): Promise<Held> => {
    if (held.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return held.shift() as Held;
  };
  const release = () => {
    isHeld = false;
    for (const each of held.splice(0)) each.finish();
  };
  const failLoads = (failure: StoreFailure) => {
    loads = () => Promise.reject(failure);
  };
  return {
    conductor,
    effects,
    lost,
    failLoads,
    nextCommit,
    release,
    wakeup: () => new Promise<void>((resolve) => (wake = resolve)),
  };
};

/** A submit of one job. */
export const submit = { type: 'submit', jobs: [{ id: 'j1', spec, idempotencyKey: null }] } as const;
