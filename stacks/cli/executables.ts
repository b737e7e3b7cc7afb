// Are agent and orchestrator there as single files, made of what lies in the clone? Builds those that are not.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../drivers/bundle.ts';
import { digestFile } from '../drivers/digest.ts';
import { buildExecutable, ExecutableError } from '../drivers/executable.ts';
import { installerText } from '../drivers/installer.ts';
import { withLock } from '../drivers/lock.ts';
import { joinedUnit, nodeFlags } from '../index.ts';
// @ts-expect-error: plain JavaScript has no types.
import { nodeFor } from './node/platform.js';
import { releaseFile, releaseKeys, signedRelease } from './release.ts';
import { exitCodes, Failure, type Io } from './types.ts';

export const platforms = ['linux-x64', 'linux-arm64'] as const;
export type Platform = (typeof platforms)[number];

export type Executable = {
  /** `muster-agent-linux-x64`; `SHA256SUMS` lists it beside it. */
  readonly name: string;
  readonly platform: Platform;
  readonly bytes: number;
  readonly sha256: string;
  /** Whether it was built just now. */
  readonly built: boolean;
};

/** By name: of what each file was made, and what came of it. */
type Made = Record<string, { readonly inputs: string; readonly sha256: string }>;

const daemons = ['agent', 'orchestrator'] as const;
/** What else decides the bytes: how they are built, from which Node, by which postject. */
const recipe = [
  ...['stacks/drivers/executable.ts', 'stacks/drivers/executable-resource.ts', 'stacks/drivers/elf.ts'],
  ...['stacks/cli/node/package-lock.json', 'node_modules/postject/package.json'],
];

export const executablesFolder = (root: string): string => join(root, 'build', 'executables');

/**
 * The executables for `wanted` in `executablesFolder`, which holds nothing that is stale: what another platform's were
 * made of may have changed since, and then they go. `say` hears of each that is built. Throws Failure.
 */
export async function buildExecutables(
  io: Io,
  wanted: readonly Platform[],
  say: (verb: string, what: string) => void,
): Promise<readonly Executable[]> {
  const folder = executablesFolder(io.root);
  const own = ownPlatform();
  const waiting = (pid: number) => io.stderr.write(`muster: another build runs (pid ${pid}); waiting for it\n`);
  return withLock(`${folder}.lock`, waiting, async () => {
    const draft = `${folder}.draft`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    try {
      return await buildStale(io, folder, draft, own, wanted, say);
    } catch (error) {
      throw failureOf(error);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  });
}

async function buildStale(
  io: Io,
  folder: string,
  draft: string,
  own: Platform,
  wanted: readonly Platform[],
  say: (verb: string, what: string) => void,
): Promise<readonly Executable[]> {
  const bundles = await bundle(io.root, draft);
  const shared = recipe.map((file) => readFileSync(join(io.root, file), 'utf8'));
  const made = readMade(folder);
  writeInstaller(io, folder, made);
  const executables: Executable[] = [];
  for (const platform of platforms) {
    for (const daemon of daemons) {
      const name = `muster-${daemon}-${platform}`;
      const path = join(folder, name);
      const parts = [platform, nodeFlags[daemon], readFileSync(bundles[daemon], 'utf8'), shared];
      const inputs = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
      const isFresh = existsSync(path) && made[name]?.inputs === inputs && made[name].sha256 === (await sha256Of(path));
      if (!isFresh) {
        rmSync(path, { force: true });
        delete made[name];
      }
      if (!isFresh && wanted.includes(platform)) {
        const startedAt = performance.now();
        say('building', name);
        const [node, ownNode] = [await nodeFor(platform, io), await nodeFor(own, io)];
        await buildExecutable(path, { bundle: bundles[daemon], flags: nodeFlags[daemon], node, ownNode });
        made[name] = { inputs, sha256: await sha256Of(path) };
        say('built', `${name}  ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
      }
      writeMade(folder, made);
      const { sha256 } = made[name] ?? {};
      if (sha256 !== undefined && wanted.includes(platform))
        executables.push({ name, platform, bytes: statSync(path).size, sha256, built: !isFresh });
    }
  }
  await signedRelease(
    io,
    folder,
    platforms.filter((platform) => made[`muster-agent-${platform}`]),
  );
  made[releaseFile] = { inputs: '', sha256: await sha256Of(join(folder, releaseFile)) };
  writeMade(folder, made);
  return executables;
}

/** What machines that are invited may fetch of what was built: SHA-256 by name. */
export function offeredFiles(root: string): Readonly<Record<string, string>> {
  const made = Object.entries(readMade(executablesFolder(root)));
  return Object.fromEntries(
    made.flatMap(([name, { sha256 }]) => (name.startsWith('muster-orchestrator-') ? [] : [[name, sha256]])),
  );
}

/** The installer, with the units of this version. */
export const installScript = (root: string, releaseKey = ''): string =>
  installerText(root, { cpu: joinedUnit('cpu'), gpu: joinedUnit('gpu') }, releaseKey);

/** Machines that are invited fetch it beside the agent. */
function writeInstaller(io: Io, folder: string, made: Made): void {
  const text = installScript(io.root, releaseKeys(io).public);
  writeFileSync(join(folder, 'install.sh'), text);
  made['install.sh'] = { inputs: '', sha256: createHash('sha256').update(text).digest('hex') };
}

/** The Node that packs must run here. */
function ownPlatform(): Platform {
  const own = platforms.find((platform) => platform === `${process.platform}-${process.arch}`);
  if (own !== undefined) return own;
  throw new Failure(
    exitCodes.environment,
    `executables are built on Linux on x64 or arm64, not on ${process.platform} on ${process.arch}`,
    'build them on such a machine, for both platforms at once',
  );
}

const sha256Of = async (path: string): Promise<string> => (await digestFile(path)).digest;

function readMade(folder: string): Made {
  try {
    return JSON.parse(readFileSync(`${folder}.json`, 'utf8'));
  } catch {
    return {};
  }
}

function writeMade(folder: string, made: Made): void {
  writeFileSync(`${folder}.json`, JSON.stringify(made));
  const names = Object.keys(made).sort();
  writeFileSync(join(folder, 'SHA256SUMS'), names.map((name) => `${made[name]?.sha256}  ${name}\n`).join(''));
}

/** A step that failed, and what the set-up in plain JavaScript throws: a sentence and a remedy. */
function failureOf(error: unknown): unknown {
  const { message, remedy } = error as Error & { readonly remedy?: string };
  if (error instanceof ExecutableError)
    return new Failure(exitCodes.environment, message, 'about 1 GB of memory and of disk must be free', {
      cause: error,
    });
  if (error instanceof Failure || typeof remedy !== 'string') return error;
  return new Failure(exitCodes.environment, message, remedy, { cause: error });
}
