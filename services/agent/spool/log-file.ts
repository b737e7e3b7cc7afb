// Where does the output of a job go? Into a file, so that a slow or absent orchestrator never blocks the job.
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { Retained } from '../core/retained.ts';

export type LogLimits = { readonly headBytes: number; readonly tailBytes: number };

/**
 * Drains `output` into `file` and calls `grown` after each write. Resolves at the end of the output, when the kept tail
 * has been added. A full disk loses output, never the job.
 */
export const drainToFile = (output: Readable, file: string, limits: LogLimits, grown: () => void): Promise<void> => {
  const retained = new Retained(limits.headBytes, limits.tailBytes);
  const descriptor = openSync(file, 'a', 0o600);
  const write = (bytes: Buffer) => {
    if (bytes.length === 0) return;
    try {
      // Into the page cache: some microseconds, and the order stays without a queue in memory.
      writeSync(descriptor, bytes);
    } catch {
      return;
    }
    grown();
  };
  return new Promise((resolve) => {
    output.on('data', (chunk: Buffer) => write(retained.take(chunk)));
    output.once('error', () => {});
    const end = () => {
      write(retained.rest());
      closeSync(descriptor);
      resolve();
    };
    // A job that prints nothing may be over before anybody listens.
    if (output.closed) end();
    else output.once('close', end);
  });
};
