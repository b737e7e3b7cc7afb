// Which services run as local processes, and where do they listen? In the words of the containers' status.
import { isListening } from '../../drivers/ports.ts';
import { markedProcesses } from '../../drivers/processes.ts';
import { localStack, services } from '../../index.ts';
import { homeOf, portOf, wantedCluster } from '../place.ts';
import type { Io } from '../types.ts';
import type { ServiceStatus } from './services.ts';

/** Services beside orchestrator and workers; empty where none runs embedded. */
export async function localStatuses(io: Io): Promise<readonly ServiceStatus[]> {
  const home = homeOf(io);
  const living = new Set(markedProcesses(home).map(({ name }) => name));
  if (living.size === 0) return [];
  const cluster = await wantedCluster(io);
  const own = services(cluster).filter(({ name, program }) => program !== null && living.has(name));
  const programs = new Set(own.flatMap(({ program }) => program ?? []));
  const { ports } = localStack(cluster, own, { home, root: io.root, port: portOf(io, cluster), programs });
  return Promise.all(
    own.map(async ({ name, ports: published }): Promise<ServiceStatus> => {
      const listens = ports.filter(({ service }) => service === name);
      const silent = (await Promise.all(listens.map(({ port }) => isListening(port)))).includes(false);
      return {
        name,
        states: [silent ? 'starting' : 'running'],
        image: '',
        version: 'local',
        ports: published.map(({ container, published: port }) => ({
          container,
          published: port,
          address: '127.0.0.1',
        })),
        gpus: [],
      };
    }),
  );
}
