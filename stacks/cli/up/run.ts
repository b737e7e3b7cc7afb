// What does one `up` do from its lock to its last line? Starts, waits, tells who is well.
import { join } from 'node:path';
import type { WorkerView } from '../../../services/protocol/index.ts';
import { withLock } from '../../drivers/lock.ts';
import { adminKeyFile, readSecret } from '../../drivers/secrets.ts';
import type { Cluster } from '../../index.ts';
import { pageOf } from '../open/pages.ts';
import { self, writeJson } from '../output.ts';
import { homeOf, projectOf, rememberUrl, wanted } from '../place.ts';
import { authorityFile } from '../secrets/trust.ts';
import { serviceStatuses } from '../status/services.ts';
import { exitCodes, type Io } from '../types.ts';
import { keepTunnels } from '../workers/tunnels.ts';
import { rememberAsked } from './asked.ts';
import { startOnDocker } from './docker.ts';
import { chooseForm, type Form } from './form.ts';
import { waitUntilListening } from './listening.ts';
import { startLocally } from './local.ts';
import { hasFailed, type Started, type Trouble } from './outcome.ts';
import { progressOf } from './progress.ts';
import { waitUntilReady } from './ready.ts';
import { createReport, type Report } from './report.ts';
import { troubleOf } from './trouble.ts';
import { waitUntilWell } from './well.ts';

export type UpOptions = {
  readonly embedded: boolean;
  readonly json: boolean;
  /** Profiles and services; null: everything. */
  readonly only: readonly string[] | null;
  readonly limitMs: number;
};

export async function runUp(io: Io, { embedded, json, limitMs, only }: UpOptions): Promise<number> {
  const spec = await wanted(io);
  const { cluster } = spec;
  const home = homeOf(io);
  const waiting = (pid: number) => io.stderr.write(`muster: another up or down runs (pid ${pid}); waiting for it\n`);
  return withLock(join(home, 'run', 'lock'), waiting, async () => {
    const startedAt = performance.now();
    const form = await chooseForm(io, home, embedded);
    const report = createReport(io, cluster.name, form, json);
    const outcome =
      form.kind === 'docker'
        ? await startOnDocker(io, form.engine, home, spec, only, report)
        : await startLocally(io, home, cluster, only, report.say);
    if (outcome.classes !== null) rememberUrl(home, outcome.url);
    rememberAsked(home, only);
    await keepTunnels(io, home);

    const waitsFrom = performance.now();
    const workers = await readyWorkers(io, home, cluster, form, outcome, limitMs, report);
    const { named, started, stopped, url } = outcome;
    const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
    const isOther = (name: string) => outcome.services.includes(name);
    const [core, others] = [started.filter((name) => !isOther(name)), started.filter(isOther)];
    if (core.length > 0) report.say('started', `${core.join(' ')}  idle after ${seconds()}`);
    if (stopped.length > 0) report.say('stopped', stopped.join(' '));
    const sick = await sickServices(io, cluster, form, outcome, limitMs - (performance.now() - waitsFrom), report);

    const troubles = [...outcome.troubles, ...sick];
    const services = outcome.services.filter((name) => !sick.some(({ service }) => service === name));
    const well = others.filter((name) => services.includes(name));
    if (well.length > 0) report.say('started', `${well.join(' ')}  well after ${seconds()}`);
    const pages = await pagesOf(io, cluster, services, started.includes('proxy'));
    report.end({ workers, services, troubles, url, pages });
    const said = {
      name: cluster.name,
      form: form.kind,
      url,
      started,
      stopped,
      workers: workers ?? [],
      services,
      troubles,
    };
    if (json) writeJson(io, said);
    return hasFailed(troubles, named) ? exitCodes.failed : exitCodes.done;
  });
}

/** The chat page and the way to the others, where they are up. */
async function pagesOf(io: Io, cluster: Cluster, well: readonly string[], isNew: boolean): Promise<readonly string[]> {
  if (!well.includes('open-webui') && !well.includes('grafana')) return [];
  const statuses = await serviceStatuses(io);
  const chat = well.includes('open-webui') ? [await pageOf(io, 'chat', cluster, statuses)] : [];
  const grafana = well.includes('grafana') ? [await pageOf(io, 'grafana', cluster, statuses)] : [];
  const isOwn = isNew && authorityFile(cluster, homeOf(io)) !== null;
  return [
    ...[...chat, ...grafana].map(({ hint, url }) => (hint === null ? url : `${url}   ${hint}`)),
    ...(isOwn ? [`browsers do not know its certificate yet: ${self} secrets trust`] : []),
  ];
}

/** Null when this `up` was not about workers. Throws Failure when one of them does not come up. */
async function readyWorkers(
  io: Io,
  home: string,
  cluster: Cluster,
  form: Form,
  { classes, url }: Started,
  limitMs: number,
  { say }: Pick<Report, 'say'>,
): Promise<readonly WorkerView[] | null> {
  if (classes === null) return null;
  return waitUntilReady(
    cluster.workers.filter(({ name }) => classes.includes(name)),
    {
      url,
      key: readSecret(adminKeyFile(home)) ?? '',
      limitMs,
      onWait: (what) => say('waiting', `for ${what}`),
      trouble: () => troubleOf(io, home, form, classes),
      remedy: form.kind === 'docker' ? 'docker compose ps; docker compose logs' : `look into ${join(home, 'logs')}`,
    },
  );
}

async function sickServices(
  io: Io,
  cluster: Cluster,
  form: Form,
  { services }: Started,
  limitMs: number,
  { say }: Pick<Report, 'say'>,
): Promise<readonly Trouble[]> {
  if (services.length === 0) return [];
  const onWait = (who: string) => say('waiting', `for ${who}`);
  if (form.kind !== 'docker') return waitUntilListening(io, homeOf(io), cluster, { services, limitMs, onWait });
  return waitUntilWell(io, form.engine.docker, {
    project: projectOf(io),
    services,
    limitMs,
    onWait,
    progress: (service) => progressOf(cluster, service),
  });
}
