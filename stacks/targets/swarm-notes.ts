// What does a swarm do in another way than one machine? For the plan of a deploy, and for whoever asks before.
import type { Service } from '../catalog/types.ts';
import type { Cluster } from '../cluster/types.ts';
import { publishedPorts } from './swarm-deploy.ts';
import { volumesOf } from './swarm-mounts.ts';

export type SwarmNote = {
  /** Whom it is about; not empty. */
  readonly services: readonly string[];
  readonly what: string;
  readonly instead: string;
};

/** What of a service listens on one machine's loopback, and here nowhere. */
function hidden(service: Service): readonly number[] {
  const open = publishedPorts(service);
  return service.ports.filter((port) => !open.includes(port)).map(({ published }) => published);
}

function ports(services: readonly Service[], { stack }: Cluster): readonly SwarmNote[] {
  const mine = services.filter((service) => hidden(service).length > 0);
  const [proxy, others] = [mine.filter(({ name }) => name === 'proxy'), mine.filter(({ name }) => name !== 'proxy')];
  const note = (of: readonly Service[], instead: string): readonly SwarmNote[] => {
    if (of.length === 0) return [];
    const list = of.map((service) => `${hidden(service).join(' ')} of ${service.name}`).join(', ');
    return [{ services: of.map(({ name }) => name), what: `no ports on loopback: ${list}`, instead }];
  };
  const way = stack.proxy === null ? 'they get none' : 'they get none; the proxy leads there';
  return [...note(proxy, 'it gets none; to be reached, write services.proxy.public: true'), ...note(others, way)];
}

function order(service: Service): readonly SwarmNote[] {
  const needed = service.dependsOn.filter(({ until }) => until === 'healthy').map((each) => each.service);
  if (needed.length === 0) return [];
  const instead = `it starts at once and tries until ${needed.join(' and ')} answers`;
  return [{ services: [service.name], what: 'no order of starts', instead }];
}

function shared(services: readonly Service[]): readonly SwarmNote[] {
  return services.flatMap((service) => {
    const others = services.filter(
      (other) =>
        other !== service && volumesOf(other).some(({ name }) => volumesOf(service).some((own) => own.name === name)),
    );
    if (others.length === 0) return [];
    const names = others.map(({ name }) => name).join(' and ');
    return [{ services: [service.name], what: `shares a volume with ${names}`, instead: 'both run on its node' }];
  });
}

function rest(service: Service): readonly SwarmNote[] {
  const found: SwarmNote[] = [];
  if (service.gpus.kind === 'auto') {
    const instead = 'it sees those that the default runtime of its node gives to all';
    found.push({ services: [service.name], what: 'a stack file cannot ask for GPUs', instead });
  }
  if (service.engineSocket) {
    const instead = 'it runs on managers, without capabilities, and lets reads of four lists through';
    found.push({ services: [service.name], what: "reads the engine's socket as root", instead });
  }
  return found;
}

/** Those about ports first, then by service. */
export function swarmNotes(cluster: Cluster, services: readonly Service[]): readonly SwarmNote[] {
  return [
    ...ports(services, cluster),
    ...services.flatMap((service) => [...order(service), ...rest(service)]),
    ...shared(services),
  ];
}
