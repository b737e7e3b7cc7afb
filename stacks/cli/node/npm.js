// How is npm run, so that it is silent, runs no scripts and says why it failed? Plain JavaScript for Node 20.
import { spawn } from 'node:child_process';

/** An end that is not a bug: a sentence and a remedy. */
export class SetupError extends Error {
  constructor(message, remedy) {
    super(message);
    this.remedy = remedy;
  }
}

/** Runs a program with its output kept: `{ code, output }`; code is null when it could not be started or was killed. */
export function program(path, args, { cwd, env }) {
  return new Promise((resolve) => {
    const child = spawn(path, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: null, output: error.message, missing: error.code === 'ENOENT' }));
    child.on('close', (code) => resolve({ code, output, missing: false }));
  });
}

/** Runs npm in `cwd`; after two seconds it prints `doing` on stderr, once. Throws SetupError with npm's own reason. */
export async function npm(args, { cwd, env, doing }) {
  const timer = setTimeout(() => process.stderr.write(`muster: ${doing}\n`), 2000);
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = await program('npm', [...args, ...quiet], { cwd, env: withoutNpm(env) }).finally(() =>
    clearTimeout(timer),
  );
  if (result.code === 0) return;
  if (result.missing) throw new SetupError('npm is missing', 'install npm (Debian: apt-get install npm) and try again');
  const reasons = result.output.split('\n').filter((line) => line.trim() && !line.includes('complete log of this run'));
  throw new SetupError(
    `npm ${args.join(' ')} failed in ${cwd}: ${reasons.slice(0, 3).join(' · ') || `exit ${result.code}`}`,
    /ENOSPC/.test(result.output)
      ? 'free some disk space and try again'
      : 'check the network and the registry, then try again',
  );
}

/** What npx or `npm run` around us set must not steer the npm inside; what the user set (a registry, a proxy) must. */
function withoutNpm(env) {
  const dropped =
    /^npm_(lifecycle_|package_|command$|execpath$|node_execpath$|config_(local_prefix|yes|omit|include|global)$)/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !dropped.test(name) && name !== 'NODE_ENV'));
}
