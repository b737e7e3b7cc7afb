// Do the verbs for jobs and workers do what they say, with the real daemons?
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import type { JobList, JobView, WorkerCreated, WorkerView } from '../../../services/protocol/index.ts';
import { ownPlace, type Place } from './support.ts';

let place: Place;
before(async () => {
  place = await ownPlace();
  strictEqual((await place.muster('up')).code, 0);
});
after(async () => {
  await place.muster('down');
  place.clear();
});

test('submit --wait gives the exit code of the job', async () => {
  const { code, stderr } = await place.muster('jobs', 'submit', '--retries', '0', '--wait', '--', 'sh', '-c', 'exit 7');
  strictEqual(code, 7);
  match(stderr, /^[0-9a-f]{8} sh {2}failed on worker-0\d: /m);
});

test('a job is shown by the prefix of its id, with its attempts, and its log is what it printed', async () => {
  const job = await place.json<JobView>(
    'jobs',
    'submit',
    '--name',
    'hello',
    '--wait',
    '--',
    'printf',
    'a\\033[31mb\\n',
  );
  deepStrictEqual([job.name, job.state, job.exitCode, job.attempts.length], ['hello', 'succeeded', 0, 1]);
  match((await place.muster('jobs', 'show', job.id.slice(0, 6))).stdout, /^[0-9a-f]{8} hello {3}succeeded, exit 0/);
  strictEqual((await place.muster('jobs', 'logs', job.id)).stdout, 'a\x1b[31mb\n');
  strictEqual((await place.muster('jobs', 'logs', '-f', job.id)).stdout, 'a\x1b[31mb\n');
});

test('--each makes one job per file, whose output comes back; names may hold spaces and letters of any script', async () => {
  mkdirSync(join(place.cwd, 'in dir'));
  writeFileSync(join(place.cwd, 'in dir/ä b.txt'), 'one two three\n');
  writeFileSync(join(place.cwd, 'real.txt'), 'one\n');
  symlinkSync('../real.txt', join(place.cwd, 'in dir/link.txt'));
  const script = 'wc -w <"$1" >"$1.n"';
  const submit = [
    'jobs',
    'submit',
    '--each',
    'in dir/*.txt',
    '--output',
    '**/*.n',
    '--wait',
    '--',
    'sh',
    '-c',
    script,
    'sh',
    '{}',
  ];
  const { jobs } = await place.json<{ jobs: JobView[] }>(...submit);
  deepStrictEqual(
    jobs.map(({ spec }) => spec.inputs.map(({ path }) => path)),
    [['in dir/link.txt'], ['in dir/ä b.txt']],
  );
  const counts = [];
  for (const { id, outputs } of jobs) {
    strictEqual((await place.muster('jobs', 'fetch', id, 'out')).code, 0);
    counts.push(readFileSync(join(place.cwd, 'out', outputs[0]?.path ?? ''), 'utf8').trim());
  }
  deepStrictEqual(counts, ['1', '3']);
});

test('fetch leaves a file alone that has another content, unless it is forced', async () => {
  const submit = ['jobs', 'submit', '--output', '*.txt', '--wait', '--', 'sh', '-c', 'echo new >a.txt'];
  const { id } = await place.json<JobView>(...submit);
  const file = join(place.cwd, 'kept', 'a.txt');
  mkdirSync(dirname(file));
  writeFileSync(file, 'mine\n');
  const refused = await place.muster('jobs', 'fetch', id, 'kept');
  strictEqual(refused.code, 4);
  match(refused.stderr, /a\.txt" is there already, with another content; nothing was fetched\n {3}→ .*--force/);
  strictEqual(readFileSync(file, 'utf8'), 'mine\n');
  strictEqual((await place.muster('jobs', 'fetch', id, 'kept', '--force')).code, 0);
  strictEqual(readFileSync(file, 'utf8'), 'new\n');
  strictEqual((await place.muster('jobs', 'fetch', id, 'kept')).code, 0);
});

test('a cancelled job ends, and the wait for it says so by 130', async () => {
  const waiting = place.muster('jobs', 'submit', '--name', 'long', '--wait', '--', 'sleep', '1000');
  let job: JobView | undefined;
  while (job?.state !== 'running')
    job = (await place.json<JobList>('jobs', 'list')).jobs.find(({ name }) => name === 'long');
  strictEqual((await place.muster('jobs', 'cancel', job.id)).code, 0);
  strictEqual((await waiting).code, 130);
});

test('what is wrong with a submit is told before anything is sent', async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['--memory', '8'], /--memory: expected a size such as 8GiB or 512MB, got "8"/],
    [['--timeout', 'soon'], /--timeout: expected a time such as 90s, 10m or 2h, got "soon"/],
    [['--gpus', '1.5'], /--gpus: expected a whole number from 0 on, got "1.5"/],
    [['--label', 'gpu'], /--label: expected key=value, got "gpu"/],
    [['--input', 'absent'], /--input: cannot read .*absent \(ENOENT\)/],
    [['--input', '.'], /--input: expected a file, got /],
    [['--each', 'absent*'], /--each: no file matches "absent\*"/],
  ];
  for (const [flags, expected] of cases) {
    const { code, stderr } = await place.muster('jobs', 'submit', ...flags, '--', 'true');
    strictEqual(code, 2);
    match(stderr, expected);
  }
});

test('an unknown job is a failure, not a crash', async () => {
  const { code, stderr } = await place.muster('jobs', 'show', 'zzzz');
  deepStrictEqual([code, stderr], [1, 'muster: there is no job zzzz\n']);
});

test('a worker is created with a token that is shown once, drained, undrained and removed', async () => {
  const created = await place.json<WorkerCreated>('workers', 'create', 'extra', '--label', 'size=huge');
  deepStrictEqual(Object.keys(created), ['id', 'name', 'token']);
  const shown = await place.muster('workers', 'show', 'extra', '--json');
  ok(!shown.stdout.includes(created.token));
  deepStrictEqual((JSON.parse(shown.stdout) as WorkerView).labels, { size: 'huge' });
  strictEqual((await place.json<WorkerView>('workers', 'drain', 'worker-01')).draining, true);
  strictEqual((await place.json<WorkerView>('workers', 'undrain', 'worker-01')).draining, false);
  strictEqual((await place.muster('workers', 'remove', 'extra')).code, 0);
  match((await place.muster('workers', 'show', 'extra')).stderr, /there is no worker extra/);
});

test('word-count says what wc -w says, of files that no worker has, on at least two workers', async () => {
  const folder = join(place.cwd, 'texts');
  mkdirSync(folder);
  for (let number = 0; number < 8; number += 1) {
    writeFileSync(join(folder, `größe ${number}.txt`), `Das Maß — 'ist' voll.\u00a0x\n${'wort '.repeat(number)}\n`);
  }
  type Counted = {
    files: { words: number }[];
    total: number;
    words: { word: string; count: number }[];
    workers: string[];
  };
  const counted = await place.json<Counted>('word-count', 'texts', '--top', '2');
  const wc = execFileSync('sh', ['-c', 'wc -w texts/*'], {
    cwd: place.cwd,
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  const expected = wc
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => Number.parseInt(line, 10));
  deepStrictEqual([...counted.files.map(({ words }) => words), counted.total], expected);
  deepStrictEqual(counted.words, [
    { word: 'wort', count: 28 },
    { word: 'das', count: 8 },
  ]);
  ok(counted.workers.length >= 2, `only ${counted.workers}`);
});
