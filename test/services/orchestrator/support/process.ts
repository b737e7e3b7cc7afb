// How does a test run the orchestrator as a process of its own? To be killed, told to stop, or asked for its exit code.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { compileCache } from '../../../support/compile-cache.ts';
import { afterTest } from './cleanup.ts';
import { type Client, createClient } from './client.ts';
import { mainPath, testEnvironment } from './orchestrator.ts';

type Environment = Readonly<Record<string, string>>;

/** As the launcher of the image starts it. */
const nodeFlags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2'];

/** Runs one command to its end. */
export const runCommand = async (
  args: readonly string[],
  env: Environment,
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> => {
  const child = spawn(process.execPath, [...nodeFlags, mainPath, ...args], { env: { ...compileCache, ...env } });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (texts.out += chunk));
  child.stderr.on('data', (chunk) => (texts.err += chunk));
  const [code] = await once(child, 'close');
  return { code, ...texts };
};

export type Spawned = {
  readonly child: ChildProcess;
  readonly admin: Client;
  readonly client: (token: string) => Client;
  readonly classSecret: (name: string) => string;
  /** Sends the signal and gives the exit code, null after a kill. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
};

/** Starts it on a folder whose secrets exist; resolves once it listens. */
export const spawnOrchestrator = async (t: TestContext, folder: string, env: Environment = {}): Promise<Spawned> => {
  const whole = testEnvironment(folder, { env: { MUSTER_LOG_LEVEL: 'info', ...env } });
  const child = spawn(process.execPath, [...nodeFlags, mainPath], {
    env: { ...compileCache, ...whole },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Not its exit: what it said last may still be on its way then.
  const exited = once(child, 'close');
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    child.stdout.resume();
    return (await exited)[0];
  };
  afterTest(t, () => end('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, url } = JSON.parse(line);
    if (msg !== 'listening') continue;
    child.stdout.resume();
    const secret = (...path: string[]): string => readFileSync(join(folder, 'secrets', ...path), 'utf8').trim();
    const client = (token: string): Client => createClient(url, { authorization: `Bearer ${token}` });
    return {
      child,
      end,
      client,
      admin: client(secret('admin')),
      classSecret: (name) => secret('classes', name, 'token'),
    };
  }
  throw new Error('it ended before it listened');
};
