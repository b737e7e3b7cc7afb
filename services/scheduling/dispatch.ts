// Which queued job is offered to which worker? Oldest first within a priority, spread over the freest workers.
import type { Draft } from './draft.ts';
import { crowded, misfit, type Room, roomOf, unavailable } from './matching.ts';
import { reserved } from './rollout.ts';
import type { Attempt, Decision, Job, State, Worker } from './types.ts';

type Place = { readonly worker: Worker; readonly session: string; room: Room };

export function dispatch(draft: Draft): Decision {
  const places = openPlaces(draft);
  // Jobs of one shape fit or do not fit together: a full cluster is not searched again for each of them.
  const hopeless = new Set<string>();
  for (const jobId of places.length === 0 ? [] : draft.state.queue) {
    const job = draft.job(jobId) as Job;
    if (job.notBefore > draft.now.wall) continue;
    const shape = shapeOf(job);
    if (hopeless.has(shape)) continue;
    const place = best(job, places, draft.state);
    if (place) offer(draft, job, place);
    else hopeless.add(shape);
    if (places.every((each) => each.room.jobs < 1)) break;
  }
  return draft.done();
}

const shapeOf = ({ spec, avoid, killed }: Job): string =>
  JSON.stringify([spec.labels, spec.gpus, spec.cpus, spec.memoryMiB, avoid, killed]);

function openPlaces(draft: Draft): Place[] {
  const places: Place[] = [];
  const renewed = reserved(draft.state);
  for (const worker of draft.state.workers.values()) {
    const session = draft.session(worker.id);
    if (!session || renewed.has(worker.id) || unavailable(worker, session, draft.now.mono)) continue;
    const held = [...draft.held(worker.id)].map((id) => draft.job(id) as Job);
    places.push({ worker, session: session.id, room: roomOf(worker, held) });
  }
  return places.sort((a, b) => (a.worker.name < b.worker.name ? -1 : 1));
}

function best(job: Job, places: readonly Place[], state: State): Place | null {
  let found: Place | null = null;
  for (const place of places) {
    if (misfit(job.spec, place.worker) || crowded(job.spec, place.room)) continue;
    if (job.killed.includes(place.worker.id) && othersMay(job, state)) continue;
    if (!found || better(job, place, found)) found = place;
  }
  return found;
}

/** After an agent died under it a job goes elsewhere, if any other connected worker could ever take it. */
function othersMay(job: Job, state: State): boolean {
  for (const worker of state.workers.values()) {
    const session = state.sessions.get(worker.id);
    // One without a stream may be dead itself: to wait for it would hold the job up until its session expires.
    if (!session?.streamOpen || session.left || worker.draining || job.killed.includes(worker.id)) continue;
    if (!misfit(job.spec, worker)) return true;
  }
  return false;
}

/** Not where it failed last, then the fewest spare GPUs, then the largest free share of CPUs; ties go by name. */
function better(job: Job, a: Place, b: Place): boolean {
  const keys = (place: Place): number[] => [
    place.worker.id === job.avoid ? 1 : 0,
    place.room.gpus.length,
    -(place.room.cpus / Math.max(place.worker.capacity?.cpus ?? 1, Number.EPSILON)),
    -place.room.jobs,
  ];
  const left = keys(a);
  const right = keys(b);
  const differs = left.findIndex((key, at) => key !== right[at]);
  return differs >= 0 && (left[differs] as number) < (right[differs] as number);
}

function offer(draft: Draft, job: Job, place: Place): void {
  const { worker, session } = place;
  const gpus = place.room.gpus.slice(0, job.spec.gpus);
  const attempt: Attempt = {
    number: (job.attempts.at(-1)?.number ?? 0) + 1,
    workerId: worker.id,
    workerName: worker.name,
    session,
    fence: draft.nextFence(),
    state: 'offered',
    offeredAt: draft.now.wall,
    startedAt: null,
    endedAt: null,
    cause: null,
    exitCode: null,
    detail: null,
    gpus,
    seq: 0,
  };
  draft.putJob({ ...job, state: 'offered', attempts: [...job.attempts, attempt] });
  draft.setDeadline(job.id, draft.now.mono + draft.times.acceptMs);
  draft.audit('attempt.offered', job.id, {
    worker: worker.id,
    epoch: attempt.fence.epoch,
    counter: attempt.fence.counter,
  });
  draft.effect({ type: 'offer', workerId: worker.id, session, jobId: job.id, fence: attempt.fence, gpus });
  place.room = {
    cpus: place.room.cpus - job.spec.cpus,
    memoryMiB: place.room.memoryMiB - job.spec.memoryMiB,
    gpus: place.room.gpus.slice(job.spec.gpus),
    jobs: place.room.jobs - 1,
  };
}
