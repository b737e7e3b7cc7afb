// Which services are meant by `--only`, and which of them can this host not have?
import { type Cluster, type HostOverride, nearest, type Selection, select, services } from '../../index.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import type { Trouble } from './outcome.ts';

export type Choice = Pick<ReturnType<typeof select>, 'named' | 'services'> & { readonly leftOut: readonly Trouble[] };

/** Throws a Failure as demandKnown does. */
export function choose(io: Io, cluster: Cluster, { allotment }: HostOverride, only: readonly string[] | null): Choice {
  const asked = { only, elsewhere: Boolean(io.env.MUSTER_ORCHESTRATOR_URL) };
  const all = services(cluster);
  // Also without what is lacking, to know which of it was meant.
  const meant = select(all, { ...asked, lacking: [] });
  demandKnown(meant);
  const lacking = allotment.lacking.filter(({ service }) => meant.services.some(({ name }) => name === service));
  const chosen = select(all, { ...asked, lacking: lacking.map(({ service }) => service) });
  const leftOut = lacking.map(({ has, service, wants }): Trouble => {
    const reason = `it wants ${wants} ${wants === 1 ? 'GPU' : 'GPUs'}, this host has ${has}`;
    const next = 'write `gpus: auto` or `none` in cluster.yaml, or run it elsewhere';
    return { service, state: 'left out', reason, next };
  });
  return { services: chosen.services, named: meant.named, leftOut };
}

/** Throws a Failure for a word that is neither a profile nor a service. */
export function demandKnown({ known, unknown }: Pick<Selection, 'known' | 'unknown'>): void {
  const [word] = unknown;
  if (word === undefined) return;
  const close = nearest(word, known);
  const remedy = close === null ? `choose from: ${known.join(' ')}` : `did you mean "${close}"?`;
  throw new Failure(exitCodes.badInput, `--only: there is no profile or service ${JSON.stringify(word)}`, remedy);
}
