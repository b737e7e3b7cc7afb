// How does a host get rid of what was installed? What runs there is looked for, shown, and taken away; data too.
import { type Cluster, services, withInstalled } from '../../index.ts';
import { confirmed } from '../confirm.ts';
import { self } from '../output.ts';
import { forgetUrl, homeOf, wantedCluster } from '../place.ts';
import { findAnsible } from '../rack/ansible.ts';
import { carryOut, type Print, type RackOutcome, sayTo } from '../rack/work.ts';
import { planText } from '../swarm/plan-text.ts';
import type { Io } from '../types.ts';
import { leaveScript } from '../workers/invitation.ts';
import { forgetHost } from '../workers/ssh-hosts.ts';
import { dropTunnel } from '../workers/tunnels.ts';
import { atPlace, factsAt, type Place, placeText, placeWords } from './facts.ts';
import { installFolder, reachOf, writeInstall } from './files.ts';
import { demandUnwritten, forgetInstalled, hostOf, type Installed, installedHosts } from './installed.ts';

export type UninstallOptions = { readonly yes?: true; readonly dryRun?: true; readonly json?: true };

const untouched: RackOutcome = { end: 'done', plan: [], changed: 0, trouble: [] };

export async function runUninstall(
  io: Io,
  place: Place,
  options: UninstallOptions,
  print: Print,
): Promise<RackOutcome> {
  const spec = await wantedCluster(io);
  const home = homeOf(io);
  const facts = await factsAt(io, place);
  demandUnwritten(spec, place, facts, (name) => `${self} deploy rack --uninstall --limit ${name}`);
  const known = hostOf(home, spec, place, facts, undefined);
  const runs = [...new Set([...known.host.runs, ...facts.services])].sort();
  if (runs.length === 0 && !facts.isJoined) {
    forgetInstalled(home, known.host.name);
    print(`muster: nothing of Muster is on ${placeText(place)}`);
    return untouched;
  }
  const goes = [...runs, ...(facts.isJoined ? ['agent'] : [])];
  print(`muster: Muster and all its data go from ${placeText(place)}`);
  print(planText(goes.map((subject) => ({ mark: '-', subject, what: loss(home, known, subject), effect: '' }))));
  const outcome =
    runs.length > 0
      ? await takeUnits(io, place, spec, { ...known, host: { ...known.host, runs } }, options, print)
      : untouched;
  if (outcome.end !== 'done' || options.dryRun === true) return outcome;
  if (runs.length > 0) forgetInstalled(home, known.host.name);
  if (runs.includes('orchestrator')) forgetUrl(home);
  if (!facts.isJoined) return ended(place, outcome, print);
  if (runs.length === 0 && options.yes !== true && !(await confirmed(io, 'take it off?', '--yes'))) {
    print('muster: nothing was changed');
    return { ...outcome, end: 'refused' };
  }
  const say = sayTo(print);
  await atPlace(io, place, leaveScript, 'remove the agent', (line) => say('there', line.replace(/^muster: /, '')));
  if (place !== null) {
    await dropTunnel(io, home, { ...place, worker: null, invite: null, tunnel: null });
    forgetHost(home, place);
  }
  return ended(place, { ...outcome, changed: outcome.changed + 1 }, print);
}

function ended(place: Place, outcome: RackOutcome, print: Print): RackOutcome {
  print(`muster: nothing of it is left on ${placeText(place)}`);
  print(`to undo: ${self} install${placeWords(place)}; the secrets stay on this machine`);
  return outcome;
}

/** Who is left alone without it. */
function loss(home: string, { host }: Installed, service: string): string {
  if (service !== 'orchestrator') return '';
  const others = installedHosts(home).flatMap((each) => (each.host.name === host.name ? [] : [each.host.name]));
  return others.length === 0 ? 'with its queue and results' : `with its queue and results; ${others.join(' ')} lose it`;
}

async function takeUnits(
  io: Io,
  place: Place,
  spec: Cluster,
  known: Installed,
  options: UninstallOptions,
  print: Print,
): Promise<RackOutcome> {
  const say = sayTo(print);
  const program = await findAnsible(io, say);
  const have = new Set(services(spec).map(({ name }) => name));
  // The playbook finds the units by itself; the host only has to be in the inventory.
  const runs = known.host.runs.filter((name) => have.has(name) && name !== 'certificates');
  const host = { ...known.host, runs: runs.length > 0 ? runs : ['orchestrator'] };
  const others = installedHosts(homeOf(io)).flatMap((each) => (each.host.name === host.name ? [] : [each.host]));
  await writeInstall(io, withInstalled(spec, [...others, host]), host.name, say);
  const variables = await reachOf(io, place, { ...known, firewall: true });
  const run = { program, limit: [host.name], folder: installFolder, variables };
  const nothing = `muster: nothing of Muster is on ${placeText(place)}`;
  return carryOut(io, { playbook: 'uninstall', run, nothing, question: 'take it off?' }, options, print);
}
