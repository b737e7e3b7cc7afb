// How does a job get in? `muster jobs submit`: flags to a job, its files first, one request for all, safe to repeat.
import { randomUUID } from 'node:crypto';
import type { JobRequest, JobView } from '../../../services/protocol/index.ts';
import type { Client } from '../../drivers/orchestrator.ts';
import { counted, self, writeJson, writeLine } from '../output.ts';
import { type Command, exitCodes, type Io } from '../types.ts';
import type { LocalFile } from './inputs.ts';
import type { SubmitFlags } from './request.ts';

type Options = SubmitFlags & {
  readonly input?: readonly string[];
  readonly each?: string;
  readonly wait?: true;
  readonly json?: true;
};

/** A job as it will be asked for, and the files that it takes along. */
export type Draft = { readonly request: JobRequest; readonly files: readonly LocalFile[] };

const largestBatch = 1000;

/** Uploads the files, then submits all drafts in order; each batch carries a key, so that a repeat makes nothing twice. */
export async function submitDrafts(client: Client, drafts: readonly Draft[]): Promise<readonly JobView[]> {
  const { uploadFiles } = await import('./inputs.ts');
  const held = await uploadFiles(
    client,
    drafts.flatMap(({ files }) => files),
  );
  const requests = drafts.map(({ files, request }) => ({
    ...request,
    inputs: files.map(({ from, path }) => ({ path, ...(held.get(from) as { digest: string; size: number }) })),
  }));
  const views: JobView[] = [];
  for (let at = 0; at < requests.length; at += largestBatch) {
    const jobs = requests.slice(at, at + largestBatch);
    const key = { 'idempotency-key': randomUUID() };
    views.push(...(await client.call<{ jobs: JobView[] }>('POST', '/api/v1/jobs/batch', { jobs }, key)).jobs);
  }
  return views;
}

/** One draft, or one per file of --each, whose path in the job replaces every `{}` of the command. */
async function draftsOf(io: Io, command: readonly string[], options: Options): Promise<readonly Draft[]> {
  const [{ matchingFiles, namedFiles }, { jobRequest }] = await Promise.all([
    import('./inputs.ts'),
    import('./request.ts'),
  ]);
  const named = options.input ?? [];
  if (options.each === undefined) return [{ request: jobRequest(options, command), files: namedFiles(io.cwd, named) }];
  return matchingFiles(io.cwd, options.each).map((each) => {
    const path = namedFiles(io.cwd, [each])[0]?.path ?? each;
    const own = command.map((argument) => argument.replaceAll('{}', () => path));
    return { request: jobRequest(options, own), files: namedFiles(io.cwd, [each, ...named]) };
  });
}

async function runSubmit(io: Io, command: readonly string[], options: Options): Promise<number> {
  const { withClient } = await import('../api.ts');
  const drafts = await draftsOf(io, command, options);
  return withClient(io, async (client) => {
    const submitted = await submitDrafts(client, drafts);
    const show = (jobs: readonly JobView[]) => writeJson(io, options.each === undefined ? jobs[0] : { jobs });
    if (options.wait) {
      const { waitForJobs } = await import('./wait.ts');
      const { jobs, exitCode } = await waitForJobs(io, client, submitted);
      if (options.json) show(jobs);
      return exitCode;
    }
    if (options.json) show(submitted);
    else if (submitted.length === 1) {
      const id = submitted[0]?.id.slice(0, 8);
      writeLine(io, `submitted ${id}`);
      writeLine(io, `next:  ${self} jobs logs -f ${id}    ${self} jobs cancel ${id}`);
    } else {
      writeLine(
        io,
        `submitted ${counted(submitted.length, 'job')}: ${submitted.map(({ id }) => id.slice(0, 8)).join(' ')}`,
      );
      writeLine(io, `next:  ${self} jobs list`);
    }
    return exitCodes.done;
  });
}

export function addSubmit(jobs: Command, io: Io, exit: (code: number) => void): void {
  jobs
    .command('submit')
    .argument('<COMMAND...>', 'program and arguments, after --; no shell reads them')
    .description('give the cluster a job, or one per file')
    .option('--name <S>', 'a name for people')
    .option('--label <k=v...>', 'only on workers with these labels; values are globs')
    .option('--gpus <N>', 'how many GPUs it has for itself')
    .option('--cpus <N>', 'how many CPUs it reserves; 0 shares what is free (default: 1)')
    .option('--memory <S>', 'how much memory it reserves, such as 8GiB')
    .option('--retries <N>', 'how often it is tried again when it fails (default: 3)')
    .option('--timeout <T>', 'the run time of one attempt, such as 90s, 10m, 2h')
    .option('--priority <N>', '0 to 50, higher first (default: 10)')
    .option('--env <k=v...>', 'variables of its environment')
    .option('--input <FILE...>', 'files it takes along: below this folder with their path, else by their name')
    .option('--output <GLOB...>', 'files of its folder to keep: muster jobs fetch brings them')
    .option('--each <GLOB>', 'one job per file; {} in COMMAND is that file')
    .option('--wait', 'until it has ended; the exit code is the job’s, of several the first that failed')
    .option('--json', 'print the job, with --each {jobs}, for programs')
    .addHelpText(
      'after',
      `
Examples:
  muster jobs submit -- uname -a
  muster jobs submit --gpus 1 --label gpu='rtx*' --timeout 2h --output 'out/**' -- python3 train.py
  muster jobs submit --each 'texts/*.txt' --output 'texts/*.count' --wait -- sh -c 'wc -w <"$1" >"$1.count"' sh {}`,
    )
    .action(async (command: string[], options: Options) => exit(await runSubmit(io, command, options)));
}
