// How do a job's outputs get here? Streamed to a draft beside their place, checked, then renamed.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { JobView, OutputFile } from '../../../services/protocol/index.ts';
import type { Client } from '../../drivers/orchestrator.ts';
import { counted, self, writeJson, writeLine } from '../output.ts';
import { type Command, exitCodes, Failure, type Io } from '../types.ts';

/** Downloads one output to `path`. Throws Failure when the bytes are not those that the job left. */
export async function fetchOutput(client: Client, jobId: string, output: OutputFile, path: string): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  await mkdir(dirname(path), { recursive: true });
  try {
    const hash = createHash('sha256');
    const named = output.path.split('/').map(encodeURIComponent).join('/');
    const bytes = await client.download(`/api/v1/jobs/${jobId}/outputs/${named}`);
    await pipeline(
      bytes,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(draft, { flags: 'wx' }),
    );
    if (hash.digest('hex') !== output.digest) {
      throw new Failure(exitCodes.failed, `${output.path} arrived damaged`, `${self} jobs fetch ${jobId}`);
    }
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

async function runFetch(io: Io, id: string, named: string | undefined, json: boolean): Promise<number> {
  const { withClient } = await import('../api.ts');
  return withClient(io, async (client) => {
    const job = await client.call<JobView>('GET', `/api/v1/jobs/${id}`);
    const folder = resolve(io.cwd, named ?? `job-${job.id.slice(0, 8)}`);
    for (const output of job.outputs) {
      const path = resolve(folder, output.path);
      if (!path.startsWith(folder + sep)) {
        throw new Failure(exitCodes.failed, `the output ${JSON.stringify(output.path)} would leave ${folder}`);
      }
      await fetchOutput(client, job.id, output, path);
      if (!json) writeLine(io, path);
    }
    if (json) writeJson(io, { folder, files: job.outputs });
    else if (job.outputs.length === 0) io.stderr.write(`muster: job ${job.id.slice(0, 8)} has no outputs\n`);
    else io.stderr.write(`muster: fetched ${counted(job.outputs.length, 'file')}\n`);
    return exitCodes.done;
  });
}

export function addFetch(jobs: Command, io: Io, exit: (code: number) => void): void {
  jobs
    .command('fetch')
    .argument('<ID>', 'the job; a unique prefix is enough')
    .argument('[DIR]', 'where to (default: job-<ID> here)')
    .description('bring the outputs of a job here')
    .option('--json', 'print {folder, files} for programs')
    .action(async (id: string, folder: string | undefined, options: { json?: true }) => {
      exit(await runFetch(io, id, folder, options.json === true));
    });
}
