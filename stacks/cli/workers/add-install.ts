// What happens on a host that becomes a worker over ssh? Tunnel, invite, installer, and the wait until it is there.
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkerView } from '../../../services/protocol/index.ts';
import type { Client } from '../../drivers/orchestrator.ts';
import type { SshHost, Tunnel } from '../../index.ts';
import { self, shellWord } from '../output.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import {
  createInvite,
  installerOf,
  joinedWith,
  joinScript,
  revokeInvite,
  type Wish,
  workerNamed,
} from './invitation.ts';
import { isLoopback } from './reachable.ts';
import { factsOf, type HostFacts, onHost } from './ssh-call.ts';
import { hostText, type KnownHost, portFlag, rememberHost } from './ssh-hosts.ts';
import { dropTunnel, keepTunnel, waitForTunnel } from './tunnels.ts';

export type Say = (verb: string, what: string) => void;
type Where = { readonly url?: string };
type Asked = Omit<Wish, 'expiresSeconds'> & Where;

/** An installation takes less than a minute; an invite that was not used ends soon. */
const expiresSeconds = 900;
const joinMs = 120_000;
const askEveryMs = 250;
const present = new Set(['idle', 'busy', 'draining']);

/** Where the host calls the orchestrator. Throws a Failure for an address that is another machine's own. */
function urlFor(host: KnownHost, told: string | null, { url }: Where, clientUrl: string): string {
  if (host.tunnel !== null) {
    const { pathname, protocol } = new URL(clientUrl);
    return `${protocol}//127.0.0.1:${host.tunnel.port}${pathname}`.replace(/\/+$/, '');
  }
  const address = (url ?? told ?? clientUrl).replace(/\/+$/, '');
  if (!isLoopback(address)) return address;
  throw new Failure(
    exitCodes.badInput,
    `${hostText(host)} cannot reach ${address}: only this machine does`,
    'name another address with --url (or MUSTER_PUBLIC_URL for the orchestrator), or let it come through ssh: --tunnel',
  );
}

/** What a tunnel leads to. */
export function targetOf({ url }: Client): Tunnel['target'] {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)) };
}

export async function install(
  io: Io,
  client: Client,
  home: string,
  host: KnownHost,
  options: Asked,
  say: Say,
): Promise<WorkerView> {
  const startedAt = performance.now();
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  const installer = await installerOf(io, client);
  // Of an earlier try that did not come to its end.
  await revokeInvite(client, host.invite);
  const { class: className, name } = options;
  const { id, token, url: told } = await createInvite(io, client, { class: className, name, expiresSeconds });
  let isJoined = false;
  try {
    const url = urlFor(host, told, options, client.url);
    rememberHost(home, { ...host, invite: id });
    if (host.tunnel !== null) {
      const until = await keepTunnel(io, home, host);
      await waitForTunnel(io, home, host);
      say('opened', `the tunnel, after ${seconds()}${until === null ? '' : `; it lasts ${until}`}`);
    }
    const script = await joinScript(io, installer, { token, url, shown: host.tunnel === null ? url : client.url });
    await onHost(io, host, script, 'install the agent', (line) => {
      // How it goes again is said at the end, for the worker too.
      if (!line.startsWith('muster: to undo:')) say('there', line.replace(/^muster: /, ''));
    });
    say('installed', `the agent, after ${seconds()}`);
    const worker = await joined(client, host, id);
    rememberHost(home, { ...host, invite: null, worker: worker.name });
    isJoined = true;
    say('joined', `${worker.name}, ${worker.state} after ${seconds()}`);
    demandLasting(host, await factsOf(io, host));
    return worker;
  } catch (error) {
    await revokeInvite(client, id).catch(() => undefined);
    if (!isJoined) await dropTunnel(io, home, host);
    throw error;
  }
}

/** A worker that ends with the session that set it up is none. */
function demandLasting(host: SshHost, { isFleeting, user }: HostFacts): void {
  if (!isFleeting) return;
  throw new Failure(
    exitCodes.failed,
    `the agent on ${hostText(host)} ends whenever ${user} is signed out, and ${user} may not change that`,
    `there, as root: loginctl enable-linger ${shellWord(user)}`,
  );
}

async function joined(client: Client, host: SshHost, invite: string): Promise<WorkerView> {
  const deadline = performance.now() + joinMs;
  for (;;) {
    const worker = await joinedWith(client, invite);
    if (worker && present.has(worker.state)) return worker;
    if (performance.now() > deadline) {
      const found = worker ? `the worker ${worker.name} is ${worker.state}` : 'it did not join';
      const log = `ssh${portFlag(host, '-p')} ${host.destination} journalctl -n 20 -u 'muster*'`;
      throw new Failure(exitCodes.failed, `the agent runs on ${hostText(host)}, but ${found}`, log);
    }
    await sleep(askEveryMs);
  }
}

/** A host that was added before: its tunnel is opened again, should it be closed. */
export async function wakeAgain(
  io: Io,
  client: Client,
  home: string,
  host: KnownHost,
  before: WorkerView,
  facts: HostFacts,
  say: Say,
): Promise<WorkerView> {
  // The orchestrator may listen elsewhere by now.
  const tunnel = host.tunnel && { ...host.tunnel, target: targetOf(client) };
  const now = { ...host, invite: null, tunnel, worker: before.name };
  rememberHost(home, now);
  await keepTunnel(io, home, now);
  demandLasting(host, facts);
  const deadline = performance.now() + joinMs;
  for (let worker: WorkerView | null = before; worker !== null; worker = await workerNamed(client, before.name)) {
    if (present.has(worker.state)) return worker;
    if (worker === before) say('waiting', `for ${before.name}, which is ${before.state}`);
    if (performance.now() > deadline) break;
    await sleep(askEveryMs);
  }
  const remedy = `${self} workers remove ${shellWord(before.name)} --yes, then add it again`;
  throw new Failure(exitCodes.failed, `${before.name} on ${hostText(host)} does not come back`, remedy);
}
