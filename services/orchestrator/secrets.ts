// Which secrets are missing, and how are they made? The one-shot `muster-orchestrator secrets`.
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { adminKeyPath, classSecretPath } from './credentials.ts';
import { newToken, type TokenPrefix } from './tokens.ts';

/** Writes a new secret unless the file is there; gives whether it wrote. The file is 0600, its folders 0700. */
const makeSecret = (path: string, prefix: TokenPrefix): boolean => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, `${newToken(prefix)}\n`);
    fsyncSync(file);
  } catch (error) {
    // On a full disk an empty file would count as a secret from then on.
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return true;
};

/** Makes what is missing; gives the paths made. Throws one sentence with its remedy when the folder is not writable. */
export const makeMissingSecrets = (secretsFolder: string, classNames: readonly string[]): string[] => {
  const wanted: readonly (readonly [string, TokenPrefix])[] = [
    [adminKeyPath(secretsFolder), 'mk'],
    ...classNames.map((name) => [classSecretPath(secretsFolder, name), 'mc'] as const),
  ];
  try {
    return wanted.filter(([path, prefix]) => makeSecret(path, prefix)).map(([path]) => path);
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    const remedy = 'run it as the owner of that folder: MUSTER_UID=$(id -u) docker compose up -d …';
    throw new Error(`user ${process.getuid?.()} cannot write ${path ?? secretsFolder} (${code}); ${remedy}`, {
      cause: error,
    });
  }
};
