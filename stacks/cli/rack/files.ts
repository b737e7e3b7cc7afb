// Is what Ansible and systemd read as cluster.yaml says? Rendered, checked and written; secrets made; programs built.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { changedFiles, writeFiles } from '../../drivers/files.ts';
import { createSecretFiles, createSecretFolders } from '../../drivers/secret-files.ts';
import { broughtSecrets, type Cluster, type File, rackSecretFiles, render, targets } from '../../index.ts';
import { buildExecutables, type Platform, platforms } from '../executables.ts';
import { formatProblem, self } from '../output.ts';
import { homeOf } from '../place.ts';
import { placeOfSecrets } from '../secrets/place.ts';
import { readSpecFile } from '../spec-file.ts';
import { exitCodes, Failure, type Io } from '../types.ts';

type Say = (verb: string, what: string) => void;

/** Throws a Failure with every error of the spec; warnings go to stderr. */
export async function writeRack(io: Io, say: Say): Promise<Cluster> {
  const { cluster, file, locate, problems } = await readSpecFile(io, undefined);
  if (cluster === null) {
    const text = problems.map(formatProblem).join('\n');
    throw new Failure(exitCodes.badInput, `${file} does not hold\n${text}`, 'mend it, then: muster check');
  }
  const { files, findings } = render(cluster, [targets.systemd, targets.ansible]);
  const all = [...problems, ...findings.map(locate)];
  const errors = all.filter(({ severity }) => severity === 'error');
  for (const each of all) if (!errors.includes(each)) io.stderr.write(`${formatProblem(each)}\n`);
  if (errors.length > 0) {
    const text = errors.map(formatProblem).join('\n');
    throw new Failure(exitCodes.badInput, `a rack cannot run it\n${text}`, 'mend it, then: muster check');
  }
  await writeFolder(io, files, 'build/rack', say);
  return cluster;
}

/** All that lies below `folder`: what an earlier spec left would be taken for a part of this one. Gives what changed. */
export async function writeFolder(io: Io, files: readonly File[], folder: string, say: Say): Promise<readonly File[]> {
  const changed = await changedFiles(io.root, files);
  if (changed.length > 0) rmSync(join(io.root, folder), { recursive: true, force: true });
  await writeFiles(io.root, changed.length > 0 ? files : []);
  if (changed.length > 0) say('written', `${changed.length} files below ${folder}`);
  return changed;
}

/** What a host gets beside its files: secrets and programs, made or built where they are missing or stale. */
export async function provideRack(
  io: Io,
  cluster: Cluster,
  say: Say,
  wanted: readonly Platform[] = platforms,
): Promise<void> {
  const place = placeOfSecrets(io, homeOf(io), 'embedded');
  const { made } = await createSecretFiles(place, rackSecretFiles(cluster));
  if (made.length > 0) say('made', `${made.length} secrets`);
  createSecretFolders(place, broughtSecrets(cluster));
  for (const { path, what } of broughtSecrets(cluster)) {
    if (existsSync(join(place.folder, path))) continue;
    io.stderr.write(`muster: the secret ${path} is missing: ${what}\n   → ${self} secrets set ${path}\n`);
  }
  if (wanted.length > 0) await buildExecutables(io, wanted, say);
}
