// How does a test run services of the stack without containers? By their own start scripts, as processes on loopback.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { configFiles } from '../../stacks/configs/index.ts';
import type { Surroundings } from '../../stacks/configs/types.ts';
import { createSecretFiles } from '../../stacks/drivers/secret-files.ts';
import { secretFiles } from '../../stacks/index.ts';
import { ownFolder } from './folder.ts';
import { cleanEnvironment, labEnvironment } from './lab.ts';
import { clusterOf } from './specs.ts';

export type LocalService = {
  readonly child: ChildProcess;
  readonly lines: string[];
  /** Exit code, or the signal's name. */
  readonly exited: Promise<number | string>;
};

/** Why these programs cannot be run, or null. */
export function whyNoPrograms(...names: readonly string[]): string | null {
  const env = cleanEnvironment();
  const missing = names.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`], { env }).status !== 0);
  return missing.length === 0 ? null : `${missing.join(', ')} from the lab: absent`;
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

export class LocalStack {
  readonly folder: string;
  readonly at: Surroundings;
  readonly #started: LocalService[] = [];

  private constructor(t: TestContext, free: readonly number[]) {
    // The folder goes when the processes have ended in it: what was asked for last is done first.
    this.folder = ownFolder(t);
    t.after(async () => {
      for (const { child, exited } of this.#started) {
        if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
          process.kill(-child.pid, 'SIGKILL');
        await exited;
      }
    });
    const used = new Map<string, number>();
    const portOf = (service: string, port: number): number => {
      const key = `${service}:${port}`;
      if (!used.has(key)) used.set(key, free[used.size] as number);
      return used.get(key) as number;
    };
    const below = (...names: string[]): string => {
      const path = join(this.folder, ...names);
      mkdirSync(path, { recursive: true });
      return path;
    };
    this.at = {
      kind: 'processes',
      address: (service, port) => `127.0.0.1:${portOf(service, port)}`,
      addresses: (service, port) => [`127.0.0.1:${portOf(service, port)}`],
      bind: () => '127.0.0.1',
      program: (name) => name,
      listen: portOf,
      config: (file) => join(this.folder, 'configs', file),
      secret: (path) => join(this.folder, 'secrets', path),
      folder: (source: string) => source,
      scratch: (service) => below('scratch', service),
      state: (service) => below('state', service),
    };
  }

  static async make(t: TestContext, spec: string): Promise<LocalStack> {
    const stack = new LocalStack(t, await freePorts(20));
    await stack.write(spec);
    return stack;
  }

  /** Writes what services read; a second time for a spec that has changed. */
  async write(spec: string): Promise<void> {
    const cluster = clusterOf(spec);
    for (const { mode, path, text } of configFiles(cluster, this.at)) {
      mkdirSync(dirname(this.at.config(path)), { recursive: true });
      writeFileSync(this.at.config(path), text, { mode });
    }
    const place = { folder: join(this.folder, 'secrets'), owner: null, root: this.folder };
    await createSecretFiles(place, secretFiles(cluster));
  }

  /** Runs a start script, by its path among the configs, in a process group of its own. */
  start(script: string, more: Readonly<Record<string, string>> = {}): LocalService {
    const env = { HOME: this.folder, PATH: labEnvironment().PATH ?? process.env.PATH, ...more };
    const child = spawn('sh', [this.at.config(script)], { detached: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const lines: string[] = [];
    const gather = (chunk: Buffer) => void lines.push(...chunk.toString().split('\n').filter(Boolean));
    child.stdout?.on('data', gather);
    child.stderr?.on('data', gather);
    const exited = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
    const service = { child, lines, exited };
    this.#started.push(service);
    return service;
  }
}

/** Asks again until it answers with something; what it threw last is the cause when time is up. */
export async function until<Value>(ask: () => Promise<Value | null> | Value | null, seconds = 60): Promise<Value> {
  const ends = performance.now() + seconds * 1000;
  for (let cause: unknown = null; ; ) {
    try {
      const value = await ask();
      if (value !== null && value !== false) return value;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > ends) throw new Error(`not within ${seconds} s`, { cause });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
