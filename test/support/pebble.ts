// How does a test get an ACME authority? Pebble, with its own name server, as local processes.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createSecretFiles } from '../../stacks/drivers/secret-files.ts';
import { cleanEnvironment } from './lab.ts';
import { freePort } from './proxy-bench.ts';

/** Why there is no pebble to test with, or false. */
export function noPebble(): string | false {
  const { error } = spawnSync('pebble', ['-version'], { env: cleanEnvironment() });
  return error === undefined ? false : 'pebble is absent';
}

async function answers(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const socket = connect({ host: '127.0.0.1', port });
    const up = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (up) return;
    await setTimeout(50);
  }
  throw new Error(`nobody listens on ${port}`);
}

export type Pebble = {
  readonly directory: string;
  /** The file with the authority that signed pebble's own web server. */
  readonly caFile: string;
  start(): Promise<void>;
  stop(): Promise<void>;
};

/** Proves names on 127.0.0.1:`httpPort`; refuses a third of all nonces; certificates live for so long. */
export async function pebble(t: TestContext, folder: string, httpPort: number, lifeSeconds: number): Promise<Pebble> {
  const [listen, management, dns, dnsManagement] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  await createSecretFiles({ folder, owner: null, root: null }, [
    { kind: 'authority', path: 'ca', name: 'pebble' },
    { kind: 'certificate', path: 'web', by: 'ca', names: ['localhost'], use: 'server' },
  ]);
  const settings = {
    listenAddress: `127.0.0.1:${listen}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate: join(folder, 'web.crt'),
    privateKey: join(folder, 'web.key'),
    httpPort,
    tlsPort: await freePort(),
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
    profiles: { default: { description: 'short', validityPeriod: lifeSeconds } },
  };
  writeFileSync(join(folder, 'pebble.json'), JSON.stringify({ pebble: settings }));
  const env = { ...cleanEnvironment(), PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '33' };
  const log = openSync(join(folder, 'pebble.log'), 'a');
  t.after(() => closeSync(log));
  const run = (program: string, args: readonly string[]): ChildProcess =>
    spawn(program, args, { env, stdio: ['ignore', log, log] });
  const off = ['-http01', '', '-https01', '', '-tlsalpn01', '', '-doh', ''];
  const names = ['-defaultIPv4', '127.0.0.1', '-defaultIPv6', '', '-dnsserver', `127.0.0.1:${dns}`, ...off];
  const nameServer = run('pebble-challtestsrv', [...names, '-management', `127.0.0.1:${dnsManagement}`]);
  let authority: ChildProcess | null = null;
  const end = async (child: ChildProcess | null): Promise<void> => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  t.after(async () => {
    await end(authority);
    await end(nameServer);
  });
  return {
    directory: `https://localhost:${listen}/dir`,
    caFile: join(folder, 'ca.crt'),
    start: async () => {
      authority = run('pebble', ['-config', join(folder, 'pebble.json'), '-dnsserver', `127.0.0.1:${dns}`]);
      await answers(listen);
    },
    stop: () => end(authority),
  };
}
