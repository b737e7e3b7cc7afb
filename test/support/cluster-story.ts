// What must a whole cluster do, in whichever form it runs? Told once, run on Docker and embedded.
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { JobList, JobView, WorkerList, WorkerView } from '../../services/protocol/index.ts';
import { Clone, eventually, type Form } from './clone.ts';
import { pidOf, remainsOf } from './clone-processes.ts';
import { hostProcesses } from './host-processes.ts';

const three = ['worker-01', 'worker-02', 'worker-03'];

export function tellClusterStory(form: Form): void {
  let clone: Clone;
  before(async () => {
    clone = await Clone.make(form);
  });
  after(() => clone.remove());

  const workers = async (): Promise<WorkerView[]> => (await clone.get<WorkerList>('/api/v1/workers')).workers;
  const job = (id: string): Promise<JobView> => clone.get<JobView>(`/api/v1/jobs/${id}`);
  const submit = (...args: string[]): Promise<JobView> => clone.ask<JobView>('jobs', 'submit', ...args);
  const inState = (id: string, state: JobView['state']): Promise<JobView> =>
    eventually(`job ${id} is ${state}`, async () => {
      const view = await job(id);
      return view.state === state && view;
    });
  const allIdle = (names = three): Promise<WorkerView[]> =>
    eventually(`${names.join(' ')} are idle`, async () => {
      const list = await workers();
      const idle = list.filter((worker) => worker.state === 'idle').map((worker) => worker.name);
      return names.every((name) => idle.includes(name)) && list;
    });
  const daemon = (name: string): number => pidOf(clone, name);

  test(`make up-workers brings three idle workers, and a second run changes nothing (${form})`, async (t) => {
    const first = await clone.make('up-workers');
    strictEqual(first.code, 0, first.stderr + first.stdout);
    for (const name of three) match(first.stdout, new RegExp(`^${name} +idle`, 'm'));
    deepStrictEqual((await allIdle()).map((worker) => worker.name).sort(), three);
    const before = ['orchestrator', ...three].map(daemon);
    const startedAt = performance.now();
    const second = await clone.make('up-workers');
    t.diagnostic(`second run ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    strictEqual(second.code, 0, second.stderr);
    match(second.stdout + second.stderr, /nothing to change \(3 workers idle\)/);
    deepStrictEqual(['orchestrator', ...three].map(daemon), before);
  });

  test(`every agent says that it is well (${form})`, async () => {
    if (form === 'docker') {
      await eventually('the containers are healthy', async () => {
        const { stdout } = await clone.run('docker', ['compose', 'ps', '--format', '{{.Service}} {{.Health}}']);
        return three.every((name) => stdout.includes(`${name} healthy`));
      });
      return;
    }
    const { health } = await clone.ask<{ health: Record<string, string> }>('status');
    deepStrictEqual(Object.keys(health).sort(), three);
    for (const url of Object.values(health)) strictEqual((await fetch(url)).status, 200, url);
  });

  test(`up brings what runs in line with cluster.yaml, says so, and leaves the rest alone (${form})`, async () => {
    const file = join(clone.folder, 'cluster.yaml');
    const text = readFileSync(file, 'utf8');
    const same = [daemon('worker-01'), daemon('worker-02')];
    writeFileSync(file, text.replace('worker-02:\n', 'worker-02:\n    replicas: 2\n'));
    match((await clone.make('up-workers')).stdout, /^worker-02-2 +idle/m);
    writeFileSync(file, text.replace('size: small', 'size: tiny'));
    const relabelled = await clone.make('up-workers');
    match(relabelled.stdout, /^ {2}stopped +worker-02/m);
    match(relabelled.stdout, /^worker-03 +idle .*size=tiny$/m);
    deepStrictEqual([daemon('worker-01'), daemon('worker-02')], same);
    writeFileSync(file, text);
    match((await clone.make('up-workers')).stdout, /^worker-03 +idle .*size=small$/m);
  });

  test(`word-count equals wc -w over files with spaces and UTF-8 in their names (${form})`, async () => {
    const texts = join(clone.folder, 'my texts');
    mkdirSync(texts);
    const names = ['plain.txt', 'two words.txt', 'größe – ünïcode 😀.txt', "quote's.txt", 'empty.txt', '-dash.txt'];
    names.forEach((name, n) => {
      writeFileSync(
        join(texts, name),
        name === 'empty.txt' ? '' : 'one two  three\n\tfoür\u00a0five '.repeat(n * 500 + 1),
      );
    });
    const said = await clone.ask<{ files: { path: string; words: number }[]; total: number; workers: string[] }>(
      ...['word-count', texts],
    );
    for (const { path, words } of said.files) {
      strictEqual(words, Number(execFileSync('wc', ['-w', '--', path]).toString().trim().split(' ')[0]), path);
    }
    strictEqual(said.files.length, names.length);
    strictEqual(
      said.total,
      said.files.reduce((sum, file) => sum + file.words, 0),
    );
    ok(said.workers.length >= 2, `only ${said.workers} took part`);
  });

  test(`the exit code of submit --wait is the job's (${form})`, async () => {
    strictEqual((await clone.muster('jobs', 'submit', '--retries', '0', '--wait', '--', 'sh', '-c', 'exit 7')).code, 7);
  });

  test(`a worker killed in mid-job loses it at once, and another one finishes it (${form})`, async () => {
    await allIdle();
    const { id } = await submit('--', 'sh', '-c', 'sleep 4; echo done');
    const first = (await inState(id, 'running')).worker as string;
    process.kill(daemon(first), 'SIGKILL');
    const done = await inState(id, 'succeeded');
    strictEqual(done.attempts.length, 2);
    ok(done.worker !== first, `${done.worker} had it twice`);
    strictEqual(done.attempts[0]?.cause, 'agent_died');
    await allIdle();
  });

  test(`every job ends once though the orchestrator is killed under load (${form})`, async () => {
    await allIdle();
    const ids: string[] = [];
    const load = (async () => {
      for (let n = 0; n < 20; n++) ids.push((await submit('--', 'sh', '-c', `sleep 0.${n % 5}; echo ${n}`)).id);
    })();
    for (let kill = 0; kill < 3; kill++) {
      await eventually('some jobs were taken', async () => ids.length > kill * 5 + 2);
      process.kill(daemon('orchestrator'), 'SIGKILL');
    }
    await load;
    await eventually('all have ended', async () => {
      const { jobs } = await clone.get<JobList>('/api/v1/jobs?limit=100');
      return ids.every((id) => jobs.some((each) => each.id === id && each.state === 'succeeded'));
    });
    for (const id of ids) {
      const ends = (await job(id)).attempts.filter((attempt) => attempt.cause === 'succeeded');
      strictEqual(ends.length, 1, `${id} succeeded ${ends.length} times`);
    }
    await allIdle();
  });

  test(`a drained worker finishes its job and gets no other until undrain (${form})`, async () => {
    await allIdle();
    const { id } = await submit('--', 'sleep', '3');
    const name = (await inState(id, 'running')).worker as string;
    strictEqual((await clone.muster('workers', 'drain', name)).code, 0);
    for (let n = 0; n < 6; n++) await submit('--cpus', '0', '--', 'true');
    strictEqual((await inState(id, 'succeeded')).worker, name);
    await eventually('the queue is empty', async () => {
      const { jobs } = await clone.get<JobList>('/api/v1/jobs?limit=7');
      return (
        jobs.every((each) => each.state === 'succeeded') && jobs.every((each) => each.id === id || each.worker !== name)
      );
    });
    strictEqual((await workers()).find((worker) => worker.name === name)?.state, 'draining');
    strictEqual((await clone.muster('workers', 'undrain', name)).code, 0);
    await allIdle();
  });

  test(`cancel ends the process and all its children, setsid and double forks included (${form})`, async () => {
    const mark = `98765.${clone.port}`;
    const script = `setsid sh -c 'sleep ${mark} & sleep ${mark}' & (setsid sleep ${mark} &) & sleep ${mark}`;
    const { id } = await submit('--', 'sh', '-c', script);
    await inState(id, 'running');
    const children = () => hostProcesses().filter((each) => each.command.includes(mark));
    await eventually('the children run', async () => children().length >= 4);
    strictEqual((await clone.muster('jobs', 'cancel', id)).code, 0);
    await inState(id, 'cancelled');
    deepStrictEqual(children(), []);
    await allIdle();
  });

  test(`inputs and outputs of 200 MB pass through, and the log can be read (${form})`, async () => {
    execFileSync('sh', ['-c', 'head -c 200000000 /dev/zero | tr "\\0" x > big.bin'], { cwd: clone.folder });
    const script = 'cp big.bin out.bin && wc -c < out.bin';
    const done = await clone.muster(
      'jobs',
      'submit',
      '--input',
      'big.bin',
      '--output',
      'out.bin',
      '--wait',
      '--json',
      '--',
      'sh',
      '-c',
      script,
    );
    strictEqual(done.code, 0, done.stderr);
    const { id } = JSON.parse(done.stdout) as JobView;
    match((await clone.muster('jobs', 'logs', id)).stdout, /200000000/);
    strictEqual((await clone.muster('jobs', 'fetch', id, 'fetched')).code, 0);
    execFileSync('cmp', ['big.bin', 'fetched/out.bin'], { cwd: clone.folder });
  });

  test(`make down leaves nothing behind but data, and up finds it again (${form})`, async () => {
    const before = (await clone.get<JobList>('/api/v1/jobs?limit=200')).jobs.length;
    strictEqual((await clone.make('down')).code, 0);
    deepStrictEqual(await remainsOf(clone), []);
    strictEqual((await clone.make('up-workers')).code, 0);
    strictEqual((await clone.get<JobList>('/api/v1/jobs?limit=200')).jobs.length, before);
    strictEqual((await clone.make('down')).code, 0);
  });
}
