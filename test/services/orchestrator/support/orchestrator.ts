// How does a test get a real orchestrator? Its own folders, a free port, small times; gone after the test.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeSecrets } from '../../../../services/orchestrator/secrets.ts';
import { type Running, serve } from '../../../../services/orchestrator/serve.ts';
import { parseSettings, type WorkerClass } from '../../../../services/orchestrator/settings.ts';
import type { SecretFile } from '../../../../stacks/catalog/types.ts';
import { afterTest } from './cleanup.ts';
import { type Client, createClient } from './client.ts';

export const mainPath = fileURLToPath(new URL('../../../../services/orchestrator/main.ts', import.meta.url));

export const temporaryFolder = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-test-'));
  afterTest(t, () => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

export type Bench = {
  readonly running: Running;
  readonly folder: string;
  readonly adminKey: string;
  readonly admin: Client;
  readonly client: (token: string) => Client;
  readonly classSecret: (name: string) => string;
  /** Resolves when the store takes writes again. */
  readonly recovered: () => Promise<void>;
  /** Stops it and starts another one on the same folders, with other settings where they are named. */
  readonly restart: (changed?: Options) => Promise<Bench>;
};

export const testClass: WorkerClass = { name: 'worker-01', maxReplicas: 3, labels: { size: 'large' } };

type Options = {
  readonly classes?: readonly WorkerClass[];
  readonly env?: Readonly<Record<string, string>>;
  /** Who signed its certificate, when `env` has one. */
  readonly ca?: string;
  /** Its state lies here; a folder of its own without. */
  readonly folder?: string;
};

const testSecrets = (classes: readonly WorkerClass[] = [testClass]): readonly SecretFile[] => [
  { kind: 'token', path: 'admin', prefix: 'mk' },
  { kind: 'token', path: 'metrics/token', prefix: 'mm' },
  ...classes.map(({ name }): SecretFile => ({ kind: 'token', path: `classes/${name}/token`, prefix: 'mc' })),
];

/** The environment of an orchestrator under `folder`; port 0 unless `env` says otherwise. */
export const testEnvironment = (folder: string, { classes = [testClass], env = {} }: Options = {}) => ({
  MUSTER_LISTEN: '127.0.0.1:0',
  MUSTER_STATE: folder,
  MUSTER_SECRETS: join(folder, 'secrets'),
  MUSTER_CLASSES: JSON.stringify(classes),
  MUSTER_SECRET_FILES: JSON.stringify(testSecrets(classes)),
  MUSTER_LOG_LEVEL: 'silent',
  MUSTER_HEARTBEAT_SECONDS: '0.5',
  MUSTER_LEASE_TTL_SECONDS: '60',
  MUSTER_BACKOFF_BASE_SECONDS: '0.01',
  ...env,
});

const startIn = async (t: TestContext, folder: string, options: Options): Promise<Bench> => {
  const { settings, problems } = parseSettings(testEnvironment(folder, options));
  if (!settings) throw new Error(problems.join('\n'));
  await makeSecrets(settings.secretsFolder, testSecrets(options.classes));
  const running = await serve(settings, mainPath, (failure) => {
    throw failure;
  });
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (!isStopped) await running.stop();
    isStopped = true;
  };
  afterTest(t, stop);
  const adminKey = readFileSync(join(settings.secretsFolder, 'admin'), 'utf8').trim();
  const client = (token: string): Client => createClient(running.url, { authorization: `Bearer ${token}` }, options.ca);
  return {
    running,
    folder,
    adminKey,
    admin: client(adminKey),
    client,
    classSecret: (name) => readFileSync(join(settings.secretsFolder, 'classes', name, 'token'), 'utf8').trim(),
    recovered: async () => {
      while ((await client(adminKey).get('/ready')).status !== 200) await setTimeout(100);
    },
    restart: async (changed = {}) => {
      await stop();
      return startIn(t, folder, { ...options, ...changed });
    },
  };
};

/** Starts one that is stopped, and whose folders are removed, after the test. */
export const startOrchestrator = (t: TestContext, options: Options = {}): Promise<Bench> =>
  startIn(t, options.folder ?? temporaryFolder(t), options);
