// What is a way to run jobs, and what does it promise about their processes?
import type { Readable } from 'node:stream';
import type { Isolation } from '../../protocol/index.ts';

export type JobProcess = {
  readonly marker: string;
  /** Program (looked up on the job's PATH) and arguments. */
  readonly command: readonly string[];
  /** All that the job may change lies in it: its working folder `work`, its pipe, and what its environment names. */
  readonly folder: string;
  readonly work: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A named pipe is made here; everything the job prints goes through it. */
  readonly pipe: string;
  /** 0: no limit. Enforced only where `limits` says nothing against it. */
  readonly memoryMiB: number;
  /** The other limits, 0 without one. Only where the job has a unit of its own. */
  readonly cpus: number;
  readonly seconds: number;
  /** Device files of its GPUs below /dev; where the job has a unit of its own it can open no others. */
  readonly devices: readonly string[];
};

export type Ended = {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly outOfMemory: boolean;
};

export type RunningJob = {
  /** Both output streams in their order; ends when no process of the job holds them any more. */
  readonly output: Readable;
  /** Resolves when the main process has ended and no descendant is left. */
  readonly ended: Promise<Ended>;
  /** TERM now, KILL for everything after `graceMs`. Called again it can only bring the KILL nearer. */
  stop(graceMs: number): void;
};

/** `start` rejects with CannotStart when trying again elsewhere makes no sense. */
export type Executor = {
  readonly isolation: Isolation;
  /** What this machine cannot enforce, one sentence each. */
  readonly limits: readonly string[];
  /** The folder of an attempt's cgroup, to be remembered before the start; null without one. */
  cgroupOf(marker: string): string | null;
  start(job: JobProcess): Promise<RunningJob>;
  /** Ends what an agent that died left behind. */
  clean(marker: string, cgroup: string | null): Promise<void>;
  close(): void;
};

export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/** How the processes of one attempt are held together. */
export type Containment = {
  readonly isolation: Isolation;
  readonly limits: readonly string[];
  /** The cgroup above those of the jobs; null without cgroups. */
  readonly root: string | null;
  cgroupOf(marker: string): string | null;
  /** Makes room for an attempt; the answer is the file into which its first process writes its pid, or null. */
  prepare(marker: string, memoryMiB: number): string | null;
  /** Counts the processes that the kernel killed for memory: of the attempt, or of all of ours where no more is told. */
  outOfMemoryKills(marker: string): number;
  /** Kills until nothing of the attempt is left. `leader` is the pid of its first process, also its session's id. */
  kill(marker: string, leader: number | null): Promise<void>;
  close(): void;
};
