// How does the new program come to this machine? No byte more than was signed, and none of it is run from here.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { agentPaths } from '../../protocol/agent-paths.ts';
import type { Client } from '../wire/client.ts';
import type { Wanted } from './program-file.ts';

const mostTries = 5;
/** No repetition brings another answer. */
const finalStatuses = [400, 401, 403, 404, 410];
const diskTroubles = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'];

const fetchOnce = async (client: Client, { bytes, sha256 }: Wanted, file: string, signal: AbortSignal) => {
  const head = await client.open(`${agentPaths.program}/${sha256}`, { signal, lane: 'bulk' });
  if (head.statusCode !== 200) {
    head.resume();
    throw Object.assign(new Error(`the orchestrator answered ${head.statusCode}`), { status: head.statusCode });
  }
  const hash = createHash('sha256');
  let length = 0;
  await pipeline(
    head,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        length += chunk.length;
        if (length > bytes) break;
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(file, { flags: 'wx', mode: 0o600 }),
  );
  if (length > bytes) throw new Error(`the program is larger than the ${bytes} bytes that were signed`);
  if (length < bytes) throw new Error(`the program ended after ${length} of ${bytes} bytes`);
  if (hash.digest('hex') !== sha256) throw new Error('the program has another SHA-256 than was signed');
};

/** Throws one sentence, and then nothing is left in its place. */
export const downloadProgram = async (client: Client, wanted: Wanted, file: string, signal: AbortSignal) => {
  for (let tries = 1, failures = 0; ; tries++) {
    try {
      await rm(file, { force: true });
      return await fetchOnce(client, wanted, file, signal);
    } catch (error) {
      await rm(file, { force: true });
      const { code = '', status = 0 } = error as NodeJS.ErrnoException & { readonly status?: number };
      const isFinal = finalStatuses.includes(status) || diskTroubles.includes(code);
      if (isFinal || tries >= mostTries || signal.aborted) throw error;
      failures = await client.pause(failures, signal);
    }
  }
};
