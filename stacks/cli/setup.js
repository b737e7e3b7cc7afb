// Does node_modules hold what is needed? Installs what is missing as the lock says; `node stacks/cli/setup.js run|test`.
// Plain JavaScript for Node 20: it runs before anything is installed. It never removes what another group installed.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { npm, SetupError } from './node/npm.js';

const groups = ['run', 'test'];

/**
 * Packages of the lock that the group needs and that are absent or have another version, as `name version`.
 * `run` is what a user needs, `test` all. Compares npm's own record of what it installed; no stamp can go stale.
 */
export function missingPackages(root, group) {
  const locked = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  const missing = [];
  for (const [path, entry] of Object.entries(locked)) {
    if (path === '' || entry.optional || entry.devOptional || entry.peer || (group === 'run' && entry.dev)) continue;
    if (installed[path]?.version !== entry.version)
      missing.push(`${path.replace(/^.*node_modules\//, '')} ${entry.version}`);
  }
  return missing;
}

function packagesOf(file) {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')).packages ?? {}) : {};
}

/**
 * Makes node_modules of `root` hold the group. Silent, and under 100 ms, when it does already; one line when it takes
 * long. Safe to run twice at once. Throws SetupError with one sentence and a remedy.
 */
export async function ensureInstalled(root, group, env = process.env) {
  if (missingPackages(root, group).length > 0) {
    await alone(root, async () => {
      if (missingPackages(root, group).length === 0) return;
      const all = group === 'test' || hasDevPackages(root);
      // `npm ci` empties node_modules first, so it is for the empty one only; `install --no-save` adds by the same lock.
      const verb = existsSync(join(root, 'node_modules', '.package-lock.json')) ? ['install', '--no-save'] : ['ci'];
      await npm([...verb, all ? '--include=dev' : '--omit=dev'], { cwd: root, env, doing: 'installing packages …' });
      const left = missingPackages(root, group);
      if (left.length > 0) {
        throw new SetupError(
          `npm did not install what package-lock.json says: ${left.slice(0, 3).join(', ')}`,
          'remove node_modules and try again; if it stays, package.json and package-lock.json disagree',
        );
      }
    });
  }
  await link(root);
}

function hasDevPackages(root) {
  return Object.values(packagesOf(join(root, 'node_modules', '.package-lock.json'))).some((entry) => entry.dev);
}

/** npx finds the root's own `bin` here at once; without the link it makes one in its cache on each machine. */
async function link(root) {
  const path = join(root, 'node_modules', '.bin', 'muster');
  if (existsSync(path)) return;
  await mkdir(join(root, 'node_modules', '.bin'), { recursive: true });
  await symlink('../../stacks/cli/muster.js', path).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** Runs `work` while no other set-up of this clone does; a lock whose process is gone is taken over. */
async function alone(root, work) {
  const lock = join(root, '.muster', 'setup.lock');
  await mkdir(join(root, '.muster'), { recursive: true, mode: 0o700 });
  while (!(await take(lock))) await sleep(200);
  try {
    await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock) {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
  const fresh = await stat(lock).then(
    ({ mtimeMs }) => Date.now() - mtimeMs < 1000,
    () => false,
  );
  if (!fresh && !(holder > 0 && existsSync(`/proc/${holder}`))) await rm(lock, { force: true });
  return false;
}

/** Prints a set-up's end the way every end of `muster` looks. */
export function printSetupError(error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`muster: ${error.message}\n   → ${error.remedy}\n`);
  process.exitCode = 3;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const group = process.argv[2] ?? 'run';
  if (!groups.includes(group)) {
    process.stderr.write(`muster: expected one of ${groups.join(', ')}, got "${group}"\n`);
    process.exitCode = 2;
  } else {
    await ensureInstalled(fileURLToPath(new URL('../..', import.meta.url)), group).catch(printSetupError);
  }
}
