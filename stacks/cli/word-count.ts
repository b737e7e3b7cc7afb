// Does the cluster do real work? `muster word-count [DIR]`: one job per text of a folder, merged into one table.
import { resolve } from 'node:path';
import type { JobView } from '../../services/protocol/index.ts';
import type { Client } from '../drivers/orchestrator.ts';
import { counted, self, shellWord, writeJson, writeLine } from './output.ts';
import { plain } from './text.ts';
import { exitCodes, Failure, type Io, type Verb } from './types.ts';
import type { FileCount } from './word-count/counts.ts';

type Options = { readonly top: string; readonly json?: true };

/** On any Debian machine; some of them are links to others, and each counts. */
const defaultFolder = '/usr/share/common-licenses';

async function runWordCount(io: Io, named: string | undefined, options: Options): Promise<number> {
  const [
    { withClient },
    { submitDrafts },
    { waitForJobs },
    { countingJob, countingLocale, textsIn },
    { mostFrequent },
  ] = await Promise.all([
    import('./api.ts'),
    import('./jobs/submit.ts'),
    import('./jobs/wait.ts'),
    import('./word-count/texts.ts'),
    import('./word-count/counts.ts'),
  ]);
  const top = Number(options.top);
  if (!Number.isInteger(top) || top < 0) {
    throw new Failure(exitCodes.badInput, `--top: expected a whole number, got ${JSON.stringify(options.top)}`);
  }
  const folder = resolve(io.cwd, named ?? defaultFolder);
  const texts = textsIn(folder);
  const startedAt = performance.now();
  return withClient(io, async (client) => {
    const locale = countingLocale(io.env);
    const submitted = await submitDrafts(
      client,
      texts.map((name) => countingJob(io.root, folder, name, locale)),
    );
    io.stderr.write(`muster: ${counted(submitted.length, 'file')} of ${folder}, one job each\n`);
    const { jobs, exitCode } = await waitForJobs(io, client, submitted);
    if (exitCode !== exitCodes.done) return exitCode;
    const counts = await Promise.all(jobs.map((job) => countsOf(client, job)));
    const files = texts.map((name, at) => ({
      path: `${folder}/${name}`,
      words: counts[at]?.words ?? 0,
      worker: jobs[at]?.worker ?? '',
    }));
    const total = files.reduce((sum, { words }) => sum + words, 0);
    const words = mostFrequent(counts, top);
    const workers = [...new Set(files.map(({ worker }) => worker))].sort();
    if (options.json) {
      writeJson(io, { files, total, words, workers });
      return exitCodes.done;
    }
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    writeLine(io, 'most frequent words');
    for (const { count, word } of words) writeLine(io, `${String(count).padStart(8)} ${plain(word)}`);
    writeLine(io, '\nwords per file, as wc -w counts them');
    for (const file of files)
      writeLine(io, `${String(file.words).padStart(8)} ${plain(file.path).replace(/[\n\t]/g, ' ')}`);
    writeLine(io, `${String(total).padStart(8)} total\n`);
    writeLine(io, `${counted(files.length, 'job')} on ${workers.join(' ')} in ${seconds} s`);
    writeLine(io, `next:  wc -w ${shellWord(folder)}/*    ${self} jobs list    make down`);
    return exitCodes.done;
  });
}

async function countsOf(client: Client, job: JobView): Promise<FileCount> {
  const { parseCounts } = await import('./word-count/counts.ts');
  const path = job.outputs[0]?.path;
  if (path === undefined)
    throw new Failure(exitCodes.failed, `job ${job.id} left no counts`, `${self} jobs logs ${job.id}`);
  const chunks: Buffer[] = [];
  for await (const chunk of await client.download(`/api/v1/jobs/${job.id}/outputs/${path}`))
    chunks.push(chunk as Buffer);
  return parseCounts(Buffer.concat(chunks).toString('utf8'));
}

export const wordCount: Verb = (program, io, exit) => {
  program
    .command('word-count')
    .argument('[DIR]', `a folder of texts (default: ${defaultFolder})`)
    .description('an example: count the words of texts on the workers')
    .option('--top <N>', 'how many of the most frequent words', '20')
    .option('--json', 'print {files, total, words, workers} for programs')
    .action(async (folder: string | undefined, options: Options) => exit(await runWordCount(io, folder, options)));
};
