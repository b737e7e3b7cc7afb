// Where is a job's folder while it runs? Where only root can move it, and the job's; before and after, the agent's.
import {
  chmodSync,
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { below, handOver, openFolder } from './ownership.ts';
import type { Peer } from './peer.ts';
import { runningFolder, startFile, stateFolder } from './place.ts';

/** The agent may look into it, for the progress; what the job makes there belongs to the agent's group. */
const sharedMode = 0o2750;
const ownMode = 0o700;

export const runningPath = ({ service }: Peer, attempt: string): string => `${runningFolder}/${service}/${attempt}`;

const folders = (service: string): void => {
  // Whoever may not read a job's folder may still pass to one that it may read.
  for (const path of [runningFolder, `${runningFolder}/${service}`]) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o755);
  }
};

const withFolder = (path: string, names: readonly string[], work: (folder: number) => void): void => {
  const folder = openFolder(path, ...names);
  try {
    work(folder);
  } finally {
    closeSync(folder);
  }
};

/** Moves it to root's place, a link in its stead: from now on no path of the agent leads anywhere else. */
export const takeIn = (peer: Peer, attempt: string): void => {
  const target = runningPath(peer, attempt);
  folders(peer.service);
  if (existsSync(target)) throw new Error(`${target} is there already: the attempt was started before`);
  withFolder(`${stateFolder}/${peer.service}`, ['jobs', attempt], (folder) => {
    const place = below(folder, 'job');
    renameSync(place, target);
    // Only now: nobody can put another thing in its place any more.
    const found = lstatSync(target);
    if (!found.isDirectory() || found.uid !== peer.uid) {
      renameSync(target, place);
      throw new Error('expected a folder named job, of the agent’s own, in the folder of the attempt');
    }
    symlinkSync(target, place);
  });
};

/** Makes it the job's; the file that the waiting shell looks for comes last. */
export const giveToJob = (peer: Peer, attempt: string, uid: number): void =>
  withFolder(runningPath(peer, attempt), [], (folder) => {
    const job = { uid, gid: peer.gid };
    fchownSync(folder, job.uid, job.gid);
    fchmodSync(folder, sharedMode);
    handOver(folder, peer.uid, job, [startFile]);
    handOver(folder, peer.uid, job);
  });

/** Users that systemd makes up; no person and no other service has one of these numbers. */
const isPassing = (uid: number): boolean => uid >= 61_184 && uid <= 65_519;

/** Gives all of it back to the agent, at its old place. Call it when no process of the job is left. */
export const giveBack = (peer: Peer, attempt: string): void => {
  const path = runningPath(peer, attempt);
  withFolder(path, [], (folder) => {
    const { uid } = fstatSync(folder);
    if (uid !== peer.uid && isPassing(uid)) handOver(folder, uid, peer);
    fchownSync(folder, peer.uid, peer.gid);
    fchmodSync(folder, ownMode);
  });
  withFolder(`${stateFolder}/${peer.service}`, ['jobs', attempt], (folder) => {
    const place = below(folder, 'job');
    if (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(place) === path)
      unlinkSync(place);
    renameSync(path, place);
  });
};
