// Which class of workers is a host? One that fits it and has room; what the spec means for systemd comes first.
import type { Cluster, WorkerClass } from '../cluster/types.ts';
import type { InstallFacts } from './install-facts.ts';

export type ClassChoice =
  | { readonly worker: WorkerClass; readonly why: string }
  | { readonly worker: null; readonly why: string };

/** A kernel keeps a part of the memory that was bought. */
const keptShare = 0.9;

function fits({ cpus, gpus, memoryMiB }: WorkerClass, facts: InstallFacts): boolean {
  const cards = gpus.kind === 'count' ? gpus.count : 0;
  return cpus <= facts.cpus && memoryMiB * keptShare <= facts.memoryMiB && cards <= facts.gpus;
}

const isMeant = ({ targets }: WorkerClass): boolean => targets.includes('systemd');
const usesGpus = ({ gpus }: WorkerClass): boolean => gpus.kind !== 'none';

/** `here`: the host's own name; `named`: what was asked for. */
export function workerClassFor(cluster: Cluster, facts: InstallFacts, here: string, named: string | null): ClassChoice {
  const others = cluster.rack.hosts.filter(({ name }) => name !== here);
  const known = cluster.workers.map(({ name }) => name).join(', ');
  const hasRoom = ({ maxReplicas, name }: WorkerClass) =>
    others.filter(({ runs }) => runs.includes(name)).length < maxReplicas;
  if (named !== null) {
    const worker = cluster.workers.find(({ name }) => name === named);
    if (worker === undefined) return { worker: null, why: `the spec has no class ${named}, but ${known || 'none'}` };
    if (!hasRoom(worker))
      return { worker: null, why: `other hosts are the ${worker.maxReplicas} that ${named} admits` };
    return { worker, why: `class ${named}, as asked for` };
  }
  if (cluster.workers.length === 0) return { worker: null, why: 'the spec has no class of workers' };
  const free = cluster.workers.filter(hasRoom);
  if (free.length === 0) return { worker: null, why: `other hosts are all that the classes admit (${known})` };
  const meant = free.some(isMeant) ? free.filter(isMeant) : free;
  const fitting = meant.filter((worker) => fits(worker, facts));
  const rank = (worker: WorkerClass) => [Number(facts.gpus > 0 && usesGpus(worker)), worker.cpus, worker.memoryMiB];
  if (fitting.length > 0) {
    const [worker] = fitting.toSorted((a, b) => compared(rank(b), rank(a))) as [WorkerClass];
    return { worker, why: `class ${worker.name}: the largest that fits` };
  }
  const [worker] = meant.toSorted((a, b) => compared(rank(a), rank(b))) as [WorkerClass];
  return { worker, why: `class ${worker.name}: the smallest, though it is larger than this host` };
}

function compared(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
