// Where does this agent run from, and who can put another program there?
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { serviceIn } from '../job-units/place.ts';

/** Owned by root; answers agents alone. */
export const updateSocket = '/run/muster/agent-update.sock';
/** Programs of the machine; else they lie with their user. */
export const machineHome = '/opt/muster';
const machineKey = '/etc/muster/release.pub';

/** Below the home: an update that is under way, and the last one that failed. */
export const pendingFile = 'update-pending';
export const failedFile = 'update-failed';
/** The signed release that the program came from; an older one is refused. */
export const releaseFile = 'RELEASE';
/** In the state folder: what was downloaded, until somebody has put it into its place. */
export const downloadFile = 'update-program';
export const wishFile = (state: string): string => join(state, 'update-wish');

export type Place = {
  /** Holds `releases/<release>/muster-agent` and the link `bin/muster-agent`. */
  readonly home: string;
  readonly release: string;
  /** Root's helper, systemd of the user, or the loop that keeps an agent alive without systemd. */
  readonly way: 'helper' | 'user' | 'loop';
  /** As in `muster-<service>.service`. */
  readonly service: string;
};

export const keyFileOf = (home: string): string => (home === machineHome ? machineKey : join(home, 'release.pub'));

/** First digits of the SHA-256 of the program, by the folder that it lies in; null for an image or a build. */
export const releaseOf = (program: string): string | null =>
  /\/releases\/([0-9a-f]{12})\/muster-agent$/.exec(program)?.[1] ?? null;

const mayUse = (path: string): boolean => {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

const cgroupsOf = (): string => {
  try {
    return readFileSync('/proc/self/cgroup', 'utf8');
  } catch {
    return '';
  }
};

/** The place of `program`, or why nobody can renew it: one sentence. */
export const findPlace = (program: string): Place | { readonly refused: string } => {
  const release = releaseOf(program);
  if (release === null) return { refused: 'its program comes with an image or a build, which the deploy renews' };
  const home = dirname(dirname(dirname(program)));
  const service = serviceIn(cgroupsOf()) ?? '';
  if (!existsSync(keyFileOf(home)))
    return { refused: `there is no key of releases in ${keyFileOf(home)}; install it anew` };
  if (home === machineHome && service !== '' && mayUse(updateSocket)) return { home, release, way: 'helper', service };
  if (!mayUse(join(home, 'bin')) || basename(home) !== 'muster')
    return { refused: `nobody may change ${home}; install it anew` };
  if (service !== '') return { home, release, way: 'user', service };
  if (existsSync(join(home, 'agent-run'))) return { home, release, way: 'loop', service: 'agent' };
  return { refused: 'nobody would start its new program' };
};
