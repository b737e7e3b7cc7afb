// What does a job print into? A named pipe: what spawn makes is a socket, on which a job cannot open /dev/stdout.
import { execFile } from 'node:child_process';
import { constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Makes it anew and opens it for reading, so that no writer has to wait for a reader. */
export const openOutput = async (pipe: string): Promise<Readable> => {
  rmSync(pipe, { force: true });
  await run('mkfifo', ['-m', '600', pipe]);
  return new Socket({ fd: openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK), writable: false });
};
