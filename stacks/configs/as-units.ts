// Where do services find each other and their files as units of a host of the rack?
import type { Service } from '../catalog/types.ts';
import { hostOf } from '../cluster/rack.ts';
import { configPath, credentialPath, rackPrograms, scratchPath, statePath } from '../cluster/rack-paths.ts';
import type { Cluster, RackHost } from '../cluster/types.ts';
import { hostPorts } from './as-processes.ts';
import type { Surroundings } from './types.ts';

const loopback = '127.0.0.1';

type Kind = 'agent' | 'dask-worker' | (string & {});

/** Names of single services; what there may be several of goes by its kind. */
function kindOf({ image, name, program }: Service): Kind {
  if (image.build?.daemon === 'agent') return 'agent';
  if (program === 'ollama') return 'ollama';
  return program === 'dask' && name !== 'dask-scheduler' ? 'dask-worker' : name;
}

/** Who opens connections to whom. */
const asks: Readonly<Record<Kind, readonly Kind[]>> = {
  agent: ['orchestrator'],
  'dask-scheduler': ['dask-worker'],
  'dask-worker': ['dask-scheduler', 'dask-worker'],
  'open-webui': ['ollama'],
  orchestrator: ['ollama'],
  prometheus: ['orchestrator', 'alertmanager', 'dask-scheduler', 'dask-worker'],
  proxy: ['orchestrator', 'open-webui', 'prometheus', 'alertmanager', 'dask-scheduler', 'ollama'],
};

/** Whether somebody on another host asks it. Workers join from anywhere, so the orchestrator is always asked. */
function isAskedFromElsewhere(name: string, services: readonly Service[], { rack }: Cluster): boolean {
  if (name === 'orchestrator') return true;
  const service = services.find((each) => each.name === name);
  if (service === undefined) return false;
  const askers = services.filter((each) => asks[kindOf(each)]?.includes(kindOf(service)));
  const places = (of: string) => rack.hosts.filter(({ runs }) => runs.includes(of));
  return places(name).some((here) => askers.some((asker) => places(asker.name).some((host) => host !== here)));
}

/** What nobody elsewhere asks listens on loopback; everything else on the address of its host, and there alone. */
export function asUnits(services: readonly Service[], cluster: Cluster, host: RackHost): Surroundings {
  const ports = hostPorts(services, cluster.orchestrator.port);
  const listen = (service: string, port: number): number => ports.get(`${service}:${port}`) ?? port;
  const bindOn = (place: RackHost, service: string): string =>
    isAskedFromElsewhere(service, services, cluster) ? place.address : loopback;
  const address = (service: string, port: number): string => {
    const place = host.runs.includes(service) ? host : hostOf(cluster, service);
    return `${place === undefined ? loopback : bindOn(place, service)}:${listen(service, port)}`;
  };
  return {
    kind: 'units',
    address,
    addresses: (service, port) =>
      cluster.rack.hosts
        .filter(({ runs }) => runs.includes(service))
        .map((place) => `${bindOn(place, service)}:${listen(service, port)}`),
    bind: (service) => bindOn(host, service),
    listen,
    config: configPath,
    secret: (path, reader = path.split('/')[0] as string) => credentialPath(reader, path),
    program: (name) => rackPrograms[name] ?? name,
    scratch: scratchPath,
    folder: (source) => source,
    state: statePath,
  };
}
