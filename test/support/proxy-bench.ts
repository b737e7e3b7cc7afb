// How does a test get the real proxy? nginx with the generated files as a local process, before services of the test.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { proxy as catalog } from '../../stacks/catalog/proxy.ts';
import { proxy as configs } from '../../stacks/configs/proxy.ts';
import type { Surroundings } from '../../stacks/configs/types.ts';
import { createSecretFiles } from '../../stacks/drivers/secret-files.ts';
import { readSecret } from '../../stacks/drivers/secrets.ts';
import { cleanEnvironment } from './lab.ts';
import { clusterOf } from './specs.ts';

/** Why there is no nginx to test with, or false. */
export function noNginx(): string | false {
  const { status } = spawnSync('nginx', ['-v'], { env: cleanEnvironment() });
  return status === 0 ? false : 'nginx is absent';
}

/** A port that nobody listens on; it stays taken for a moment only. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

export type ProxyBench = {
  readonly folder: string;
  readonly https: number;
  readonly http: number;
  readonly internal: number;
  readonly models: number;
  /** The authority's certificate, PEM. */
  readonly ca: string;
  readonly password: string;
  readonly modelKey: string;
  readonly process: ChildProcess;
  /** What nginx said, with its requests. */
  log(): string;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Ends all of it at once, however it stands. */
  end(): void;
};

/** Waits until it takes connections. */
async function listens(port: number, process: ChildProcess, log: () => string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
    const ready = await Promise.race([
      once(socket, 'secureConnect').then(
        () => true,
        () => false,
      ),
    ]);
    socket.destroy();
    if (ready) return;
    if (process.exitCode !== null) break;
    await setTimeout(50);
  }
  throw new Error(`nginx does not listen:\n${log()}`);
}

/** Names of services → their ports on this machine; who is not named is down. */
export async function startProxy(
  folder: string,
  spec: string,
  services: Readonly<Record<string, number>> = {},
  ports: { readonly http?: number } = {},
): Promise<ProxyBench> {
  const cluster = clusterOf(spec);
  const nobody = await freePort();
  const own = new Map([[8081, ports.http ?? (await freePort())]]);
  for (const port of [8443, 8082, 11434]) own.set(port, await freePort());
  const at: Surroundings = {
    kind: 'processes',
    address: (service) => `127.0.0.1:${services[service] ?? nobody}`,
    addresses: (service) => [`127.0.0.1:${services[service] ?? nobody}`],
    bind: () => '127.0.0.1',
    program: (name) => name,
    listen: (_, port) => own.get(port) as number,
    config: (file) => join(folder, 'configs', file),
    secret: (path) => join(folder, 'secrets', path),
    folder: (source: string) => source,
    scratch: (service) => join(folder, 'scratch', service),
    state: (service) => join(folder, 'state', service),
  };
  for (const { path, text } of configs.render(cluster, at)) {
    mkdirSync(dirname(at.config(path)), { recursive: true });
    writeFileSync(at.config(path), text);
  }
  const secrets = { folder: join(folder, 'secrets'), owner: null, root: folder };
  await createSecretFiles(secrets, catalog.secretFiles?.(cluster) ?? []);
  const log = openSync(join(folder, 'log'), 'a');
  // A group of its own: whoever kills the script leaves nginx to itself.
  const stdio = ['ignore', log, log] as const;
  const process = spawn('sh', [at.config('proxy/start.sh')], {
    detached: true,
    env: cleanEnvironment(),
    stdio: [...stdio],
  });
  closeSync(log);
  const said = () => readFileSync(join(folder, 'log'), 'utf8');
  await listens(own.get(8443) as number, process, said);
  return {
    folder,
    http: own.get(8081) as number,
    https: own.get(8443) as number,
    internal: own.get(8082) as number,
    models: own.get(11434) as number,
    ca: readSecret(at.secret('authority/ca.crt')) ?? '',
    password: readSecret(at.secret('proxy/password')) ?? '',
    modelKey: readSecret(at.secret('ollama/key')) ?? '',
    process,
    log: said,
    end: () => {
      try {
        global.process.kill(-(process.pid as number), 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    },
    stop: async (signal = 'SIGTERM') => {
      if (process.exitCode !== null) return process.exitCode;
      process.kill(signal);
      const [code] = (await once(process, 'exit')) as [number | null];
      return code;
    },
  };
}
