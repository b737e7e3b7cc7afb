// What must `docker compose` be told about this clone and this host, whichever verb runs it?
import { rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Engine } from '../drivers/docker.ts';
import { changedFiles, writeFiles } from '../drivers/files.ts';
import { readEngineFacts } from '../drivers/gpus.ts';
import { secretsOwner } from '../drivers/secrets.ts';
import { type HostOverride, hostOverride } from '../index.ts';
import type { Wanted } from './place.ts';
import type { Io } from './types.ts';

type Answering = Extract<Engine, { state: 'answers' }>;

/** What the engine's machine has, and what Compose must be told on it beside the committed file. */
export async function overrideFor({ cluster, on }: Wanted, { docker, where }: Answering): Promise<HostOverride> {
  const facts = await readEngineFacts(docker, where);
  const host = { cpus: facts.cpus, memoryMiB: facts.memoryMiB, gpus: facts.nvidiaCards ?? 0 };
  return hostOverride(cluster, on(host), facts);
}

const hostFile = 'run/compose.host.yaml';

/** Writes what changed of it below `home`; one that this host needs no more goes. */
export async function writeOverride(home: string, { files }: HostOverride): Promise<void> {
  if (!files.some(({ path }) => path === hostFile)) rmSync(join(home, hostFile), { force: true });
  await writeFiles(home, await changedFiles(home, files));
}

/** What compose.yaml asks of the shell: where the secrets lie, who reads them, which port. */
export function composeEnvironment(io: Io, home: string, port: number, { files }: HostOverride): Io['env'] {
  const owner = secretsOwner(process.getuid?.() ?? 0);
  const base = io.env.COMPOSE_FILE || 'compose/compose.yaml';
  return {
    ...io.env,
    MUSTER_HOME: home,
    MUSTER_UID: String(owner),
    MUSTER_PORT: String(port),
    COMPOSE_FILE: files.length === 0 ? base : [base, join(home, hostFile)].join(delimiter),
    COMPOSE_PATH_SEPARATOR: delimiter,
  };
}
