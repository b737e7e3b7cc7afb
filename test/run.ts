// Which tests run, and what was skipped and why? `node test/run.ts [unit]`; the one way that `make test` calls.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { leftovers } from './support/leaks.ts';

const root = join(import.meta.dirname, '..');
/** Suites that drive real engines, whole clusters or faults; `unit` leaves them out. */
const slow = ['test/e2e/', 'test/chaos/', 'test/tools/', 'test/lab/'];

const unitOnly = process.argv[2] === 'unit';
const chosen = process.argv.slice(unitOnly ? 3 : 2);
const all = readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .sort();
const isSlow = (file: string): boolean => slow.some((folder) => file.startsWith(folder));
const wanted = all.filter((file) => (chosen.length > 0 ? chosen.some((part) => file.includes(part)) : true));

const totals = { passed: 0, failed: 0, skipped: new Map<string, number>() };
const startedAt = performance.now();
// Each test file is a process that reads the same sources: what was compiled once is kept.
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/compile');
// Most of them wait for a process or a socket most of the time.
await runFiles(
  wanted.filter((file) => !isSlow(file)),
  3 * availableParallelism(),
);
// One at a time: they share the machine's ports, engine and processors.
if (!unitOnly) await runFiles(wanted.filter(isSlow), 1);
report();

async function runFiles(files: readonly string[], concurrency: number): Promise<void> {
  if (files.length === 0) return;
  const execArgv = ['--disable-warning=ExperimentalWarning'];
  const timeout = isSlow(files[0] as string) ? 900_000 : 60_000;
  const stream = run({ files: files.map((file) => join(root, file)), concurrency, execArgv, timeout });
  stream.on('test:pass', ({ details, skip, todo }) => {
    if (details.type === 'suite') return;
    if (skip !== undefined || todo !== undefined) {
      const reason = typeof skip === 'string' ? skip : 'without a reason';
      totals.skipped.set(reason, (totals.skipped.get(reason) ?? 0) + 1);
    } else totals.passed++;
  });
  stream.on('test:fail', ({ details }) => {
    if (details.type !== 'suite') totals.failed++;
  });
  const reporter = new spec();
  stream.compose(reporter).pipe(process.stdout, { end: false });
  await new Promise((resolve) => reporter.once('end', resolve));
}

function report(): void {
  const skipped = [...totals.skipped.values()].reduce((sum, count) => sum + count, 0);
  for (const [reason, count] of totals.skipped) console.log(`skipped ${count}: ${reason}`);
  if (skipped > 0) console.log('to run them too, on Debian as root: make lab');
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${wanted.length} files in ${seconds} s`);
  console.log(`${totals.passed} passed, ${totals.failed} failed, ${skipped} skipped`);
  const lab = process.env.CI === 'true' && skipped > 0;
  if (lab) console.log('CI installs what the suite needs: nothing may be skipped there');
  const left = leftovers();
  for (const each of left) console.log(`left behind: ${each}`);
  process.exitCode = totals.failed > 0 || lab || left.length > 0 || totals.passed === 0 ? 1 : 0;
}
