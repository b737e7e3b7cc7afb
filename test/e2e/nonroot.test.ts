// Does a user without any rights get a whole cluster too? As nobody, with a home of his own, without Docker.
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { JobView, WorkerList } from '../../services/protocol/index.ts';
import { Clone, eventually, type Said } from '../support/clone.ts';
import { type HostProcess, hostProcesses } from '../support/host-processes.ts';
import { asNobody, giveToNobody, nobody, whyNotNobody } from '../support/unprivileged.ts';

const why = whyNotNobody();
const options = why === null ? {} : { skip: why };
let clone: Clone;

before(async () => {
  if (why !== null) return;
  clone = await Clone.make('embedded');
  giveToNobody(clone.folder);
});
after(async () => {
  if (why === null) await clone.remove();
});

function run(...command: string[]): Promise<Said> {
  const [program, args] = asNobody(...command);
  const PATH = `${join(clone.folder, 'bin')}:${process.env.PATH}`;
  return clone.run(program, args, { HOME: clone.folder, PATH });
}
const muster = (...words: string[]): Promise<Said> => run('node', 'stacks/cli/muster.js', ...words);
const ours = (): HostProcess[] => hostProcesses().filter(({ environment }) => environment.includes(clone.home));

test('make up-workers EMBEDDED=1 works for a user without rights, whose processes are his', options, async () => {
  const up = await run('make', 'up-workers', 'EMBEDDED=1');
  strictEqual(up.code, 0, up.stderr + up.stdout);
  for (const name of ['worker-01', 'worker-02', 'worker-03']) match(up.stdout, new RegExp(`^${name} +idle`, 'm'));
  ok(ours().length >= 5, 'orchestrator, three agents, supervisor');
  deepStrictEqual([...new Set(ours().map(({ pid }) => statSync(`/proc/${pid}`).uid))], [nobody]);
});

test('how well jobs are held together is reported, not assumed', options, async (t) => {
  const { workers } = await clone.get<WorkerList>('/api/v1/workers');
  const kinds = [...new Set(workers.map(({ isolation }) => isolation))];
  t.diagnostic(`isolation: ${kinds}`);
  deepStrictEqual(kinds.length, 1);
  ok(kinds[0] === 'process-group' || kinds[0] === 'cgroup', String(kinds[0]));
  match((await muster('workers', 'show', 'worker-01')).stdout, new RegExp(kinds[0]));
});

test('word-count counts for a user without rights', options, async () => {
  const counted = await run('make', 'word-count');
  strictEqual(counted.code, 0, counted.stderr);
});

test('cancel ends children that left their session and their parent, without a cgroup too', options, async () => {
  const mark = `87654.${clone.port}`;
  const script = `setsid sh -c 'sleep ${mark} & sleep ${mark}' & (setsid sleep ${mark} &) & sleep ${mark}`;
  const submitted = await muster('jobs', 'submit', '--json', '--', 'sh', '-c', script);
  strictEqual(submitted.code, 0, submitted.stderr);
  const { id } = JSON.parse(submitted.stdout) as JobView;
  const children = (): HostProcess[] => hostProcesses().filter(({ command }) => command.includes(mark));
  await eventually('the children run', async () => children().length >= 4);
  strictEqual((await muster('jobs', 'cancel', id)).code, 0);
  await eventually(
    'it is cancelled',
    async () => (await clone.get<JobView>(`/api/v1/jobs/${id}`)).state === 'cancelled',
  );
  deepStrictEqual(children(), []);
});

test('make down leaves no process of a user without rights', options, async () => {
  const down = await run('make', 'down');
  strictEqual(down.code, 0, down.stderr);
  deepStrictEqual(
    ours().map(({ command }) => command),
    [],
  );
});
