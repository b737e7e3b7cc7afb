// Which tests run, and what was skipped and why? `node test/run.ts [unit]`; the one way that `make test` calls.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { setTimeout as sleep } from 'node:timers/promises';
import { leftovers } from './support/leaks.ts';

const root = join(import.meta.dirname, '..');
/** Suites that drive real engines, whole clusters, faults or hundreds of megabytes; `unit` leaves them out. */
const slow = [
  ...['test/e2e/', 'test/chaos/', 'test/tools/', 'test/lab/'],
  ...['test/stacks/cli/embedded.test.ts', 'test/services/orchestrator/files/memory.test.ts'],
  'test/services/agent/installer.test.ts',
];

const unitOnly = process.argv[2] === 'unit';
const chosen = process.argv.slice(unitOnly ? 3 : 2);
const all = readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .sort();
const isSlow = (file: string): boolean => slow.some((folder) => file.startsWith(folder));
const drivesBrowser = (file: string): boolean => file === 'test/e2e/chat.test.ts';
const onSwarmNodes = (file: string): boolean => file.startsWith('test/e2e/swarm-');
/** Those that import the hosts of the lab, by themselves or through what they share. */
const onHosts = (file: string): boolean =>
  /^test\/(e2e\/(install|rack|join|job-units|update|wireguard|workers-add)|lab\/hosts)[a-z-]*\.test\.ts$/.test(file);
/** Those of the hosts' lane that a second set of hosts takes, once the swarm nodes are through. */
const onSecondHosts = (file: string): boolean => /^test\/e2e\/(update|wireguard|workers-add)\./.test(file);
const secondHosts = { MUSTER_HOSTS_SUBNET: '10.249', MUSTER_HOSTS_STATE: '/var/lib/muster-hosts-2' };
/** Hosts that play machines of a cloud: a set of their own. */
const onRentedHosts = (file: string): boolean => /^test\/e2e\/(control-plane|rented)/.test(file);
const rentedHosts = { MUSTER_HOSTS_SUBNET: '10.247', MUSTER_HOSTS_STATE: '/var/lib/muster-hosts-3' };
const wanted = all.filter((file) => (chosen.length > 0 ? chosen.some((part) => file.includes(part)) : true));

type Tally = { passed: number; failed: number; readonly skipped: string[] };
const tallies = new Map<string, Tally>();
/** Milliseconds of all tests of a file. */
const durations = new Map<string, number>();
const startedAt = performance.now();
// Each test file is a process that reads the same sources: what was compiled once is kept.
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/compile');
// Most of them wait for a process or a socket most of the time.
await runFiles(
  wanted.filter((file) => !isSlow(file)),
  3 * availableParallelism(),
);
if (!unitOnly) {
  const slowOnes = wanted.filter(isSlow);
  // Chromium breaks off what it loads when a network comes or goes beside it.
  await runFiles(slowOnes.filter(drivesBrowser), 1);
  const rest = slowOnes.filter((file) => !drivesBrowser(file));
  const isOn = { swarm: onSwarmNodes, second: onSecondHosts, rented: onRentedHosts, first: onHosts };
  const of = (machines: keyof typeof isOn): string[] => rest.filter(isOn[machines]);
  const [swarm, second, rented] = [of('swarm'), of('second'), of('rented')];
  const first = of('first').filter((file) => !second.includes(file));
  const here = rest.filter((file) => ![...swarm, ...second, ...rented, ...first].includes(file));
  // One at a time, since they share the machine's ports and engine; those on machines of their own mostly wait for them.
  const onNodes = runFiles(swarm, 1).then(() => runFiles(second, 1, secondHosts));
  await Promise.all([onNodes, runFiles(first, 1), runFiles(rented, 1, rentedHosts), runFiles(here, 1)]);
}
// What failed beside others gets one more try alone, and is named: unsteady is not the same as broken, nor as fine.
const suspects = [...tallies].flatMap(([file, { failed }]) => (failed > 0 ? [relative(root, file)] : []));
for (const file of suspects.slice(0, 3)) await runFiles([file], 1);
await report();

/** With `env` beside the environment that is there; the runner of Node 22 knows none, so that an import sets it. */
async function runFiles(files: readonly string[], concurrency: number, env: NodeJS.ProcessEnv = {}): Promise<void> {
  if (files.length === 0) return;
  const set = encodeURIComponent(`Object.assign(process.env, ${JSON.stringify(env)})`);
  const execArgv = ['--disable-warning=ExperimentalWarning', `--import=data:text/javascript,${set}`];
  const timeout = isSlow(files[0] as string) ? 1_800_000 : 60_000;
  const stream = run({ files: files.map((file) => join(root, file)), concurrency, execArgv, timeout });
  for (const file of files) tallies.set(join(root, file), { passed: 0, failed: 0, skipped: [] });
  const tallyOf = (file: string | undefined): Tally =>
    tallies.get(file ?? '') ?? (tallies.values().next().value as Tally);
  const took = (file: string | undefined, ms: number): void =>
    void durations.set(file ?? '', (durations.get(file ?? '') ?? 0) + ms);
  stream.on('test:pass', ({ details, file, nesting, skip, todo }) => {
    if (nesting === 0) took(file, details.duration_ms);
    if (details.type === 'suite') return;
    if (skip === undefined && todo === undefined) tallyOf(file).passed++;
    else tallyOf(file).skipped.push(typeof skip === 'string' ? skip : 'without a reason');
  });
  stream.on('test:fail', ({ details, file, nesting }) => {
    if (nesting === 0) took(file, details.duration_ms);
    if (details.type !== 'suite') tallyOf(file).failed++;
  });
  const reporter = new spec();
  stream.compose(reporter).pipe(process.stdout, { end: false });
  await new Promise((resolve) => reporter.once('end', resolve));
}

async function report(): Promise<void> {
  const all = [...tallies.values()];
  const sum = (of: (tally: Tally) => number): number => all.reduce((total, tally) => total + of(tally), 0);
  const reasons = all.flatMap(({ skipped }) => skipped);
  for (const reason of new Set(reasons)) {
    console.log(`skipped ${reasons.filter((each) => each === reason).length}: ${reason}`);
  }
  if (reasons.length > 0) console.log('to run them too, on Debian as root: make lab');
  const incomplete = process.env.CI === 'true' && reasons.length > 0;
  if (incomplete) console.log('CI installs what the suite needs: nothing may be skipped there');
  for (const file of suspects) {
    if (tallies.get(join(root, file))?.failed === 0)
      console.log(`unsteady: ${file} failed beside others and passed alone`);
  }
  // What watches over an agent ends a moment after it.
  let left = leftovers();
  for (let tries = 0; left.length > 0 && tries < 4; tries++) {
    await sleep(500);
    left = leftovers();
  }
  for (const each of left) console.log(`left behind: ${each}`);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const slowest = [...durations].sort(([, a], [, b]) => b - a).slice(0, 8);
  console.log(`slowest: ${slowest.map(([file, ms]) => `${basename(file)} ${Math.round(ms / 1000)} s`).join(', ')}`);
  console.log(`${tallies.size} files in ${seconds} s`);
  const [passed, failed] = [sum((tally) => tally.passed), sum((tally) => tally.failed)];
  console.log(`${passed} passed, ${failed} failed, ${reasons.length} skipped`);
  process.exitCode = failed > 0 || incomplete || left.length > 0 || passed === 0 ? 1 : 0;
}
