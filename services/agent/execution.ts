// What happens between an accepted offer and the end of the job's last process? Inputs, process, output, outcome.
import { constants } from 'node:os';
import type { Offer } from '../protocol/index.ts';
import type { AttemptParts } from './attempt-parts.ts';
import { jobEnvironment } from './core/environment.ts';
import { markerOf } from './core/leases.ts';
import { reasonOf } from './core/log.ts';
import { type ResultRecord, sentence } from './core/records.ts';
import type { StopRequest } from './core/stop-request.ts';
import { CannotStart, type Ended, type JobProcess, type RunningJob } from './executors/types.ts';
import { readProgress, watchProgress } from './progress.ts';
import type { AttemptFolder } from './spool/attempt-folder.ts';
import { BadInput } from './spool/input-file.ts';
import { drainToFile } from './spool/log-file.ts';
import { findOutputs } from './spool/outputs.ts';
import { fetchInput } from './wire/transfer.ts';

type Outcome = Pick<ResultRecord, 'cause' | 'exitCode' | 'detail'>;

/** An end without files. */
export const bareResult = (cause: ResultRecord['cause'], detail: string | null): ResultRecord => ({
  cause,
  detail: detail === null ? null : sentence(detail),
  exitCode: null,
  outputs: [],
  progress: null,
});

const lateSeconds = 60;

const processOf = (parts: AttemptParts, offer: Offer, folder: AttemptFolder): JobProcess => ({
  marker: markerOf(offer),
  command: offer.spec.command,
  folder: folder.job,
  work: folder.work,
  pipe: folder.pipe,
  memoryMiB: offer.spec.memoryMiB,
  cpus: offer.spec.cpus,
  // The agent ends it in time; this one is for an agent that cannot.
  seconds: offer.spec.timeoutSeconds === null ? 0 : Math.ceil(offer.spec.timeoutSeconds) + lateSeconds,
  devices: parts.gpuDevices(offer.gpus),
  environment: jobEnvironment(parts.environment, parts.inherit, parts.passOn, offer.spec.environment, {
    marker: markerOf(offer),
    job: offer.job,
    worker: parts.worker(),
    work: folder.work,
    tmp: folder.tmp,
    progressFile: folder.progress,
    gpuVariables: parts.gpuVariables(offer.gpus),
  }),
});

const outcomeOf = (ended: Ended, stop: StopRequest): Outcome => {
  if (stop.reason !== null) return { ...stop.reason, exitCode: null };
  const exitCode = ended.exitCode ?? 128 + (constants.signals[ended.signal as NodeJS.Signals] ?? 0);
  if (ended.outOfMemory) return { cause: 'out_of_memory', exitCode, detail: 'killed by the kernel: out of memory' };
  const detail = ended.signal === null ? null : `killed by ${ended.signal}`;
  return { cause: exitCode === 0 ? 'succeeded' : 'exit', exitCode, detail };
};

/** Null when the job was stopped before it had a process. Throws BadInput, CannotStart, and this machine's trouble. */
const begin = async (
  parts: AttemptParts,
  offer: Offer,
  folder: AttemptFolder,
  stop: StopRequest,
): Promise<RunningJob | null> => {
  const { client, executor } = parts;
  try {
    for (const input of offer.spec.inputs) {
      await fetchInput(client, offer, input, folder.work, stop.signal);
    }
    return stop.reason === null ? await executor.start(processOf(parts, offer, folder)) : null;
  } catch (error) {
    if (stop.reason !== null) return null;
    throw error;
  }
};

/** What a job may tell while it runs. */
export type Watcher = { grown(): void; progressed(progress: unknown): void };

/** Resolves when no process of the job is left and its outputs are hashed. Throws only this machine's own trouble. */
export const execute = async (
  parts: AttemptParts,
  offer: Offer,
  folder: AttemptFolder,
  stop: StopRequest,
  watcher: Watcher,
): Promise<ResultRecord> => {
  const { clock } = parts;
  let running: RunningJob | null;
  try {
    running = await begin(parts, offer, folder, stop);
  } catch (error) {
    if (error instanceof BadInput || error instanceof CannotStart) return bareResult('cannot_start', reasonOf(error));
    throw error;
  }
  if (running === null) return bareResult(stop.reason?.cause ?? 'drained', stop.reason?.detail ?? null);

  stop.whenAsked(running.stop);
  const drained = drainToFile(running.output, folder.log, parts.logLimits, watcher.grown);
  const over = new AbortController();
  const seconds = offer.spec.timeoutSeconds;
  if (seconds !== null) {
    void clock.wait(seconds * 1000, over.signal).then(() => {
      const reason = { cause: 'timeout', detail: `it ran longer than ${seconds} s` } as const;
      if (!over.signal.aborted) stop.ask(reason, parts.graceMs);
    });
  }
  void watchProgress(folder.progress, clock, watcher.progressed, over.signal);
  const ended = await running.ended;
  stop.close();
  over.abort();
  // Nothing holds the pipe any more, except a process that got away from the sweep.
  const patience = new AbortController();
  await Promise.race([drained, clock.wait(2000, patience.signal)]);
  patience.abort();
  running.output.destroy();
  await drained;

  const outcome = outcomeOf(ended, stop);
  const collects = ['succeeded', 'exit', 'timeout', 'out_of_memory'].includes(outcome.cause);
  const { outputs, remarks } = await findOutputs(folder.work, collects ? offer.spec.outputs : []);
  const detail = [outcome.detail, ...remarks].filter((part) => part !== null).join('; ');
  const progress = (await readProgress(folder.progress)) ?? null;
  return { ...outcome, detail: sentence(detail) || null, outputs, progress };
};
