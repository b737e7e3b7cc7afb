// What happens to one attempt, from its accepted offer to the acknowledged report?
import type { LeaseName, Offer } from '../protocol/index.ts';
import type { AttemptParts } from './attempt-parts.ts';
import { markerOf } from './core/leases.ts';
import { reasonOf } from './core/log.ts';
import type { ResultRecord } from './core/records.ts';
import { type StopReason, StopRequest } from './core/stop-request.ts';
import { deliver } from './delivery.ts';
import { bareResult, execute } from './execution.ts';
import {
  type AttemptFolder,
  createAttemptFolder,
  type Leftover,
  removeAttemptFolder,
  writeResult,
} from './spool/attempt-folder.ts';
import { type LogShipper, shipLog } from './wire/log-shipper.ts';

export class Attempt {
  readonly lease: LeaseName;
  readonly marker: string;
  progress: unknown;
  /** True while a process may run: only then the lease's deadline counts. */
  executing = false;
  readonly #parts: AttemptParts;
  readonly #stop = new StopRequest();
  /** Aborts when nothing may be sent any more: the lease is someone else's. */
  readonly #gone = new AbortController();

  constructor(parts: AttemptParts, { job, fence }: LeaseName) {
    this.#parts = parts;
    this.lease = { job, fence };
    this.marker = markerOf(this.lease);
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  stop(reason: StopReason, graceMs: number): void {
    this.#stop.ask(reason, graceMs);
  }

  /** Stops the job and forgets the lease: its reports would be refused. */
  drop(graceMs: number): void {
    this.#gone.abort();
    this.stop({ cause: 'fenced', detail: null }, graceMs);
  }

  /** Runs an accepted offer. Resolves when its result is acknowledged, refused as stale, or dropped. */
  async run(offer: Offer): Promise<void> {
    const { jobsFolder, executor, log } = this.#parts;
    const handedBack = (error: unknown): ResultRecord => {
      // This machine's trouble, not the job's: it runs elsewhere and spends no retry.
      log.error('job handed back', { ...this.lease, reason: reasonOf(error) });
      return bareResult('drained', `handed back: ${reasonOf(error)}`);
    };
    this.executing = true;
    let folder: AttemptFolder;
    try {
      folder = await createAttemptFolder(jobsFolder, { ...this.lease, cgroup: executor.cgroupOf(this.marker) });
    } catch (error) {
      this.executing = false;
      return this.#report(null, handedBack(error), null);
    }
    const shipper = this.#shipper(folder);
    const progressed = (progress: unknown) => {
      this.progress = progress;
      this.#parts.progressed();
    };
    const watcher = { grown: shipper.wake, progressed };
    const result = await execute(this.#parts, offer, folder, this.#stop, watcher).catch(handedBack);
    this.executing = false;
    await this.#finish(folder, result, shipper);
  }

  /** Goes on with what an earlier agent left: its result, or the fact that it died in the middle. */
  async resume({ folder, result }: Leftover): Promise<void> {
    const died = bareResult('agent_died', 'the agent died while it ran this job');
    await this.#finish(folder, result ?? died, this.#shipper(folder));
  }

  #shipper(folder: AttemptFolder): LogShipper {
    const { client, clock } = this.#parts;
    return shipLog(client, clock, { ...this.lease, file: folder.log }, this.gone);
  }

  async #finish(folder: AttemptFolder, result: ResultRecord, shipper: LogShipper): Promise<void> {
    const { log } = this.#parts;
    const trouble = (message: string) => (error: unknown) =>
      log.error(message, { ...this.lease, reason: reasonOf(error) });
    if (!this.gone.aborted) await writeResult(folder, result).catch(trouble('the result could not be kept on disk'));
    await this.#report(folder, result, shipper);
    await removeAttemptFolder(folder).catch(trouble('the folder of the attempt could not be removed'));
  }

  async #report(folder: AttemptFolder | null, result: ResultRecord, shipper: LogShipper | null): Promise<void> {
    if (!this.gone.aborted) await deliver(this.#parts, this.lease, folder, result, shipper, this.gone);
  }
}
