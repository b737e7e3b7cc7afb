// Which engine does the docker command talk to when DOCKER_HOST does not say? The one of its current context.
// https://docs.docker.com/engine/manage-resources/contexts/
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The address of the context that DOCKER_CONTEXT or docker's own settings name; null for the default one. */
export function contextHost(env: Readonly<Record<string, string | undefined>>): string | null {
  const settings = env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker');
  const name = env.DOCKER_CONTEXT || textIn(join(settings, 'config.json'), ['currentContext']);
  if (!name || name === 'default') return null;
  const folder = createHash('sha256').update(name).digest('hex');
  return textIn(join(settings, 'contexts', 'meta', folder, 'meta.json'), ['Endpoints', 'docker', 'Host']);
}

/** The text under these keys of a JSON file; null when file, key or text is missing. */
function textIn(file: string, keys: readonly string[]): string | null {
  if (!existsSync(file)) return null;
  try {
    let value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    for (const key of keys) value = (value as Record<string, unknown> | null)?.[key];
    return typeof value === 'string' ? value : null;
  } catch {
    // docker itself will say what is wrong with its settings.
    return null;
  }
}
