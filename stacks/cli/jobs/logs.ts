// What did a job print? Its bytes as they are into a pipe, without control characters on a terminal.
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobView } from '../../../services/protocol/index.ts';
import type { Client } from '../../drivers/orchestrator.ts';
import { plain } from '../text.ts';
import { type Command, exitCodes, Failure, type Io } from '../types.ts';
import { hasEnded } from './wait.ts';

type Options = { readonly follow?: true; readonly attempt?: string };

/** A queued job has no log yet; asking more often would not make it start. */
const queuedPollMs = 300;

async function runLogs(io: Io, id: string, options: Options): Promise<number> {
  if (options.attempt !== undefined && !/^[1-9]\d{0,8}$/.test(options.attempt)) {
    throw new Failure(
      exitCodes.badInput,
      `--attempt: expected a number from 1 on, got ${JSON.stringify(options.attempt)}`,
    );
  }
  const { withClient } = await import('../api.ts');
  return withClient(io, async (client) => {
    const write = writer(io);
    const chosen = options.attempt === undefined ? null : Number(options.attempt);
    if (!options.follow) {
      const attempt = chosen === null ? '' : `&attempt=${chosen}`;
      for await (const chunk of await client.download(`/api/v1/jobs/${encodeURIComponent(id)}/logs?offset=0${attempt}`))
        await write(chunk);
      return exitCodes.done;
    }
    await follow(io, client, id, chosen, write);
    return exitCodes.done;
  });
}

/** Attempt after attempt until the job has ended; a cut connection goes on where it was cut. */
async function follow(
  io: Io,
  client: Client,
  id: string,
  chosen: number | null,
  write: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  let attempt = chosen ?? 0;
  for (let offset = 0; ; ) {
    const job = await client.call<JobView>('GET', `/api/v1/jobs/${encodeURIComponent(id)}`);
    const latest = job.attempts.at(-1)?.number ?? 0;
    if (chosen === null && latest > attempt) {
      if (attempt > 0) io.stderr.write(`muster: attempt ${latest} begins\n`);
      attempt = latest;
      offset = 0;
    }
    if (attempt > 0) {
      try {
        const log = await client.download(`/api/v1/jobs/${job.id}/logs?offset=${offset}&attempt=${attempt}&follow=1`);
        for await (const chunk of log as AsyncIterable<Buffer>) {
          await write(chunk);
          offset += chunk.length;
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
        continue;
      }
    }
    const isLast =
      hasEnded(job) || (chosen !== null && job.attempts.some((one) => one.number === chosen && one.endedAt));
    if (isLast) return;
    await sleep(queuedPollMs);
  }
}

/** Waits for a slow reader, so that a long log is never held in memory. */
function writer({ stdout }: Io): (chunk: Buffer) => Promise<void> {
  const decoder = new StringDecoder('utf8');
  return async (chunk) => {
    const shown = stdout.isTTY ? plain(decoder.write(chunk)) : chunk;
    if (!stdout.write(shown)) await new Promise<void>((resolve) => stdout.once('drain', () => resolve()));
  };
}

export function addLogs(jobs: Command, io: Io, exit: (code: number) => void): void {
  jobs
    .command('logs')
    .argument('<ID>', 'the job; a unique prefix is enough')
    .description('what the job printed')
    .option('-f, --follow', 'go on until the job has ended')
    .option('--attempt <N>', 'an earlier attempt (default: the latest)')
    .action(async (id: string, options: Options) => exit(await runLogs(io, id, options)));
}
