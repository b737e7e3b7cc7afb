// With which options do Dask's programs start? Scripts, because a worker's name comes from the host it finds itself on.
import type { Dask, DaskWorkerClass } from '../cluster/types.ts';
import { formatScript, shellWord } from '../formats/shell.ts';
import type { Surroundings } from './types.ts';

const schedulerPort = 8786;
const dashboardPort = 8787;
const workerDashboardPort = 9002;
/** Of the first process of a worker; each further one takes the next. */
const firstPorts = { worker: 9100, nanny: 9400 } as const;

type Option = readonly [name: string, value?: string];

const options = (all: readonly Option[]): readonly string[] =>
  all.map((option, at) => `  ${option.join(' ')}${at === all.length - 1 ? '' : ' \\'}`);

/** A container has addresses of its own; on a host it is said which. */
const bound = (at: Surroundings, service: string, port: number): string =>
  `${at.kind === 'containers' ? '' : at.bind(service)}:${at.listen(service, port)}`;

export function schedulerScript({ dashboard, tls }: Dask, at: Surroundings): string {
  const lines = [
    `export DASK_CONFIG=${shellWord(at.config('dask/scheduler.yaml'))}`,
    'exec dask scheduler \\',
    ...options([
      ...(at.kind === 'containers' ? [] : ([['--host', at.bind('dask-scheduler')]] as const)),
      ['--port', String(at.listen('dask-scheduler', schedulerPort))],
      ['--protocol', tls ? 'tls' : 'tcp'],
      ['--dashboard-address', bound(at, 'dask-scheduler', dashboardPort)],
      // Its pages name each other by this path, so that they work behind the proxy, which lets only it through.
      ['--dashboard-prefix', '/muster/dask'],
      [dashboard ? '--dashboard' : '--no-dashboard'],
      ['--preload', shellWord(at.config('dask/muster_preload.py'))],
    ]),
  ];
  return formatScript('Starts the Dask scheduler.', lines);
}

/** Fixed in containers, so that a firewall between nodes can name them; on one host Dask chooses free ones. */
function ports({ processes }: DaskWorkerClass, at: Surroundings): readonly Option[] {
  if (at.kind !== 'containers') return [];
  const range = (first: number): string => (processes === 1 ? String(first) : `${first}:${first + processes - 1}`);
  return [
    ['--worker-port', range(firstPorts.worker)],
    ['--nanny-port', range(firstPorts.nanny)],
  ];
}

export function workerScript({ tls }: Dask, worker: DaskWorkerClass, at: Surroundings): string {
  const service = `dask-${worker.name}`;
  const resources = Object.entries(worker.resources).map(([name, amount]) => `${name}=${amount}`);
  const lines = [
    `export DASK_CONFIG=${shellWord(at.config(`dask/${worker.name}.yaml`))}`,
    `exec dask worker ${tls ? 'tls' : 'tcp'}://${at.address('dask-scheduler', schedulerPort)} \\`,
    ...options([
      ['--name', `${shellWord(worker.name)}-"$(uname -n)"-$$`],
      ['--nworkers', String(worker.processes)],
      ['--nthreads', String(worker.threads)],
      ['--memory-limit', `${worker.memoryLimitMiB}MiB`],
      ...(resources.length > 0 ? ([['--resources', shellWord(resources.join(','))]] as const) : []),
      ['--death-timeout', String(worker.deathTimeoutSeconds)],
      ...(at.kind === 'units' ? ([['--host', at.bind(service)]] as const) : []),
      ...ports(worker, at),
      ['--dashboard-address', bound(at, service, workerDashboardPort)],
      ['--local-directory', shellWord(at.state(service))],
      ['--preload-nanny', shellWord(at.config('dask/muster_retire.py'))],
    ]),
  ];
  return formatScript(`Starts a Dask worker of class ${worker.name}.`, lines);
}
