// How does a test join a machine by the secret of its class? As a rented machine does: with an authority in a file.
import type { Inviting } from './inviting.ts';

export type ClassLine = {
  /** Of the class; its own without. */
  readonly token?: string;
  /** Where the installer lies on that machine, and the authority. */
  readonly script: string;
  readonly ca: string;
  readonly agentSha256?: string;
  readonly options?: string;
};

/** The class of the test's orchestrator. */
export const className = 'worker-01';

export const classLine = ({ bench }: Inviting, { agentSha256, ca, options, script, token }: ClassLine): string =>
  [
    `token=${token ?? bench.classSecret(className)}`,
    agentSha256 === undefined ? '' : `agent_sha256=${agentSha256}`,
    `sh ${script} --url ${bench.running.url} --ca ${ca} --class ${className}`,
    options ?? '',
  ].join(' ');
