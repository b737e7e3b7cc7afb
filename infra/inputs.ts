// What do both programs get beside the engine? Everything decided and read, so that they only translate.
import type { Fleet, Group } from './types.ts';

/** What a machine must be told that is known only while the cloud is made. */
export type WorkerPlace = {
  /** Of the orchestrator. */
  readonly url: string;
  /** Under which the machine's role finds the token of its class. */
  readonly secret: string;
};

export type ControlPlace = {
  /** The cloud's names of secrets, by their paths below the secrets folder. */
  readonly secrets: Readonly<Record<string, string>>;
};

export type CloudInputs = {
  readonly fleet: Fleet;
  /** Secrets: by pool, the token of its class. */
  readonly classTokens: Readonly<Record<string, string>>;
  /** Secrets of the control plane by their paths below the secrets folder; empty without one. */
  readonly controlSecrets: Readonly<Record<string, string>>;
  /** User data of a worker: text without a secret. */
  workerData(group: Group, at: WorkerPlace): string;
  /** User data of the control plane; never called without one. */
  controlData(at: ControlPlace): string;
};
