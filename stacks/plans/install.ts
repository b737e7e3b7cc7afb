// What does a role mean on one host? A choice of services, each with its reason; and why a host cannot have it.
import type { Cluster } from '../cluster/types.ts';
import { workerClassFor } from './install-class.ts';
import type { InstallFacts } from './install-facts.ts';

export const installRoles = ['auto', 'orchestrator', 'worker', 'ai'] as const;
export type InstallRole = (typeof installRoles)[number];

/** The orchestrator of this cluster that is there already. */
export type KnownOrchestrator =
  | { readonly kind: 'none' }
  /** A unit of a host of the rack, which may be this one. */
  | { readonly kind: 'host'; readonly host: string }
  /** Another one, which admits by invites. */
  | { readonly kind: 'url'; readonly url: string };

export type InstallChoice = {
  readonly service: string;
  /** `invite`: the agent's own installer; null: left out. */
  readonly how: 'unit' | 'invite' | null;
  readonly why: string;
};

export type InstallAsk = {
  /** With the rack as it is before. */
  readonly cluster: Cluster;
  /** Name of this host in the rack. */
  readonly here: string;
  readonly role: InstallRole;
  readonly facts: InstallFacts;
  readonly orchestrator: KnownOrchestrator;
  readonly workerClass: string | null;
};

const unit = (service: string, why: string): InstallChoice => ({ service, how: 'unit', why });
const out = (service: string, why: string): InstallChoice => ({ service, how: null, why });

/** Another host that runs it already. */
const elsewhere = ({ cluster, here }: InstallAsk, service: string): string | null =>
  cluster.rack.hosts.find(({ name, runs }) => name !== here && runs.includes(service))?.name ?? null;

const runsHere = ({ cluster, here }: InstallAsk, service: string): boolean =>
  cluster.rack.hosts.some(({ name, runs }) => name === here && runs.includes(service));

const asked = 'asked for';

function orchestrator(ask: InstallAsk): readonly InstallChoice[] {
  const { facts, orchestrator: known, role } = ask;
  if (role !== 'orchestrator' && role !== 'auto') return [];
  if (known.kind === 'url') return [out('orchestrator', `${known.url} is the one of this cluster`)];
  if (known.kind === 'host') return [out('orchestrator', `${known.host} runs it`)];
  if (role === 'orchestrator') return [unit('orchestrator', asked)];
  if (facts.isJoined) return [out('orchestrator', 'this host works for one')];
  if (facts.engine !== null) return [out('orchestrator', 'Docker is here: "muster up" runs the cluster in containers')];
  return [unit('orchestrator', 'this cluster has none yet')];
}

function proxy(ask: InstallAsk, hasOrchestrator: boolean): readonly InstallChoice[] {
  const { proxy: block } = ask.cluster.stack;
  if (!hasOrchestrator || block === null) return [];
  const other = elsewhere(ask, 'proxy');
  if (other !== null) return [out('proxy', `${other} runs it`)];
  const taken = [block.httpPort, block.httpsPort].filter((port) => ask.facts.ports.includes(port));
  if (taken.length > 0) return [out('proxy', `somebody listens on port ${taken.join(' and ')}`)];
  return [unit('proxy', 'the spec has one')];
}

function ollama(ask: InstallAsk): readonly InstallChoice[] {
  const { cluster, facts, role } = ask;
  if (role !== 'ai' && role !== 'auto') return [];
  const nodes = cluster.stack.ollama?.nodes ?? [];
  if (nodes.length === 0) return role === 'ai' ? [out('ollama', 'the spec has no services/ollama')] : [];
  const node = nodes.find(({ service }) => elsewhere(ask, service) === null);
  if (node === undefined) return [out('ollama', `${elsewhere(ask, nodes[0]?.service ?? '')} runs it`)];
  const { memoryMiB, service } = node;
  if (role === 'ai') return [unit(service, asked)];
  if (facts.engine !== null) return [out(service, 'Docker is here: "muster up" runs it in a container')];
  if (facts.gpus === 0) return [out(service, 'no GPU; role ai takes it all the same')];
  if (facts.memoryMiB < memoryMiB)
    return [out(service, `it may use ${memoryMiB} MiB, this host has ${facts.memoryMiB}`)];
  return [unit(service, 'here is a GPU')];
}

function openWebui(ask: InstallAsk, hasModels: boolean): readonly InstallChoice[] {
  const { cluster, role } = ask;
  if (role !== 'ai' && role !== 'auto') return [];
  if (cluster.stack.openWebui === null)
    return role === 'ai' ? [out('open-webui', 'the spec has no services/open-webui')] : [];
  const other = elsewhere(ask, 'open-webui');
  if (other !== null) return [out('open-webui', `${other} runs it`)];
  if (role === 'ai') return [unit('open-webui', asked)];
  return [hasModels ? unit('open-webui', 'beside the models') : out('open-webui', 'no models on this host')];
}

function worker(ask: InstallAsk, hasOrchestrator: boolean): readonly InstallChoice[] {
  const { cluster, facts, here, orchestrator: known, role, workerClass } = ask;
  if (role === 'orchestrator') return [];
  if (facts.isJoined) return [{ service: 'agent', how: 'invite', why: 'is here already' }];
  if (known.kind === 'url') return [{ service: 'agent', how: 'invite', why: `joins ${known.url}` }];
  if (known.kind === 'none' && !hasOrchestrator) return [out('agent', 'no orchestrator of this cluster answers')];
  const choice = workerClassFor(cluster, facts, here, workerClass);
  return [choice.worker === null ? out('agent', choice.why) : unit(choice.worker.name, choice.why)];
}

/** What runs there stays. */
function kept(ask: InstallAsk): readonly InstallChoice[] {
  const { cluster, here } = ask;
  const runs = cluster.rack.hosts.find(({ name }) => name === here)?.runs ?? [];
  return runs.filter((service) => service !== 'certificates').map((service) => unit(service, 'is here already'));
}

const isClass = ({ workers }: Cluster, service: string): boolean => workers.some(({ name }) => name === service);

/** In the order in which they start; each service once. */
export function chooseServices(ask: InstallAsk): readonly InstallChoice[] {
  const here = kept(ask);
  const first = orchestrator(ask);
  const hasOrchestrator = runsHere(ask, 'orchestrator') || first.some(({ how }) => how !== null);
  const isWorker = here.some(({ service }) => isClass(ask.cluster, service));
  const wantsProxy = (ask.role === 'orchestrator' || ask.role === 'auto') && hasOrchestrator;
  const models = ollama(ask);
  const hasModels = [...here, ...models].some(({ how, service }) => how !== null && service.startsWith('ollama'));
  const chosen = [
    ...first,
    ...proxy(ask, wantsProxy),
    ...models,
    ...openWebui(ask, hasModels),
    ...(isWorker ? [] : worker(ask, hasOrchestrator)),
  ];
  return [...here, ...chosen.filter(({ service }) => !here.some((each) => each.service === service))];
}
