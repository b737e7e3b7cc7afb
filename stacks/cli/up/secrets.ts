// Are the secrets there that the services need? Makes what is missing; one that only the user has keeps nobody else back.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createSecretFiles, createSecretFolders } from '../../drivers/secret-files.ts';
import { broughtSecrets, type Cluster, isCore, type Service, secretFiles } from '../../index.ts';
import { self } from '../output.ts';
import { placeOfSecrets } from '../secrets/place.ts';
import type { Io } from '../types.ts';
import type { Trouble } from './outcome.ts';

/** How many were made, and a trouble for each service that goes without one of its own. Throws what is no service's. */
export async function provideSecrets(
  io: Io,
  home: string,
  cluster: Cluster,
  chosen: readonly Service[],
): Promise<{ readonly made: number; readonly troubles: readonly Trouble[] }> {
  const place = placeOfSecrets(io, home, 'docker');
  const readers = (path: string): readonly Service[] =>
    chosen.filter((service) => !isCore(service) && service.secrets.some(({ folder }) => path.startsWith(`${folder}/`)));
  // The engine would make them itself, as root's.
  createSecretFolders(place, broughtSecrets(cluster));
  const troubles: Trouble[] = [];
  let made = 0;
  for (const file of secretFiles(cluster)) {
    try {
      made += (await createSecretFiles(place, [file])).made.length;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // The machine's trouble, not one service's. What nobody here reads is nobody's trouble now.
      if (code !== undefined) throw error;
      const next = `mend that, then: ${self} up`;
      for (const { name } of readers(file.path)) troubles.push({ service: name, state: 'sick', reason: message, next });
    }
  }
  for (const { path, what } of broughtSecrets(cluster)) {
    if (existsSync(join(place.folder, path))) continue;
    const next = `${self} secrets set ${path}`;
    for (const { name } of readers(path)) troubles.push({ service: name, state: 'lacking', reason: what, next });
  }
  return { made, troubles: onePer(troubles) };
}

function onePer(troubles: readonly Trouble[]): readonly Trouble[] {
  return troubles.filter((one, at) => troubles.findIndex(({ service }) => service === one.service) === at);
}
