// Which Node runs Muster? The one that started us when it is new enough, else the pinned one from a cache of its own.
// Plain JavaScript for Node 20: it runs before anything is installed.
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm, program, SetupError } from './npm.js';

const pinned = '24.21.0';
const here = fileURLToPath(new URL('.', import.meta.url));

/** True from 22.18 on: the first release that runs .ts files without a flag. */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

/** The folder that holds what outlives a clone: MUSTER_CACHE, else XDG_CACHE_HOME, else ~/.cache. */
export function cacheFolder(env = process.env) {
  return join(env.MUSTER_CACHE || env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'muster');
}

/**
 * Path of a Node that runs TypeScript. Fetches the pinned one when there is none, which takes about ten seconds once;
 * two that do so at the same time both get it. Throws SetupError with one sentence.
 */
export async function findNode({
  env = process.env,
  version = process.version,
  own = process.execPath,
  platform = process.platform,
  arch = process.arch,
} = {}) {
  if (isNewEnough(version)) return own;
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64')) {
    throw new SetupError(
      `Node ${version} is too old, and the pinned Node ${pinned} exists for Linux on x64 and arm64 only, not for ${platform} on ${arch}`,
      'install Node 22.18 or newer and try again',
    );
  }
  const cache = cacheFolder(env);
  const folder = join(cache, `node-${pinned}`);
  const node = join('node_modules', `node-linux-${arch}`, 'bin', 'node');
  if (!existsSync(join(folder, node))) await fetchNode(cache, folder, node, env);
  return join(folder, node);
}

async function fetchNode(cache, folder, node, env) {
  await mkdir(cache, { recursive: true });
  await removeLeftovers(cache);
  const draft = await mkdtemp(join(cache, '.fetch-'));
  try {
    for (const name of ['package.json', 'package-lock.json']) await copyFile(join(here, name), join(draft, name));
    await npm(['ci'], { cwd: draft, env, doing: `fetching Node ${pinned} (once, about 190 MB) …` });
    const answer = await program(join(draft, node), ['--version'], { cwd: draft, env });
    if (answer.code !== 0) {
      throw new SetupError(
        `the pinned Node ${pinned} does not run here: ${answer.output.trim().split('\n').at(-1) || `exit ${answer.code}`}`,
        'install Node 22.18 or newer and try again',
      );
    }
    // A folder that is there without its node is a broken one; a whole one came from somebody who was faster.
    if (existsSync(folder) && !existsSync(join(folder, node))) await rename(folder, `${draft}.broken`);
    await rename(draft, folder).catch((error) => {
      if (!existsSync(join(folder, node))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(`${draft}.broken`, { recursive: true, force: true });
  }
}

/** Drafts of fetches that were killed: an hour is longer than any fetch takes. */
async function removeLeftovers(cache) {
  for (const name of await readdir(cache)) {
    if (!name.startsWith('.fetch-')) continue;
    const path = join(cache, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > 3_600_000) await rm(path, { recursive: true, force: true });
  }
}
