// Which data does this clone's cluster have, and how is it deleted for good? Volumes of the engine, and Muster's home.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findEngine } from '../../drivers/docker.ts';
import { projectContainers, projectVolumes } from '../../drivers/docker-containers.ts';
import { removeVolumes } from '../../index.ts';
import { cloudsLeft } from '../cloud/left.ts';
import { runOrFail } from '../commands.ts';
import { confirmed } from '../confirm.ts';
import { strangerOf } from '../containers.ts';
import { projectOf } from '../place.ts';
import { exitCodes, Failure, type Io } from '../types.ts';

export type Data = {
  /** As the engine names them, sorted. */
  readonly volumes: readonly string[];
  /** Absolute paths below Muster's home, sorted. */
  readonly files: readonly string[];
};

/** Held by `down` itself while it runs. */
const lock = /^lock/;

export async function dataOf(io: Io, home: string): Promise<Data> {
  const left = cloudsLeft(home);
  if (left.length > 0) {
    const message = `${left.join(' ')}: machines in a cloud would go on costing, and nobody would know of them`;
    throw new Failure(exitCodes.refused, message, 'first: muster cloud destroy');
  }
  const run = join(home, 'run');
  const inside = existsSync(run) ? readdirSync(run).filter((name) => !lock.test(name)) : [];
  const files = [...readdirSync(home).filter((name) => name !== 'run'), ...inside.map((name) => join('run', name))];
  return { volumes: await ownVolumes(io), files: files.sort().map((name) => join(home, name)) };
}

/** Another clone may have the same project name: its data stays. */
async function ownVolumes(io: Io): Promise<readonly string[]> {
  const engine = await findEngine(io.env);
  if (engine.state !== 'answers') return [];
  const project = projectOf(io);
  const stranger = strangerOf(io.root, await projectContainers(engine.docker, project));
  if (stranger === null) return projectVolumes(engine.docker, project);
  throw new Failure(
    exitCodes.refused,
    `the Compose project "${project}" belongs to another clone, in ${stranger}`,
    `run it in ${stranger}`,
  );
}

/** Lists what goes and asks; throws a Failure when the answer is no, or nobody can answer. */
export async function confirmDeletion(io: Io, { files, volumes }: Data): Promise<void> {
  if (files.length + volumes.length === 0) return;
  io.stderr.write('muster: this is deleted for good, and the cluster stops first\n');
  for (const volume of volumes) io.stderr.write(`  volume  ${volume}\n`);
  for (const file of files) io.stderr.write(`  file    ${file}\n`);
  if (await confirmed(io, 'delete it?', 'muster down --volumes --yes')) return;
  throw new Failure(exitCodes.refused, 'nothing was stopped or deleted', 'muster down keeps the data');
}

export async function deleteData(io: Io, { files, volumes }: Data): Promise<void> {
  if (volumes.length > 0) await runOrFail(io, removeVolumes(volumes));
  for (const file of files) rmSync(file, { recursive: true, force: true });
}
