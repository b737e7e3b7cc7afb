// What do rented machines meet? The installer and the agent as they are built here, and the authority of the cluster.
import { join } from 'node:path';
import { createSecretFiles } from '../../drivers/secret-files.ts';
import { readSecret } from '../../drivers/secrets.ts';
import { authorityFiles, type Cluster, meetsOwnAuthority, type Offered } from '../../index.ts';
import { buildExecutables, offeredFiles } from '../executables.ts';
import { homeOf } from '../place.ts';
import { placeOfSecrets } from '../secrets/place.ts';
import type { Io } from '../types.ts';

/** Builds and makes what is missing; null without a pool in a cloud. */
export async function offeredHere(io: Io, cluster: Cluster): Promise<Offered | null> {
  if (cluster.pools.every(({ cloud }) => cloud === null)) return null;
  await buildExecutables(io, ['linux-x64'], (verb, what) => io.stderr.write(`muster: ${verb} ${what}\n`));
  const sums = offeredFiles(io.root);
  const sum = (name: string): string => sums[name] ?? '';
  const meets = cluster.clouds.some(({ orchestrator }) => meetsOwnAuthority(orchestrator));
  return {
    installerSha256: sum('install.sh'),
    agentSha256: sum('muster-agent-linux-x64'),
    authority: meets ? await authorityOf(io, cluster) : null,
  };
}

async function authorityOf(io: Io, cluster: Cluster): Promise<string | null> {
  const place = placeOfSecrets(io, homeOf(io), 'embedded');
  await createSecretFiles(place, authorityFiles(cluster));
  return readSecret(join(place.folder, 'authority/ca.crt'));
}
