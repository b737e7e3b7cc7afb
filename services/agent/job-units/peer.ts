// Who asks for the unit of a job? Only the agent of a service whose state folder belongs to the user that asks.
import { lstatSync, readFileSync } from 'node:fs';
import { serviceIn, stateFolder } from './place.ts';

export type Peer = { readonly service: string; readonly uid: number; readonly gid: number };

/** The instance name that systemd gives to an accepted connection, from the kernel: `<count>-<pid>-<uid>`. */
export const parseInstance = (instance: string): { readonly pid: number; readonly uid: number } | null => {
  const [, pid, uid] = /^[0-9]+-(?:[0-9]+_)?([0-9]{1,10})-([0-9]{1,10})$/.exec(instance) ?? [];
  return pid === undefined ? null : { pid: Number(pid), uid: Number(uid) };
};

/** Throws one sentence when it is none. */
export const findPeer = (instance: string): Peer => {
  const asked = parseInstance(instance);
  if (asked === null) throw new Error(`expected the instance name of a connection, got ${JSON.stringify(instance)}`);
  const service = serviceIn(readFileSync(`/proc/${asked.pid}/cgroup`, 'utf8'));
  if (service === null) throw new Error(`process ${asked.pid} belongs to no unit muster-<service>.service`);
  const state = `${stateFolder}/${service}`;
  const owner = lstatSync(state);
  if (!owner.isDirectory() || owner.uid !== asked.uid || owner.uid === 0)
    throw new Error(`user ${asked.uid} is not the one that ${state} belongs to`);
  return { service, uid: owner.uid, gid: owner.gid };
};
