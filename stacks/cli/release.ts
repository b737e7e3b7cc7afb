// Which programs may the agents of this cluster become? The release of a folder, signed here; the key never leaves here.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Release, SignedRelease } from '../../services/protocol/index.ts';
import { digestFile } from '../drivers/digest.ts';
import { createFolder, createPrivate } from '../drivers/private-files.ts';
import {
  formatSigned,
  newReleaseKey,
  parseSigned,
  publicReleaseKey,
  readRelease,
  signRelease,
} from '../drivers/release.ts';
import { runCommand } from '../drivers/shell.ts';
import { homeOf } from './place.ts';
import { exitCodes, Failure, type Io } from './types.ts';

/** Beside SHA256SUMS: the signed release. */
export const releaseFile = 'RELEASE';

export type ReleaseKeys = { readonly private: string; readonly public: string };

/** Made when there is none. Not among the secrets, which a container of the orchestrator may see. */
export function releaseKeys(io: Io): ReleaseKeys {
  const folder = join(homeOf(io), 'release');
  createFolder(folder);
  createPrivate(join(folder, 'key.pem'), newReleaseKey());
  const key = readFileSync(join(folder, 'key.pem'), 'utf8');
  createPrivate(join(folder, 'public.pem'), publicReleaseKey(key));
  return { private: key, public: publicReleaseKey(key) };
}

/** What the folder offers, signed before; null when it is not signed, or names other programs. */
function signedBefore(file: string, programs: Release['programs'], key: string): SignedRelease | null {
  try {
    const signed = parseSigned(readFileSync(file, 'utf8'));
    return signed && JSON.stringify(readRelease(signed, key).programs) === JSON.stringify(programs) ? signed : null;
  } catch {
    return null;
  }
}

/** The same programs keep their release and its number; others get a newer one, which is written beside them. */
export async function signedRelease(io: Io, folder: string, platforms: readonly string[]): Promise<SignedRelease> {
  const named = platforms.map((platform) => [platform, join(folder, `muster-agent-${platform}`)] as const);
  const programs: Record<string, { sha256: string; bytes: number }> = {};
  for (const [platform, path] of named.filter(([, path]) => existsSync(path)).sort()) {
    const { digest, size } = await digestFile(path);
    programs[platform] = { sha256: digest, bytes: size };
  }
  if (Object.keys(programs).length === 0)
    throw new Failure(exitCodes.badInput, `there is no muster-agent-${platforms[0]} in ${folder}`);
  const keys = releaseKeys(io);
  const file = join(folder, releaseFile);
  const before = signedBefore(file, programs, keys.public);
  if (before !== null) return before;
  const release = { number: Date.now(), version: await versionOf(io, named), programs };
  const signed = signRelease(release, keys.private);
  writeFileSync(file, formatSigned(signed));
  return signed;
}

/** What the program itself says, where it runs here. */
async function versionOf(io: Io, named: readonly (readonly [string, string])[]): Promise<string> {
  const own = named.find(([platform, path]) => platform === `${process.platform}-${process.arch}` && existsSync(path));
  if (own) {
    const asked = { program: own[1], args: ['--version'], why: 'ask the agent for its version' };
    const { exitCode, output } = await runCommand(asked, { cwd: io.root, env: { PATH: io.env.PATH } });
    if (exitCode === 0 && /^[\w.+-]{1,50}$/.test(output.trim())) return output.trim();
  }
  return (JSON.parse(readFileSync(join(io.root, 'package.json'), 'utf8')) as { version: string }).version;
}
