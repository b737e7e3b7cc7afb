// Does an input arrive as the job was promised it: these bytes, at this place inside its folder?
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { InputFile } from '../../protocol/index.ts';

/** The job can never run with what was given. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}

/** Where an input lies. Throws BadInput for a path that leaves `work`. */
export const placeOf = (work: string, path: string): string => {
  const place = resolve(work, path);
  if (path.includes('\0') || !place.startsWith(resolve(work) + sep)) {
    throw new BadInput(`input ${JSON.stringify(path)} would lie outside the job’s folder`);
  }
  return place;
};

/**
 * Streams `body` to its place, hashing as it goes. Throws BadInput when size or SHA-256 differ, and whatever the
 * network or the disk throws. Mode 0700, so that a script can be an input and be started.
 */
export const writeInput = async (work: string, input: InputFile, body: Readable): Promise<void> => {
  const place = placeOf(work, input.path);
  await mkdir(dirname(place), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  let size = 0;
  await rm(place, { force: true });
  await pipeline(
    body,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > input.size) break;
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(place, { flags: 'wx', mode: 0o700 }),
  );
  const digest = hash.digest('hex');
  if (size !== input.size || digest !== input.digest) {
    await rm(place, { force: true });
    const found = size > input.size ? 'more bytes' : `${size} bytes with SHA-256 ${digest}`;
    throw new BadInput(
      `input ${JSON.stringify(input.path)}: expected ${input.size} bytes with SHA-256 ${input.digest}, got ${found}`,
    );
  }
};
