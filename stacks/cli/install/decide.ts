// What would become of this host? Facts, role and cluster put together; refused where it cannot work.
import {
  type Cluster,
  chooseServices,
  type InstallChoice,
  type InstallFacts,
  type InstallPlace,
  type InstallRole,
  installRoles,
  type KnownOrchestrator,
  nearest,
  placesOn,
  unfitFor,
  withInstalled,
} from '../../index.ts';
import { self } from '../output.ts';
import { homeOf, wantedCluster } from '../place.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { factsAt, type Place, placeText, placeWords } from './facts.ts';
import { demandOwn, demandUnwritten, hostOf, type Installed, installedHosts } from './installed.ts';
import { knownOrchestrator } from './orchestrator.ts';

export type InstallOptions = {
  /** Absent: what the host has by now, else auto. */
  readonly role?: string;
  readonly port?: string;
  readonly class?: string;
  readonly address?: string;
  readonly orchestrator?: string;
  readonly inviteFile?: string;
  /** False: --no-firewall. */
  readonly firewall: boolean;
  readonly yes?: true;
  readonly dryRun?: true;
  readonly json?: true;
};

export type Decision = {
  readonly facts: InstallFacts;
  readonly role: InstallRole;
  /** Before and after. */
  readonly before: Installed;
  readonly after: Installed;
  /** With this host as it will be, and the others. */
  readonly cluster: Cluster;
  readonly orchestrator: KnownOrchestrator;
  readonly choices: readonly InstallChoice[];
  readonly places: readonly InstallPlace[];
};

export function roleOf(text: string): InstallRole {
  const role = installRoles.find((each) => each === text);
  if (role !== undefined) return role;
  const meant = nearest(text, [...installRoles]);
  const remedy = meant === null ? undefined : `did you mean "${meant}"?`;
  const expected = `--role: expected ${installRoles.join(', ')}, got ${JSON.stringify(text)}`;
  throw new Failure(exitCodes.badInput, expected, remedy);
}

function demandWhole(role: InstallRole | null, { inviteFile, orchestrator }: InstallOptions): void {
  if ((inviteFile === undefined) !== (orchestrator === undefined)) {
    const message = '--orchestrator and --invite-file: expected both, got one';
    throw new Failure(exitCodes.badInput, message, 'there: muster workers invite --format env, which prints both');
  }
  if (orchestrator !== undefined && role === 'orchestrator') {
    throw new Failure(exitCodes.badInput, '--orchestrator: expected a role that joins one, got orchestrator');
  }
}

/** Who is in a private network is known to all of its hosts, and one of them is installed here. */
function demandReachable({ rack }: Cluster, { orchestrator }: InstallOptions): void {
  if (rack.network === null || orchestrator !== undefined) return;
  const message = 'expected a host that others reach without a private network, got "network" in cluster.yaml';
  throw new Failure(exitCodes.refused, message, `write it below rack.hosts, then: ${self} deploy rack`);
}

const byName = (all: readonly Installed[]) => all.map(({ host }) => host);

export async function decide(io: Io, place: Place, options: InstallOptions): Promise<Decision> {
  const told = options.role === undefined ? null : roleOf(options.role);
  demandWhole(told, options);
  const spec = await wantedCluster(io);
  demandReachable(spec, options);
  const home = homeOf(io);
  const facts = await factsAt(io, place);
  demandUnwritten(spec, place, facts, (name) => `${self} deploy rack --limit ${name}`);
  const before = hostOf(home, spec, place, facts, options.address);
  demandOwn(spec, before, facts);
  const role = told ?? before.role ?? 'auto';
  const here = before.host.name;
  const others = byName(installedHosts(home)).filter(({ name }) => name !== here);
  const rack = withInstalled(spec, [...others, before.host]);
  const orchestrator = await knownOrchestrator(io, rack, options.orchestrator);
  const workerClass = options.class ?? null;
  const choices = chooseServices({ cluster: rack, here, role, facts, orchestrator, workerClass });
  demandSome(place, choices);
  const runs = choices.flatMap(({ how, service }) => (how === 'unit' ? [service] : [])).sort();
  const host = { ...before.host, runs };
  const after = { ...before, host, role, firewall: options.firewall && before.firewall };
  const cluster = withInstalled(spec, [...others, after.host]);
  const places = placesOn(cluster, here);
  const ports = places.flatMap(({ ports, service }) => (before.host.runs.includes(service) ? [] : ports));
  const unfit = unfitFor(facts, choices, ports);
  if (unfit.length > 0) {
    const text = unfit.map(({ message }) => `${placeText(place)}: ${message}`).join('\n');
    throw new Failure(exitCodes.environment, text, [...new Set(unfit.map(({ remedy }) => remedy))].join('; '));
  }
  return { facts, role, before, after, cluster, orchestrator, choices, places };
}

function demandSome(place: Place, choices: readonly InstallChoice[]): void {
  if (choices.some(({ how }) => how !== null)) return;
  const reasons = choices.map(({ service, why }) => `\n  · ${service}: ${why}`).join('');
  const first = `${self} install${placeWords(place)} --role orchestrator`;
  const remedy = `${first}; or, where it is elsewhere: --orchestrator URL --invite-file FILE`;
  throw new Failure(exitCodes.environment, `nothing is to be installed on ${placeText(place)}${reasons}`, remedy);
}
