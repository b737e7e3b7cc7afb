// What happens between the plan of an installation and the host that runs it? Show, rehearse, ask, play, join.
import type { InstallChoice, InstallPlace } from '../../index.ts';
import { confirmed } from '../confirm.ts';
import { type Platform, platforms } from '../executables.ts';
import { self } from '../output.ts';
import { homeOf, rememberUrl } from '../place.ts';
import { findAnsible } from '../rack/ansible.ts';
import { provideRack } from '../rack/files.ts';
import { carryOut, type Print, type RackOutcome, sayTo } from '../rack/work.ts';
import { planText } from '../swarm/plan-text.ts';
import type { Io } from '../types.ts';
import { type Decision, decide, type InstallOptions } from './decide.ts';
import { type Place, placeText, placeWords } from './facts.ts';
import { installFolder, reachOf, writeInstall } from './files.ts';
import { installedHosts, rememberInstalled } from './installed.ts';
import { joinAt, readInvite } from './join.ts';
import { closedPorts, hostLine, serviceLines, whereAll } from './text.ts';

export type InstallOutcome = RackOutcome & {
  readonly host: string;
  readonly role: string;
  readonly services: readonly (InstallChoice & Partial<InstallPlace>)[];
};

const untouched: RackOutcome = { end: 'done', plan: [], changed: 0, trouble: [] };

export async function runInstall(io: Io, place: Place, options: InstallOptions, print: Print): Promise<InstallOutcome> {
  const decision = await decide(io, place, options);
  const { after, choices, places, role } = decision;
  const invite = options.inviteFile === undefined ? null : await readInvite(io, options.inviteFile);
  const services = choices.map((choice) => ({
    ...choice,
    ...places.find(({ service }) => service === choice.service),
  }));
  const told = { host: after.host.name, role, services };
  for (const line of headOf(decision, place)) print(line);
  const units = choices.some(({ how }) => how === 'unit');
  const joins = choices.some(({ how }) => how === 'invite') && !decision.facts.isJoined;
  if (!units && !joins) {
    print(`muster: ${placeText(place)} is as it should be, nothing to change`);
    return { ...untouched, ...told };
  }
  const outcome = units ? await installUnits(io, place, decision, options, joins, print) : untouched;
  const isOver = outcome.end !== 'done' || options.dryRun === true;
  if (!joins || isOver) {
    if (!isOver && outcome.changed > 0) for (const line of next(place, decision)) print(line);
    return { ...outcome, ...told };
  }
  // Where units came first, the question was asked with them.
  if (outcome.changed === 0 && options.yes !== true && !(await confirmed(io, 'apply?', '--yes'))) {
    print('muster: nothing was changed');
    return { ...outcome, ...told, end: 'refused' };
  }
  if (decision.orchestrator.kind === 'url') {
    const { url } = decision.orchestrator;
    await joinAt(io, place, { url, invite, workerClass: options.class }, sayTo(print), options.json === true);
  }
  for (const line of next(place, decision)) print(line);
  return { ...outcome, ...told, changed: outcome.changed + 1 };
}

function headOf({ after, before, cluster, choices, facts, places, role }: Decision, place: Place): readonly string[] {
  const there = [...before.host.runs, ...(facts.isJoined ? ['agent'] : [])];
  const called = place === null ? `${after.host.name} (this machine)` : place.destination;
  const isNew = before.host.runs.length === 0 && after.host.runs.length > 0;
  const closed = after.firewall && isNew ? closedPorts(facts, places, after.host.sshPort) : [];
  return [
    hostLine(facts, called),
    `role ${role} of the cluster "${cluster.name}"`,
    planText([...serviceLines(choices, places, there), ...closed]),
    ...(after.host.runs.length > 0 ? [whereAll] : []),
  ];
}

async function installUnits(
  io: Io,
  place: Place,
  { after, cluster, facts, places }: Decision,
  options: InstallOptions,
  joins: boolean,
  print: Print,
): Promise<RackOutcome> {
  const say = sayTo(print);
  const { name, runs } = after.host;
  const program = await findAnsible(io, say);
  const others = await writeInstall(io, cluster, name, say);
  const hasOrchestrator = runs.includes('orchestrator');
  await provideRack(io, cluster, say, platformsFor(facts.machine, places));
  const run = { program, limit: [name], folder: installFolder, variables: await reachOf(io, place, after) };
  const nothing = joins ? '' : `muster: ${placeText(place)} is as it should be, nothing to change`;
  const work = { playbook: 'site', run, nothing, question: 'apply?' } as const;
  const outcome = await carryOut(io, work, options, print, () => rememberInstalled(homeOf(io), after));
  const isChanged = outcome.end === 'done' && outcome.changed > 0;
  if (isChanged) for (const other of others) print(newsFor(io, other));
  if (hasOrchestrator && isChanged) rememberUrl(homeOf(io), urlOf(cluster.orchestrator.port, after.host.address));
  return outcome;
}

/** An orchestrator offers the agent to machines of both kinds; who runs no program of ours needs none. */
function platformsFor(machine: string, places: readonly InstallPlace[]): readonly Platform[] {
  if (places.some(({ service }) => service === 'orchestrator')) return platforms;
  const hasOwn = places.some(({ program }) => program.startsWith('/opt/muster/bin/muster-'));
  return hasOwn ? [machine === 'aarch64' ? 'linux-arm64' : 'linux-x64'] : [];
}

const urlOf = (port: number, address: string): string => `https://${address}:${port}`;

function newsFor(io: Io, name: string): string {
  const known = installedHosts(homeOf(io)).find(({ host }) => host.name === name);
  const command = known === undefined ? `deploy rack --limit ${name}` : `install${placeWords(known.place)}`;
  return `muster: ${name} should learn of it: ${self} ${command}`;
}

function next(place: Place, { after, cluster, orchestrator }: Decision): readonly string[] {
  const { address, runs } = after.host;
  const url = runs.includes('orchestrator') ? ` (${urlOf(cluster.orchestrator.port, address)})` : '';
  const undo = `${self} uninstall${placeWords(place)}`;
  const isAlone = url === '' && orchestrator.kind === 'none';
  const use = isAlone ? '' : `next:  ${self} workers list    ${self} jobs submit -- hostname    `;
  return [`muster: ${placeText(place)} is installed${url}`, `${use}to undo: ${undo}`];
}
