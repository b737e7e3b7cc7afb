// Where do the agent and the program that makes units of jobs meet, and how is everything of one attempt named?

/** Owned by root; the agent's group may write to it. */
export const socketPath = '/run/muster/job-units.sock';

/** How a job ended, one file an attempt, written by root when no process of it is left. */
export const endsFolder = '/run/muster/ended';

/** Folders of running jobs stand here, where only root can move them. */
export const runningFolder = '/var/lib/muster-jobs';

/** States of services with users of their own (DynamicUser); each folder belongs to its service. */
export const stateFolder = '/var/lib/private/muster';
/** What their units call it. */
export const linkFolder = '/var/lib/muster';

export const endFile = (attempt: string): string => `${endsFolder}/${attempt}`;
export const unitOf = (attempt: string): string => `muster-job-${attempt}.service`;

/** It is there while systemd knows the unit. */
export const unitFile = (attempt: string): string => `/run/systemd/transient/${unitOf(attempt)}`;

/** In the folder of the job; read by its first shell. */
export const startFile = 'start';

/** The service of a process, such as `worker-01`, by the unit that systemd put it in; the outermost name counts. */
export const serviceIn = (cgroups: string): string | null =>
  /\/muster-([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)\.service(?:\/|$)/m.exec(cgroups)?.[1] ?? null;
