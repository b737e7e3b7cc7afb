// How does a machine that ssh reaches become a worker? `muster workers add user@host`: looks, shows, asks, installs, waits.
import { join } from 'node:path';
import type { WorkerView } from '../../../services/protocol/index.ts';
import { withLock } from '../../drivers/lock.ts';
import type { Client } from '../../drivers/orchestrator.ts';
import type { SshHost } from '../../index.ts';
import { withClient } from '../api.ts';
import { confirmed } from '../confirm.ts';
import { self, shellWord, writeJson, writeLine } from '../output.ts';
import { homeOf } from '../place.ts';
import { plain } from '../text.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { install, type Say, targetOf, wakeAgain } from './add-install.ts';
import { joinedWith, workerNamed } from './invitation.ts';
import { factsOf, type HostFacts } from './ssh-call.ts';
import { hostOf, hostText, isSameHost, type KnownHost, knownHosts, portFlag } from './ssh-hosts.ts';
import { workerTable } from './table.ts';
import { dropTunnel, tunnelPort } from './tunnels.ts';

export type AddOptions = {
  readonly class?: string;
  readonly name?: string;
  readonly port?: string;
  readonly url?: string;
  readonly tunnel?: true;
  readonly json?: true;
  readonly yes?: true;
};

export async function runAdd(io: Io, destination: string, options: AddOptions): Promise<number> {
  const host = hostOf(destination, options.port);
  const home = homeOf(io);
  const say: Say = (verb, what) => {
    if (!options.json) writeLine(io, `  ${verb.padEnd(9)} ${plain(what)}`);
  };
  const waiting = (pid: number) => io.stderr.write(`muster: another one adds a worker (pid ${pid}); waiting for it\n`);
  return withClient(io, (client) =>
    withLock(join(home, 'run', 'lock-ssh'), waiting, async () => {
      const facts = await factsOf(io, host);
      if (facts.system !== 'Linux') {
        throw new Failure(exitCodes.environment, `expected Linux on ${hostText(host)}, found ${facts.system}`);
      }
      const known = knownHosts(home).find((one) => isSameHost(one, host));
      const before = known ? await workerOf(client, known) : null;
      const worker =
        known && before
          ? await wakeAgain(io, client, home, known, before, facts, say)
          : await install(io, client, home, await decided(io, client, home, host, known, facts, options), options, say);
      if (options.json) writeJson(io, { worker: worker.name, state: worker.state, host: destination, added: !before });
      else {
        if (before) writeLine(io, `muster: ${hostText(host)} is a worker already, nothing to change`);
        writeLine(io, `\n${workerTable([worker])}\n`);
        writeLine(
          io,
          `next:  ${self} jobs submit -- hostname    to undo: ${self} workers remove ${shellWord(worker.name)}`,
        );
      }
      return exitCodes.done;
    }),
  );
}

/** Also one that joined after whoever waited for it had gone. */
function workerOf(client: Client, { invite, worker }: KnownHost): Promise<WorkerView | null> {
  if (worker !== null) return workerNamed(client, worker);
  return invite === null ? Promise.resolve(null) : joinedWith(client, invite);
}

/** What is to be done, shown and agreed on. */
async function decided(
  io: Io,
  client: Client,
  home: string,
  host: SshHost,
  known: KnownHost | undefined,
  facts: HostFacts,
  options: AddOptions,
): Promise<KnownHost> {
  const { class: className, name, tunnel, url } = options;
  const fresh: KnownHost = { ...host, worker: null, invite: known?.invite ?? null, tunnel: null };
  const port = () => known?.tunnel?.port ?? tunnelPort(home, fresh, facts.ports);
  const wanted = tunnel ? { port: port(), target: targetOf(client) } : null;
  if (!options.json) {
    const { hasSystemd, machine, system, user } = facts;
    const kept = hasSystemd ? 'service' : 'process that is started again when it ends';
    const rows = [
      `muster: ${hostText(host)} becomes a worker`,
      `  host      ${system} ${machine}, ${hasSystemd ? 'systemd' : 'without systemd'}, as ${user}`,
      `  + worker  ${name ?? 'named after its class'}${className === undefined ? '' : `, class ${className}`}`,
      `  + agent   a ${kept}${user === 'root' ? '' : ` of the user ${user}`}`,
      ...(wanted ? [`  + tunnel  its 127.0.0.1:${wanted.port} leads to ${client.url} through this machine`] : []),
      ...(url === undefined ? [] : [`  it calls ${url}`]),
    ];
    for (const row of rows) writeLine(io, plain(row));
  }
  if (options.yes || (await confirmed(io, 'apply?', `${typed(host, options)} --yes`))) {
    if (known && !wanted) await dropTunnel(io, home, known);
    return { ...fresh, tunnel: wanted };
  }
  throw new Failure(exitCodes.refused, 'nothing was changed');
}

/** The command once more, as a shell must read it. */
function typed(host: SshHost, { class: className, name, tunnel, url }: AddOptions): string {
  const values = { class: className, name, url };
  const flags = Object.entries(values).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, value]));
  const words = ['add', host.destination, ...flags, ...(tunnel ? ['--tunnel'] : [])];
  return `muster workers ${words.map(shellWord).join(' ')}${portFlag(host, '--port')}`;
}
