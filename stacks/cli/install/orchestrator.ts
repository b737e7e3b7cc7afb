// Is there an orchestrator of this cluster already, and how does a worker come to it?
import { createClient, Refusal } from '../../drivers/orchestrator.ts';
import type { Cluster, KnownOrchestrator } from '../../index.ts';
import { authorityOf } from '../api.ts';
import { isExpectedUp, urlOf } from '../place.ts';
import { exitCodes, Failure, type Io } from '../types.ts';

/** `told`: what the person named. `cluster`: with the hosts that were installed. */
export async function knownOrchestrator(
  io: Io,
  cluster: Cluster,
  told: string | undefined,
): Promise<KnownOrchestrator> {
  if (told !== undefined) {
    if (!/^https?:$/.test(URL.parse(told)?.protocol ?? '')) {
      const message = `--orchestrator: expected a web address, got ${JSON.stringify(told)}`;
      throw new Failure(exitCodes.badInput, message, 'write it in full: --orchestrator https://10.0.0.11:8080');
    }
    return { kind: 'url', url: told.replace(/\/+$/, '') };
  }
  const host = cluster.rack.hosts.find(({ runs }) => runs.includes('orchestrator'));
  if (host !== undefined) return { kind: 'host', host: host.name };
  const url = isExpectedUp(io) ? await urlOf(io) : null;
  return url !== null && (await answers(io, url)) ? { kind: 'url', url } : { kind: 'none' };
}

async function answers(io: Io, url: string): Promise<boolean> {
  try {
    await createClient({ url, key: '', authority: authorityOf(io) ?? null, retryMs: 0 }).call('GET', '/health');
    return true;
  } catch (error) {
    return error instanceof Refusal;
  }
}
