// Which jobs are there, and what about one of them? `jobs list`, `jobs show`, `jobs cancel`.
import { type JobList, type JobView, jobStates } from '../../../services/protocol/index.ts';
import { self, writeJson, writeLine } from '../output.ts';
import { type Command, exitCodes, Failure, type Io } from '../types.ts';

type ListOptions = { readonly state?: string; readonly limit: string; readonly json?: true };

async function runList(io: Io, { json, limit, state }: ListOptions): Promise<number> {
  if (state !== undefined && !(jobStates as readonly string[]).includes(state)) {
    throw new Failure(
      exitCodes.badInput,
      `--state: expected one of ${jobStates.join(' ')}, got ${JSON.stringify(state)}`,
    );
  }
  if (!/^[1-9]\d{0,2}$|^1000$/.test(limit)) {
    throw new Failure(exitCodes.badInput, `--limit: expected a number from 1 to 1000, got ${JSON.stringify(limit)}`);
  }
  const [{ withClient }, { jobTable }] = await Promise.all([import('../api.ts'), import('./text.ts')]);
  return withClient(io, async (client) => {
    const query = new URLSearchParams({ limit, ...(state === undefined ? {} : { state }) });
    const list = await client.call<JobList>('GET', `/api/v1/jobs?${query}`);
    if (json) writeJson(io, list);
    else if (list.jobs.length === 0) writeLine(io, `no jobs\nnext:  ${self} jobs submit -- uname -a`);
    else {
      writeLine(io, jobTable(list.jobs, Date.now()));
      if (list.next !== null) writeLine(io, `older ones are left out: --limit ${Math.min(1000, Number(limit) * 10)}`);
    }
    return exitCodes.done;
  });
}

async function runShow(io: Io, id: string, json: boolean): Promise<number> {
  const [{ withClient }, { jobText }] = await Promise.all([import('../api.ts'), import('./text.ts')]);
  return withClient(io, async (client) => {
    const job = await client.call<JobView>('GET', `/api/v1/jobs/${encodeURIComponent(id)}`);
    if (json) writeJson(io, job);
    else writeLine(io, jobText(job, Date.now()));
    return exitCodes.done;
  });
}

async function runCancel(io: Io, ids: readonly string[], json: boolean): Promise<number> {
  const [{ withClient }, { stateOf }] = await Promise.all([import('../api.ts'), import('./text.ts')]);
  return withClient(io, async (client) => {
    const jobs: JobView[] = [];
    for (const id of ids) {
      const job = await client.call<JobView>('POST', `/api/v1/jobs/${encodeURIComponent(id)}/cancel`);
      jobs.push(job);
      if (!json) writeLine(io, `${job.id.slice(0, 8)} ${stateOf(job)}`);
    }
    if (json) writeJson(io, jobs.length === 1 ? jobs[0] : { jobs });
    return exitCodes.done;
  });
}

export function addList(jobs: Command, io: Io, exit: (code: number) => void): void {
  jobs
    .command('list')
    .description('the newest jobs')
    .option('--state <STATE>', `only those: ${jobStates.join(' ')}`)
    .option('--limit <N>', 'how many', '20')
    .option('--json', 'print {jobs, next} for programs')
    .action(async (options: ListOptions) => exit(await runList(io, options)));
  jobs
    .command('show')
    .argument('<ID>', 'the job; a unique prefix is enough')
    .description('all about one job: its attempts, and why it waits')
    .option('--json', 'print the job for programs: id, name, state, exitCode, attempts …')
    .action(async (id: string, options: { json?: true }) => exit(await runShow(io, id, options.json === true)));
  jobs
    .command('cancel')
    .argument('<ID...>', 'the jobs; unique prefixes are enough')
    .description('end jobs, with all their processes')
    .option('--json', 'print the job, of several {jobs}, for programs')
    .action(async (ids: string[], options: { json?: true }) => exit(await runCancel(io, ids, options.json === true)));
}
