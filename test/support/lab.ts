// Is there a real Docker engine for tests, and with which environment is it used?
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const lab = join(import.meta.dirname, '../lab/lab');

/** What the lab exports, as an object; empty when there is no lab or its engine does not run. */
export function labEnvironment(): Readonly<Record<string, string>> {
  if (!existsSync(lab)) return {};
  const printed = spawnSync(lab, ['env'], { encoding: 'utf8' });
  if (printed.status !== 0) return {};
  const shell = `${printed.stdout}\nenv -0`;
  const entries = execFileSync('bash', ['-c', shell], { encoding: 'utf8' })
    .split('\0')
    .map((line) => line.split(/=(.*)/s));
  return Object.fromEntries(entries.flatMap(([name = '', value]) => (value === undefined ? [] : [[name, value]])));
}

/** This process's environment less what belongs to a cluster of the developer's own. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = /^(MUSTER_(?!CACHE|LAB)|COMPOSE_|NODE_TEST_CONTEXT)/;
  return Object.fromEntries(
    Object.entries({ ...process.env, ...labEnvironment() }).filter(([name]) => !own.test(name)),
  );
}

/** Why there is no engine with Compose to test on, or null. */
export function whyNoDocker(env = cleanEnvironment()): string | null {
  if (spawnSync('docker', ['version'], { env }).status !== 0) return 'no Docker engine answers';
  if (spawnSync('docker', ['compose', 'version'], { env }).status !== 0) return 'Docker Compose is absent';
  return null;
}
