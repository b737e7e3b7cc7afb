// Who works in this state folder? One agent at a time: a second one would end the jobs of the first.
import { constants, fstatSync, openSync } from 'node:fs';
import { createServer } from 'node:net';

/**
 * Holds the folder until this process ends, however it ends: the kernel frees the name. An abstract socket, because
 * Node has no file locks. Rejects with one sentence when another agent of this machine or container has the folder.
 */
export const holdState = (state: string): Promise<void> => {
  // Kept open: of a folder that somebody removes, the kernel would give the number to the next one that is made.
  const { dev, ino } = fstatSync(openSync(state, constants.O_RDONLY | constants.O_DIRECTORY));
  const holder = createServer((caller) => caller.destroy()).unref();
  return new Promise((done, fail) => {
    holder.once('error', (error: NodeJS.ErrnoException) =>
      // Where the kernel has no such names (other than Linux) the folder goes unguarded.
      error.code === 'EADDRINUSE' ? fail(new Error(`another agent is running on ${state}; stop it first`)) : done(),
    );
    holder.listen(`\0muster-agent-${dev}-${ino}`, done);
  });
};
