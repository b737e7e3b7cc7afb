// How does a worker go? The orchestrator forgets it; a host that was set up over ssh is left as it was before.
import { Refusal } from '../../drivers/orchestrator.ts';
import { withClient } from '../api.ts';
import { confirmed } from '../confirm.ts';
import { self, shellWord, writeJson, writeLine } from '../output.ts';
import { homeOf } from '../place.ts';
import { plain } from '../text.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { leaveScript } from './invitation.ts';
import { factsOf, onHost } from './ssh-call.ts';
import { forgetHost, hostOf, hostText, isSameHost, type KnownHost, knownHosts, portFlag } from './ssh-hosts.ts';
import { dropTunnel } from './tunnels.ts';

export type RemoveOptions = {
  readonly force?: true;
  readonly ssh?: string;
  readonly port?: string;
  readonly json?: true;
  readonly yes?: true;
};

/** Where it was set up: as told, else as remembered; null: nothing of it is known but its name. */
function hostOfWorker(home: string, name: string, { port, ssh }: RemoveOptions): KnownHost | null {
  const all = knownHosts(home);
  if (ssh === undefined) return all.find(({ worker }) => worker === name) ?? null;
  const told = hostOf(ssh, port);
  return all.find((one) => isSameHost(one, told)) ?? { ...told, worker: name, invite: null, tunnel: null };
}

/** Asked before anything changes: a host that cannot be reached would keep what nobody uses. */
async function isReached(io: Io, host: KnownHost, isForced: boolean): Promise<boolean> {
  try {
    await factsOf(io, host);
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (!isForced) {
      throw new Failure(error.exitCode, error.message, `${error.remedy}; a host that is gone for good: --force`);
    }
    io.stderr.write(`muster: ${error.message}\nmuster: it is left as it is\n`);
    return false;
  }
}

export async function runRemove(io: Io, name: string, options: RemoveOptions): Promise<number> {
  const host = hostOfWorker(homeOf(io), name, options);
  const path = `/api/v1/workers/${encodeURIComponent(name)}${options.force ? '?force=true' : ''}`;
  if (host === null) {
    await withClient(io, (client) => client.call('DELETE', path));
    if (options.json) writeJson(io, { removed: name });
    else writeLine(io, `removed ${name}; its token is worth nothing now`);
    return exitCodes.done;
  }
  const home = homeOf(io);
  return withClient(io, async (client) => {
    const isThere = await isReached(io, host, options.force === true);
    const again = `muster workers remove ${shellWord(name)} --ssh ${host.destination}${portFlag(host, '--port')}`;
    if (!options.json) {
      writeLine(io, `muster: ${plain(name)} on ${hostText(host)} goes`);
      const parts = [
        'worker',
        ...(isThere ? ['agent, its jobs and its state'] : []),
        ...(host.tunnel ? ['tunnel'] : []),
      ];
      for (const what of parts) writeLine(io, `  - ${what}`);
    }
    if (!options.yes && !(await confirmed(io, 'apply?', `${again}${options.force ? ' --force' : ''} --yes`))) {
      throw new Failure(exitCodes.refused, 'nothing was changed');
    }
    try {
      await client.call('DELETE', path);
    } catch (error) {
      // The other half of an earlier try.
      if (!(error instanceof Refusal && error.status === 404)) throw error;
    }
    try {
      if (isThere) await onHost(io, host, leaveScript, 'remove the agent');
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const message = `${name} is no worker any more, but its host has it still: ${error.message}`;
      throw new Failure(error.exitCode, message, `${again} --yes`, { cause: error });
    }
    await dropTunnel(io, home, host);
    forgetHost(home, host);
    if (options.json) writeJson(io, { removed: name, host: host.destination });
    else {
      writeLine(io, `removed ${plain(name)}${isThere ? `; nothing of it is left on ${hostText(host)}` : ''}`);
      const flag = `${portFlag(host, '--port')}${host.tunnel ? ' --tunnel' : ''}`;
      writeLine(io, `next:  ${self} workers    to undo: ${self} workers add ${host.destination}${flag}`);
    }
    return exitCodes.done;
  });
}
