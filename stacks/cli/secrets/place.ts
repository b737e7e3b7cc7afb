// Where do this clone's secrets lie, and who reads them?
import type { SecretsPlace } from '../../drivers/secret-files.ts';
import { secretsFolder, secretsOwner } from '../../drivers/secrets.ts';
import type { Io } from '../types.ts';

/** Local processes read them as the caller, containers as their own user. */
export function placeOfSecrets({ root }: Io, home: string, readers: 'docker' | 'embedded'): SecretsPlace {
  const owner = readers === 'docker' ? secretsOwner(process.getuid?.() ?? 0) : null;
  return { folder: secretsFolder(home), owner, root };
}
