// How does the cluster start as local processes? What runs and is right stays as it is; the rest is told the supervisor.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { bundle, type Daemon, daemons } from '../../drivers/bundle.ts';
import {
  argsOf,
  childHash,
  ended,
  type MarkedProcess,
  markedProcesses,
  marker,
  markerVariable,
  principal,
  signal,
} from '../../drivers/processes.ts';
import { createSecretFiles } from '../../drivers/secret-files.ts';
import { type Child, type Cluster, embeddedChildren, secretFiles } from '../../index.ts';
import { counted } from '../output.ts';
import { portOf } from '../place.ts';
import { placeOfSecrets } from '../secrets/place.ts';
import type { Io } from '../types.ts';
import { outdatedEnded } from './outdated.ts';
import { demandPort } from './port.ts';
import { demandSpace } from './space.ts';
import { removeStaleBundles } from './stale-bundles.ts';

export type Started = {
  readonly url: string;
  /** Names of what was started or restarted now; empty when all ran already. */
  readonly started: readonly string[];
  /** Names of what is gone, because cluster.yaml does not ask for it any more. */
  readonly stopped: readonly string[];
};

/** Starts what does not run yet of the cluster and of the services `beside` it; returns before it is ready. Throws Failure. */
export async function startEmbedded(
  io: Io,
  home: string,
  cluster: Cluster,
  beside: readonly Child[],
  say: (verb: string, what: string) => void,
): Promise<Started> {
  const port = portOf(io, cluster);
  const living = markedProcesses(home);
  if (living.length === 0) demandSpace(home);
  const bundles = await bundlesIn(io, home);
  const { made } = await createSecretFiles(placeOfSecrets(io, home, 'embedded'), secretFiles(cluster));
  const downloads = join(io.root, 'build', 'executables');
  const children = [
    ...embeddedChildren(cluster, { home, node: process.execPath, bundles, port, downloads }),
    ...beside,
  ];
  const runs = (child: Child) => principal(living, child.name, argsOf(child))?.hash === childHash(child);
  const missing = children.filter((child) => !runs(child));
  const strays = living.filter(({ name }) => name !== 'supervisor' && !children.some((child) => child.name === name));
  const supervisorHash = createHash('sha256').update(bundles.supervisor).digest('hex').slice(0, 16);
  const supervisor = principal(living, 'supervisor', [bundles.supervisor, home]);
  const started = {
    url: `http://127.0.0.1:${port}`,
    started: missing.map(({ name }) => name),
    stopped: [...new Set(strays.map(({ name }) => name))].sort(),
  };
  if (supervisor?.hash === supervisorHash && missing.length === 0 && strays.length === 0) return started;

  if (missing.some(({ role }) => role === 'orchestrator')) {
    await demandPort(port, (pid) => living.some((one) => one.pid === pid));
  }
  if (missing.length > 0) say('starting', started.started.join(' '));
  else say(strays.length > 0 ? 'stopping' : 'starting', started.stopped.join(' ') || 'the supervisor');
  if (made.length > 0) say('created', counted(made.length, 'secret'));
  mkdirSync(join(home, 'logs'), { recursive: true, mode: 0o700 });
  const list = join(home, 'run', 'children.json');
  writeFileSync(`${list}.new`, JSON.stringify(children, null, 2), { mode: 0o600 });
  renameSync(`${list}.new`, list);
  if (supervisor?.hash === supervisorHash) signal(supervisor, 'SIGHUP');
  else await replaceSupervisor(home, living, bundles.supervisor, supervisorHash);
  await outdatedEnded(home, children, say);
  removeStaleBundles(home, Object.values(bundles));
  return started;
}

/** Copies of the bundles under a name that is their content: what runs is never overwritten. */
async function bundlesIn({ root }: Io, home: string): Promise<Readonly<Record<Daemon, string>>> {
  const built = await bundle(root, join(home, 'run', 'build'));
  const copies = daemons.map((daemon) => {
    const digest = createHash('sha256').update(readFileSync(built[daemon])).digest('hex').slice(0, 16);
    const folder = join(home, 'run', digest);
    const copy = join(folder, basename(built[daemon]));
    if (!existsSync(copy)) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      copyFileSync(built[daemon], `${copy}.new`);
      chmodSync(`${copy}.new`, 0o600);
      renameSync(`${copy}.new`, copy);
    }
    return [daemon, copy] as const;
  });
  return Object.fromEntries(copies) as Record<Daemon, string>;
}

/** An older supervisor is killed, not stopped: its children stay, and the new one takes them over. */
async function replaceSupervisor(
  home: string,
  living: readonly MarkedProcess[],
  script: string,
  hash: string,
): Promise<void> {
  const old = living.filter(({ name }) => name === 'supervisor');
  for (const one of old) signal(one, 'SIGKILL');
  await ended(old, 5000);
  const log = openSync(join(home, 'logs', 'supervisor.log'), 'a', 0o600);
  const started = spawn(process.execPath, [script, home], {
    cwd: home,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, [markerVariable]: marker('supervisor', hash, home) },
  });
  closeSync(log);
  started.unref();
}
