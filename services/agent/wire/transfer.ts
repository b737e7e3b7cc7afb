// How do a job's files come and go? Streamed, so that their size never matters to the agent's memory.
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { agentPaths } from '../../protocol/agent-paths.ts';
import type { InputFile, LeaseName, OutputFile } from '../../protocol/index.ts';
import { BadInput, placeOf, writeInput } from '../spool/input-file.ts';
import { type Client, isDone } from './client.ts';

const route = (kind: 'inputs' | 'artifacts', { job, fence }: LeaseName, digest: string): string =>
  `${agentPaths[kind]}/${encodeURIComponent(job)}/${digest}?fence=${encodeURIComponent(fence)}`;

/** The disk says that this path cannot be: a file where a folder must be, a name that is too long. */
const isPathTrouble = (error: unknown): boolean =>
  ['EEXIST', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? '');
const isDiskTrouble = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE'].includes((error as NodeJS.ErrnoException).code ?? '');

/**
 * Brings one input to its place in `work`. Network trouble is waited out until `signal` aborts. Throws BadInput when
 * the job can never run with it, and what the disk throws.
 */
export const fetchInput = async (
  client: Client,
  lease: LeaseName,
  input: InputFile,
  work: string,
  signal: AbortSignal,
): Promise<void> => {
  placeOf(work, input.path);
  for (let failures = 0; !signal.aborted; ) {
    try {
      const head = await client.open(route('inputs', lease, input.digest), { signal, lane: 'bulk' });
      if (head.statusCode === 200) return await writeInput(work, input, head);
      head.resume();
      if ([400, 403, 404, 410].includes(head.statusCode ?? 0)) {
        throw new BadInput(`input ${JSON.stringify(input.path)}: the orchestrator answered ${head.statusCode}`);
      }
    } catch (error) {
      if (isPathTrouble(error))
        throw new BadInput(`input ${JSON.stringify(input.path)} cannot be placed`, { cause: error });
      if (error instanceof BadInput || isDiskTrouble(error)) throw error;
    }
    failures = await client.pause(failures, signal);
  }
};

/** Sends one output, unless the orchestrator holds its content already. The answer is null, or why it was refused. */
export const sendOutput = async (
  client: Client,
  lease: LeaseName,
  output: OutputFile,
  work: string,
  signal: AbortSignal,
): Promise<string | null> => {
  const path = route('artifacts', lease, output.digest);
  if (output.size > 64 * 1024) {
    const known = await client.insist('HEAD', path, () => undefined, signal);
    if (known === null || isDone(known)) return null;
  }
  const stream = () => ({ stream: createReadStream(join(work, output.path)), length: output.size });
  const answer = await client.insist('PUT', path, stream, signal);
  return answer === null || isDone(answer) ? null : `status ${answer.status}${answer.code ? ` ${answer.code}` : ''}`;
};
