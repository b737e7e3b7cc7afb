// Is there a real Docker engine for tests, and with which environment is it used?
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const lab = join(import.meta.dirname, '../lab/lab');

/** The lab's engines: the current Docker, and the oldest that Muster supports. */
export const engines = ['main', 'oldest'] as const;
export type Engine = (typeof engines)[number];

/** What the lab exports, as an object; empty when there is no lab or this engine of it does not run. */
export function labEnvironment(engine: Engine = 'main'): Readonly<Record<string, string>> {
  if (!existsSync(lab)) return {};
  const printed = spawnSync(lab, engine === 'main' ? ['env'] : ['env', engine], { encoding: 'utf8' });
  if (printed.status !== 0) return {};
  const shell = `${printed.stdout}\nenv -0`;
  const entries = execFileSync('bash', ['-c', shell], { encoding: 'utf8' })
    .split('\0')
    .map((line) => line.split(/=(.*)/s));
  return Object.fromEntries(entries.flatMap(([name = '', value]) => (value === undefined ? [] : [[name, value]])));
}

/** This process's environment less what belongs to a cluster of the developer's own. */
export function cleanEnvironment(engine: Engine = 'main'): NodeJS.ProcessEnv {
  const own = /^(MUSTER_(?!CACHE|LAB)|COMPOSE_|NODE_TEST_CONTEXT)/;
  return Object.fromEntries(
    Object.entries({ ...process.env, ...labEnvironment(engine) }).filter(([name]) => !own.test(name)),
  );
}

/** Why there is no engine with Compose to test on, or null. Without the lab, `main` is the developer's own engine. */
export function whyNoDocker(engine: Engine = 'main'): string | null {
  const env = cleanEnvironment(engine);
  if (engine === 'oldest' && labEnvironment(engine).DOCKER_HOST === undefined) return 'the oldest Docker is absent';
  if (spawnSync('docker', ['version'], { env }).status !== 0) return 'no Docker engine answers';
  if (spawnSync('docker', ['compose', 'version'], { env }).status !== 0) return 'Docker Compose is absent';
  return null;
}
