// Does every query of every dashboard live? On a real stack each gives a value that changes when work is done.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobRequest, JobView } from '../../services/protocol/index.ts';
import { inContainers } from '../../stacks/configs/in-containers.ts';
import { configFiles } from '../../stacks/configs/index.ts';
import type { Dashboard } from '../support/dashboard-schemas.ts';
import { until, whyNoPrograms } from '../support/local-stack.ts';
import { tinyAnswer, whyNoModel } from '../support/models.ts';
import { type MonitoredStack, startMonitoredStack } from '../support/monitored-stack.ts';
import { fullSpec } from '../support/monitoring.ts';
import type { Asked } from '../support/monitoring-processes.ts';
import { clusterOf } from '../support/specs.ts';

const why = whyNoPrograms('prometheus', 'dask', 'ollama') ?? whyNoModel();
const options = why === null ? { timeout: 300_000 } : { skip: why };

/** Grafana takes four scrapes; so few here that rest soon follows on work. */
const rateInterval = '5s';

/** An agent asks a card no more often than each ten seconds: three times this is enough. */
const cardSeconds = 4;

/** Series by their labels; what is no number counts as absent. */
type Values = Readonly<Record<string, number>>;
type Watched = { readonly where: string; readonly expr: string; before: Values; later: Values };

const dashboards = configFiles(clusterOf(fullSpec), inContainers)
  .filter(({ path }) => path.startsWith('grafana/dashboards/'))
  .map(({ text }) => JSON.parse(text) as Dashboard);

const watched: readonly Watched[] = dashboards.flatMap(({ panels, title: page }) =>
  panels.flatMap(({ targets, title }) =>
    targets.map(({ expr }) => ({ where: `${page}: ${title}`, expr, before: {}, later: {} })),
  ),
);
const table = (rows: readonly Watched[]): string =>
  rows
    .map((row) => `${row.where}\n  ${row.expr}\n  ${JSON.stringify(row.before)}\n  ${JSON.stringify(row.later)}`)
    .join('\n');

async function evaluate({ query }: Asked, expr: string): Promise<Values> {
  const samples = await query(expr.replaceAll('$__rate_interval', rateInterval));
  const found = samples.map(({ metric, value }): [string, number] => [JSON.stringify(metric), Number(value[1])]);
  return Object.fromEntries(found.filter(([, value]) => Number.isFinite(value)));
}

const isEmpty = (values: Values): boolean => Object.keys(values).length === 0;

/** Asks those that lack an answer, again and again, until all have one or two minutes are over; gives those without. */
async function askAll(
  prometheus: Asked,
  take: (row: Watched, values: Values) => void,
  lacks: (row: Watched) => boolean,
): Promise<readonly Watched[]> {
  const lacking = () => watched.filter(lacks);
  const ask = async (): Promise<boolean> => {
    for (const row of lacking()) take(row, await evaluate(prometheus, row.expr));
    return lacking().length === 0;
  };
  await until(ask, 60).catch(() => null);
  return lacking();
}

/** Jobs that wait, run, fail, are tried again, use a GPU and a disk; a computation; the answer of a model. */
async function work({ ask, busyCard, compute, fleet }: MonitoredStack, size: number): Promise<void> {
  const submit = (request: JobRequest): Promise<JobView> => fleet.client.call<JobView>('POST', '/api/v1/jobs', request);
  const shell = (script: string): string[] => ['sh', '-c', script];
  const requests: readonly JobRequest[] = [
    { command: shell(`touch ${busyCard}; sleep ${1 + size * cardSeconds}; rm ${busyCard}`), gpus: 1 },
    { command: shell(`head -c ${size * 40}000000 /dev/urandom > file; sleep ${1 + size}`) },
    { command: shell('exit 3'), retries: 2 },
    // More than there are CPUs, so that some wait.
    ...Array.from({ length: 8 * size }, (_, n) => ({ command: shell(`sleep 0.${n % 5}`), cpus: 2 })),
  ];
  // A worker that stands still for a moment takes its offers late.
  fleet.signal('plain', 'SIGSTOP');
  const jobs = await Promise.all(requests.map(submit));
  const offered = async () => (await fleet.jobs()).some(({ state }) => state === 'offered');
  await until(offered);
  const computed = compute(20 * size);
  const answer = ask(256 * size);
  fleet.signal('plain', 'SIGCONT');
  assert.equal(await computed, 20_000_000 * size);
  assert.match(await answer, new RegExp(tinyAnswer.first));
  await until(async () => {
    const states = await Promise.all(jobs.map(({ id }) => fleet.job(id)));
    return states.every(({ state }) => state === 'succeeded' || state === 'failed');
  });
}

test('every query of every dashboard gives a value, and another one when work is done', options, async (t) => {
  const stack = await startMonitoredStack(t);
  const { fleet, prometheus } = stack;
  await until(async () => (await prometheus.query('up == 1')).length === 5);
  // A rate needs a value before the first event: so histograms get one observation each.
  await fleet.client.call('POST', '/api/v1/jobs', { command: ['true'] });
  await until(async () => (await prometheus.query('muster_submit_to_start_seconds_count > 0')).length > 0);

  const takeFirst = (row: Watched, values: Values): void => {
    row.before = values;
  };
  const first = work(stack, 1);
  const empty = await askAll(prometheus, takeFirst, ({ before }) => isEmpty(before));
  await first;
  assert.equal(empty.length, 0, `no value for\n${table(empty)}`);
  await fleet.idle();
  await stack.drop();
  // At rest: from here on, what changes does so because of what comes.
  const rates = ['muster_jobs_ended_total', 'dask_scheduler_prefix_state_totals_total'];
  await until(async () => {
    const moving = await Promise.all(rates.map((name) => prometheus.query(`sum(rate(${name}[${rateInterval}])) > 0`)));
    const loaded = await prometheus.query('muster_ollama_loaded_models > 0');
    return moving.flat().length + loaded.length === 0;
  });
  for (const row of watched) {
    const values = await evaluate(prometheus, row.expr);
    if (!isEmpty(values)) row.before = values;
  }

  const takeNext = (row: Watched, values: Values): void => {
    row.later = values;
  };
  const second = work(stack, 3);
  const still = ({ before, later }: Watched) => isEmpty(later) || JSON.stringify(later) === JSON.stringify(before);
  const unchanged = await askAll(prometheus, takeNext, still);
  await second;
  assert.equal(unchanged.length, 0, `no change for\n${table(unchanged)}`);
  t.diagnostic(`${watched.length} queries on ${dashboards.length} dashboards`);
});
