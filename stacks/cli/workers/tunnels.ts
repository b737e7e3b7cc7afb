// What keeps the tunnels of hosts open that cannot dial in? systemd where there is one, else a supervisor of our own.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { programPath } from '../../drivers/programs.ts';
import { type Child, sshTunnel, unitName } from '../../index.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { factsOf } from './ssh-call.ts';
import { hostText, type KnownHost, knownHosts } from './ssh-hosts.ts';
import { removeProcess, startProcess, tunnelLog } from './tunnel-processes.ts';
import { hasSystemd, removeUnit, startUnit } from './tunnel-unit.ts';

const openMs = 30_000;
const lookEveryMs = 500;
const stopSeconds = 5;

/** Names of hosts may hold what names of units may not. */
function tunnelName(home: string, { destination, port }: KnownHost): string {
  return `tunnel-${createHash('sha256')
    .update(JSON.stringify([home, destination, port]))
    .digest('hex')
    .slice(0, 12)}`;
}

/** One that runs as it should is left alone. Gives a word for what ends it for good; null: nothing but its removal. */
export async function keepTunnel(io: Io, home: string, host: KnownHost): Promise<string | null> {
  if (host.tunnel === null) return null;
  const program = programPath('ssh', io.env.PATH);
  if (program === null)
    throw new Failure(exitCodes.environment, 'the program ssh is missing', 'install openssh-client');
  const [name, args] = [tunnelName(home, host), sshTunnel(host, host.tunnel)];
  if (await hasSystemd(io)) {
    return startUnit(io, unitName(name), `Muster's tunnel to ${host.destination}`, program, args);
  }
  const { SSH_AUTH_SOCK } = io.env;
  const environment: Child['environment'] = SSH_AUTH_SOCK ? { SSH_AUTH_SOCK } : {};
  await startProcess(io, home, { name, role: 'service', program, args, environment, stopSeconds });
  return 'until this machine restarts, for it has no systemd; make up-workers opens it again';
}

export async function dropTunnel(io: Io, home: string, host: KnownHost): Promise<void> {
  if (host.tunnel === null) return;
  await removeUnit(io, unitName(tunnelName(home, host)));
  await removeProcess(io, home, tunnelName(home, host));
}

/** For `up` and `down`. */
export async function keepTunnels(io: Io, home: string): Promise<void> {
  for (const host of knownHosts(home)) if (host.worker !== null) await keepTunnel(io, home, host);
}
export async function dropTunnels(io: Io, home: string): Promise<void> {
  for (const host of knownHosts(home)) await dropTunnel(io, home, host);
}

/** Until its end on the host takes calls. */
export async function waitForTunnel(io: Io, home: string, host: KnownHost): Promise<void> {
  const { tunnel } = host;
  if (tunnel === null) return;
  const deadline = performance.now() + openMs;
  while (!(await factsOf(io, host)).ports.has(tunnel.port)) {
    if (performance.now() > deadline) {
      const log = tunnelLog(home, tunnelName(home, host));
      const last = existsSync(log) ? (readFileSync(log, 'utf8').trim().split('\n').at(-1) ?? '') : '';
      throw new Failure(
        exitCodes.failed,
        `the tunnel to ${hostText(host)} does not open${last && `\n  ${last}`}`,
        'sshd there must allow it (AllowTcpForwarding, PermitListen)',
      );
    }
    await sleep(lookEveryMs);
  }
}

const firstPort = 20_000;
const portCount = 10_000;

/** One below those that systems hand out, on which nobody listens there; the same host gets the same one. */
export function tunnelPort(home: string, host: KnownHost, taken: ReadonlySet<number>): number {
  const start = Number.parseInt(tunnelName(home, host).slice('tunnel-'.length), 16) % portCount;
  for (let step = 0; step < portCount; step += 1) {
    const port = firstPort + ((start + step) % portCount);
    if (!taken.has(port)) return port;
  }
  throw new Failure(exitCodes.environment, `no port from ${firstPort} to ${firstPort + portCount - 1} is free there`);
}
