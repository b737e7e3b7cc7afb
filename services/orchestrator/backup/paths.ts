// What lies where in a state, and in a backup of it?
export const databaseFile = 'muster.db';
export const markFile = 'muster.mark';

export const blobPath = (digest: string): string => `blobs/${digest.slice(0, 2)}/${digest}`;
export const logPath = (name: string): string => `logs/${name}`;
/** `job.attempt`, as logs are called. */
export const logName = /^([A-Za-z0-9_-]{1,100})\.\d{1,9}$/;
