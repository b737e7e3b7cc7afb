// How do a job's outputs get here? Streamed to a draft beside their place, checked, then renamed.
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { JobView, OutputFile } from '../../../services/protocol/index.ts';
import { digestFile } from '../../drivers/digest.ts';
import type { Client } from '../../drivers/orchestrator.ts';
import { counted, self, writeJson, writeLine } from '../output.ts';
import { plain } from '../text.ts';
import { type Command, exitCodes, Failure, type Io } from '../types.ts';

type Options = { readonly force?: true; readonly json?: true };

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

/** Throws a Failure when the file would be lost: it is there, and its bytes are not those of the output. */
async function demandUnharmed(path: string, { digest }: OutputFile): Promise<void> {
  if (!existsSync(path) || (await digestFile(path)).digest === digest) return;
  throw new Failure(
    exitCodes.refused,
    `${JSON.stringify(path)} is there already, with another content; nothing was fetched`,
    'name another folder, or replace it with --force',
  );
}

async function runFetch(io: Io, id: string, named: string | undefined, { force, json }: Options): Promise<number> {
  const { withClient } = await import('../api.ts');
  return withClient(io, async (client) => {
    const job = await client.call<JobView>('GET', `/api/v1/jobs/${encodeURIComponent(id)}`);
    const folder = resolve(io.cwd, named ?? `job-${job.id.slice(0, 8)}`);
    const places = job.outputs.map((output) => {
      const path = resolve(folder, output.path);
      if (!path.startsWith(folder + sep)) {
        throw new Failure(exitCodes.failed, `the output ${JSON.stringify(output.path)} would leave ${folder}`);
      }
      return { output, path };
    });
    if (!force) for (const { output, path } of places) await demandUnharmed(path, output);
    for (const { output, path } of places) {
      await fetchOutput(client, job.id, output, path);
      if (!json) writeLine(io, io.stdout.isTTY ? plain(path) : path);
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
    .option('--force', 'replace files that are there with another content')
    .option('--json', 'print {folder, files} for programs')
    .action(async (id: string, folder: string | undefined, options: Options) => {
      exit(await runFetch(io, id, folder, options));
    });
}
