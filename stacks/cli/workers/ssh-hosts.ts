// Which hosts became workers over ssh from here, so that they can be left again? Kept in Muster's home.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replacePrivate } from '../../drivers/private-files.ts';
import { isDestination, type SshHost, type Tunnel } from '../../index.ts';
import { exitCodes, Failure } from '../types.ts';

export type KnownHost = SshHost & {
  /** The worker's name; null: it has not joined yet. */
  readonly worker: string | null;
  /** The last invite that was made for it. */
  readonly invite: string | null;
  /** Null: the host reaches the orchestrator by itself. */
  readonly tunnel: Tunnel | null;
};

const fileIn = (home: string) => join(home, 'ssh-hosts.json');

export const isSameHost = (one: SshHost, other: SshHost): boolean =>
  one.destination === other.destination && one.port === other.port;

export const hostText = ({ destination, port }: SshHost): string =>
  port === null ? destination : `${destination} port ${port}`;

/** The same host as flags of `muster` and of ssh name it. */
export const portFlag = ({ port }: SshHost, flag: string): string => (port === null ? '' : ` ${flag} ${port}`);

/** What was typed. Throws a Failure for what ssh could take for a flag, or more than one word. */
export function hostOf(destination: string, port: string | undefined): SshHost {
  if (!isDestination(destination)) {
    const remedy = 'what ~/.ssh/config calls it works too; a port stands in --port';
    throw new Failure(exitCodes.badInput, `expected user@host, got ${JSON.stringify(destination)}`, remedy);
  }
  if (port !== undefined && !(/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535)) {
    throw new Failure(exitCodes.badInput, `--port: expected a port from 1 to 65535, got ${JSON.stringify(port)}`);
  }
  return { destination, port: port === undefined ? null : Number(port) };
}

export function knownHosts(home: string): readonly KnownHost[] {
  const file = fileIn(home);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

export function rememberHost(home: string, host: KnownHost): void {
  const others = knownHosts(home).filter((one) => !isSameHost(one, host));
  replacePrivate(fileIn(home), `${JSON.stringify([...others, host], null, 2)}\n`);
}

export function forgetHost(home: string, host: SshHost): void {
  const all = knownHosts(home);
  const others = all.filter((one) => !isSameHost(one, host));
  if (others.length < all.length) replacePrivate(fileIn(home), `${JSON.stringify(others, null, 2)}\n`);
}
