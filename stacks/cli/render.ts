// Which files follow from cluster.yaml? `muster render` writes those that changed; --check only says which are stale.
import { join, relative, resolve } from 'node:path';
import type { Target } from '../index.ts';
import { formatProblems, self, writeJson, writeLine } from './output.ts';
import { exitCodes, Failure, type Io, type Verb } from './types.ts';

type Options = { readonly file?: string; readonly out?: string; readonly check?: true; readonly json?: true };

/** The system's sentence names the call and the file. */
function unwritable(folder: string) {
  return (cause: Error): never => {
    throw new Failure(exitCodes.failed, `cannot write to ${folder}: ${cause.message}`, `${self} render --out DIR`, {
      cause,
    });
  };
}

async function runRender(io: Io, names: readonly string[], options: Options): Promise<number> {
  const [{ nearest, render, targets, usualTargets }, { changedFiles, writeFiles }, { readSpecFile }] =
    await Promise.all([import('../index.ts'), import('../drivers/files.ts'), import('./spec-file.ts')]);
  const known = Object.keys(targets);
  const named = [...new Set(names)].map((name) => {
    const target = Object.entries(targets).find(([key]) => key === name)?.[1];
    if (target !== undefined) return target;
    const meant = nearest(name, known);
    const remedy = meant === null ? `choose from: ${known.join(', ')}` : `did you mean "muster render ${meant}"?`;
    throw new Failure(exitCodes.badInput, `there is no target ${JSON.stringify(name)}`, remedy);
  });

  const { cluster, problems: inSpec, locate } = await readSpecFile(io, options.file);
  const wanted: readonly Target[] = named.length > 0 ? named : usualTargets;
  const offered =
    cluster !== null && wanted.includes(targets['cloud-init'])
      ? await (await import('./render/offered.ts')).offeredHere(io, cluster)
      : null;
  const { files, findings } = cluster === null ? { files: [], findings: [] } : render(cluster, wanted, offered);
  const problems = [...inSpec, ...findings.map(locate)];
  const text = formatProblems(problems);
  if (text !== null && !options.json) io.stderr.write(`${text}\n`);
  const refused = problems.some(({ severity }) => severity === 'error');

  const folder = options.out === undefined ? io.root : resolve(io.cwd, options.out);
  const changed = refused ? [] : await changedFiles(folder, files).catch(unwritable(folder));
  if (!options.check) await writeFiles(folder, changed).catch(unwritable(folder));
  const place = relative(io.cwd, folder);
  const prefix = place.startsWith('..') ? folder : place;
  if (options.json) {
    writeJson(io, {
      ok: !refused,
      files: files.map(({ path }) => path),
      changed: changed.map(({ path }) => path),
      problems,
    });
  } else {
    for (const { path } of changed) writeLine(io, `${options.check ? 'stale  ' : 'written'}  ${join(prefix, path)}`);
  }
  if (refused) return exitCodes.badInput;
  if (!options.check || changed.length === 0) return exitCodes.done;
  if (!options.json) io.stderr.write(`   → ${self} render\n`);
  return exitCodes.failed;
}

export const render: Verb = (program, io, exit) => {
  program
    .command('render')
    .argument('[target...]', 'which tools to write for (default: compose and swarm)')
    .description('write the files that follow from cluster.yaml: compose, swarm, systemd, cloud-init')
    .option('--file <FILE>', 'the spec (default: cluster.yaml of the clone)')
    .option('--out <DIR>', 'where to write (default: the clone)')
    .option('--check', 'write nothing; exit 1 and name the files that are missing or stale')
    .option('--json', 'print {ok, files, changed, problems} for programs')
    .action(async (names: string[], options: Options) => {
      exit(await runRender(io, names, options));
    });
};
