// Does the orchestrator offer what a machine installs? Built here when it is not, and brought to one that keeps it.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { apiPaths, type DownloadList } from '../../../services/protocol/index.ts';
import { type Client, Refusal } from '../../drivers/orchestrator.ts';
import { self } from '../output.ts';
import { exitCodes, Failure, type Io } from '../types.ts';

const noInstaller = (cause?: unknown): Failure =>
  new Failure(
    exitCodes.environment,
    'the orchestrator offers no installer',
    `${self} build-executables on its machine, then the same again; or --format docker here`,
    { cause },
  );

/** Throws Failure when the orchestrator is older than such lists. */
async function listOf(client: Client): Promise<DownloadList> {
  try {
    return await client.call<DownloadList>('GET', apiPaths.downloads);
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) throw noInstaller(error);
    throw error;
  }
}

/** For this machine's kind, and for the other one where that was built before: its Node may have to be fetched. */
async function built(io: Io): Promise<Readonly<Record<string, string>>> {
  const { buildExecutables, executablesFolder, offeredFiles, platforms } = await import('../executables.ts');
  const folder = executablesFolder(io.root);
  const wanted = platforms.filter(
    (platform) => platform === `linux-${process.arch}` || existsSync(join(folder, `muster-agent-${platform}`)),
  );
  const say = (verb: string, what: string) => io.stderr.write(`  ${verb.padEnd(9)} ${what}\n`);
  await buildExecutables(io, wanted, say);
  return offeredFiles(io.root);
}

async function bring(io: Io, client: Client, files: Readonly<Record<string, string>>): Promise<void> {
  const { executablesFolder } = await import('../executables.ts');
  for (const [name, digest] of Object.entries(files)) {
    const file = join(executablesFolder(io.root), name);
    await client.uploadBlob(`${apiPaths.blobs}${digest}`, file, statSync(file).size);
    io.stderr.write(`  brought   ${name}\n`);
  }
  await client.call('PUT', apiPaths.downloads, { files });
}

const same = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, digest]) => b[name] === digest);

/** The checksum of the installer that is offered from now on. */
export async function offerInstaller(io: Io, client: Client): Promise<string> {
  const { files: offered, folder } = await listOf(client);
  const there = offered['install.sh'];
  if (folder !== null && there !== undefined) return there;
  // Building needs a clone. Without Docker the orchestrator offers what lies in this one.
  const { executablesFolder } = await import('../executables.ts');
  const files = folder === null || folder === executablesFolder(io.root) ? await built(io) : offered;
  if (folder === null && !same(files, offered)) await bring(io, client, files);
  const sum = files['install.sh'];
  if (sum === undefined) throw noInstaller();
  return sum;
}
