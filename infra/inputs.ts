// What do both programs get beside the engine? Everything decided and read, so that they only translate.
import type { Fleet, Group } from './types.ts';

/** What the control plane must be told that is known only while the cloud is made. */
export type ControlPlace = {
  /** Where its files lie. */
  readonly bucket: string;
  /** The cloud's name of the secret with all that it may know: a JSON object, texts by their paths below the secrets folder. */
  readonly secret: string;
};

/** A file of this machine that the control plane fetches; its name tells its content. */
export type ControlFile = { readonly name: string; readonly path: string };

export type CloudInputs = {
  readonly fleet: Fleet;
  /** Secrets: by pool, the token of its class. */
  readonly classTokens: Readonly<Record<string, string>>;
  /** Secrets of the control plane by their paths below the secrets folder; empty without one. */
  readonly controlSecrets: Readonly<Record<string, string>>;
  /** Empty without a control plane. */
  readonly controlFiles: readonly ControlFile[];
  /** User data of a worker: text without a secret. */
  workerData(group: Group): string;
  /** User data of the control plane, without a secret; never called without one. */
  controlData(at: ControlPlace): string;
};
