// Which hosts did `muster install` set up from here? Kept in Muster's home, since cluster.yaml does not name them.
import { existsSync, readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import { replacePrivate } from '../../drivers/private-files.ts';
import {
  type Cluster,
  type InstalledHost,
  type InstallFacts,
  type InstallRole,
  namesHosts,
  services,
} from '../../index.ts';
import { self } from '../output.ts';
import { exitCodes, Failure } from '../types.ts';
import { type Place, placeText, placeWords } from './facts.ts';

export type Installed = {
  readonly place: Place;
  readonly host: InstalledHost;
  /** The last one; null: none yet. */
  readonly role: InstallRole | null;
  readonly firewall: boolean;
};

const fileIn = (home: string): string => join(home, 'installed.json');

export function installedHosts(home: string): readonly Installed[] {
  const file = fileIn(home);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

const write = (home: string, all: readonly Installed[]): void =>
  replacePrivate(fileIn(home), `${JSON.stringify(all, null, 2)}\n`);

export function rememberInstalled(home: string, one: Installed): void {
  const others = installedHosts(home).filter(({ host }) => host.name !== one.host.name);
  write(home, [...others, one]);
}

export function forgetInstalled(home: string, name: string): void {
  const all = installedHosts(home);
  const others = all.filter(({ host }) => host.name !== name);
  if (others.length < all.length) write(home, others);
}

/** Throws a Failure for a host of the spec: that one is the business of `muster deploy rack`. */
export function demandUnwritten(cluster: Cluster, place: Place, facts: InstallFacts, remedy: (name: string) => string) {
  if (!namesHosts(cluster)) return;
  if (cluster.rack.network !== null) {
    const message = 'the hosts of cluster.yaml have a network of their own, to which nobody comes but by rack/hosts';
    throw new Failure(exitCodes.badInput, message, `add the host there, then: ${self} deploy rack`);
  }
  const called = place?.destination.replace(/^.*@/, '');
  const isIt = (text: string) => text === facts.address || text === called;
  const written = cluster.rack.hosts.find(
    ({ address, name, sshAddress }) => isIt(address) || isIt(sshAddress) || name === called,
  );
  if (written === undefined) return;
  const message = `cluster.yaml names ${placeText(place)} already: rack/hosts/${written.name}`;
  throw new Failure(exitCodes.badInput, message, remedy(written.name));
}

/** The host as it was set up before; else as it would be, running nothing yet. */
export function hostOf(
  home: string,
  cluster: Cluster,
  place: Place,
  facts: InstallFacts,
  told: string | undefined,
): Installed {
  const all = installedHosts(home);
  const address = addressOf(place, facts, told);
  const same = ({ host, place: other }: Installed) =>
    host.address === address || (other?.destination === place?.destination && other?.port === place?.port);
  const known = all.find(same);
  const have = new Set(services(cluster).map(({ name }) => name));
  if (known !== undefined)
    return { ...known, host: { ...known.host, runs: known.host.runs.filter((each) => have.has(each)) } };
  const taken = [...all.map(({ host }) => host.name), ...cluster.rack.hosts.map(({ name }) => name)];
  const { user } = facts;
  const host = { name: freeName(facts.name, taken), address, user, sshPort: facts.sshPort ?? 22, runs: [] };
  return { place, host, role: null, firewall: true };
}

/** A machine that only it itself reaches can be a cluster alone. */
function addressOf(place: Place, facts: InstallFacts, told: string | undefined): string {
  if (told !== undefined && isIPv4(told)) return told;
  if (told === undefined && (facts.address !== null || place === null)) return facts.address ?? '127.0.0.1';
  const found = told === undefined ? `${placeText(place)} has none` : `got ${JSON.stringify(told)}`;
  throw new Failure(exitCodes.badInput, `--address: expected an IPv4 address for other hosts, ${found}`);
}

function freeName(name: string, taken: readonly string[]): string {
  const names = [name, ...taken.map((_, at) => `${name}-${at + 2}`)];
  return names.find((each) => !taken.includes(each)) ?? name;
}

/** Throws a Failure where units run that another clone, or a lost one, has set up. */
export function demandOwn(cluster: Cluster, { host, place }: Installed, facts: InstallFacts): void {
  const known = new Set(services(cluster).map(({ name }) => name));
  const strange = facts.services.filter(
    (name) => known.has(name) && name !== 'certificates' && !host.runs.includes(name),
  );
  if (strange.length === 0) return;
  throw new Failure(
    exitCodes.refused,
    `${placeText(place)} runs what was not installed from here: ${strange.join(' ')}`,
    `install it from where that was done, or take it off first: ${self} uninstall${placeWords(place)}`,
  );
}
