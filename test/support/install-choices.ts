// How does a test ask which services a role puts on a host? Facts and what runs before go in, a line for each service comes out.
import {
  chooseServices,
  type InstallFacts,
  type InstallRole,
  type KnownOrchestrator,
  withInstalled,
} from '../../stacks/index.ts';
import { bareHost } from './bare-host.ts';
import { clusterOf } from './specs.ts';

const spec = `
name: home
workers:
  small: { cpus: 2, memory: 4GiB, maxReplicas: 1 }
  large: { cpus: 8, memory: 16GiB, targets: [compose] }
  trainer: { cpus: 4, memory: 8GiB, gpus: auto }
services: { proxy: {}, ollama: { memory: 8GiB }, open-webui: {} }
`;
const nothing: KnownOrchestrator = { kind: 'none' };
export const atUrl: KnownOrchestrator = { kind: 'url', url: 'http://127.0.0.1:8080' };

export type Case = {
  readonly role: InstallRole;
  readonly facts?: Partial<InstallFacts>;
  readonly orchestrator?: KnownOrchestrator;
  /** What this host and node1 run before. */
  readonly here?: readonly string[];
  readonly node1?: readonly string[];
  readonly workerClass?: string;
  readonly text?: string;
};

/** `+` a unit, `i` by an invite, `·` left out. */
export function chosen({ facts, here = [], node1 = [], orchestrator = nothing, role, text = spec, workerClass }: Case) {
  const host = (name: string, address: string, runs: readonly string[]) => ({
    ...{ name, address, user: 'root', sshPort: 22 },
    runs,
  });
  const hosts = [
    ...(node1.length > 0 ? [host('node1', '10.0.0.1', node1)] : []),
    ...(here.length > 0 ? [host('bare', '10.0.0.9', here)] : []),
  ];
  const cluster = withInstalled(clusterOf(text), hosts);
  const ask = { cluster, here: 'bare', role, facts: bareHost(facts), orchestrator, workerClass: workerClass ?? null };
  return chooseServices(ask).map(
    ({ how, service, why }) => `${{ unit: '+', invite: 'i' }[how as 'unit'] ?? '·'} ${service}: ${why}`,
  );
}

export const at = (host: string): KnownOrchestrator => ({ kind: 'host', host });
export const small = '+ small: class small: the largest that fits';

/** A case, and the lines that it gives. */
export type Cases = Readonly<Record<string, readonly [given: Case, lines: readonly string[]]>>;
