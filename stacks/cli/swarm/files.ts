// Is the stack file as cluster.yaml says? Rendered and checked; written where the caller wants it.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { changedFiles, writeFiles } from '../../drivers/files.ts';
import { type Cluster, type File, type Finding, render, targets } from '../../index.ts';
import { formatProblem } from '../output.ts';
import { homeOf } from '../place.ts';
import { readSpecFile, type SpecFile } from '../spec-file.ts';
import { exitCodes, Failure, type Io } from '../types.ts';

export type Stack = {
  readonly cluster: Cluster;
  readonly files: readonly File[];
  /** Gives later findings their place; throws a Failure with those that are errors. */
  readonly demand: (findings: readonly Finding[], exitCode: number) => void;
};

/** The clone's cluster.yaml as a stack; warnings go to stderr. Throws a Failure with every error. */
export async function wantedStack(io: Io): Promise<Stack> {
  const spec: SpecFile = await readSpecFile(io, undefined);
  const { cluster, file, locate, problems } = spec;
  if (cluster === null) {
    const text = problems.map(formatProblem).join('\n');
    throw new Failure(exitCodes.badInput, `${file} does not hold\n${text}`, 'mend it, then: muster check');
  }
  const demand = (findings: readonly Finding[], exitCode: number): void => {
    const [errors, warnings] = [
      findings.filter(({ severity }) => severity === 'error'),
      findings.filter(({ severity }) => severity === 'warning'),
    ];
    for (const each of warnings) io.stderr.write(`${formatProblem(locate(each))}\n`);
    if (errors.length === 0) return;
    const text = errors.map((each) => formatProblem(locate(each))).join('\n');
    throw new Failure(exitCode, `this swarm cannot run it\n${text}`);
  };
  const { files, findings } = render(cluster, [targets.swarm]);
  for (const problem of problems) io.stderr.write(`${formatProblem(problem)}\n`);
  demand(findings, exitCodes.badInput);
  return { cluster, files, demand };
}

/** Brings the clone's generated files in line; gives the paths of those that changed. */
export async function writeStack({ root }: Io, files: readonly File[]): Promise<readonly string[]> {
  const changed = await changedFiles(root, files);
  await writeFiles(root, changed);
  return changed.map(({ path }) => path);
}

/** The files in a folder of their own while `work` runs, so that a plan touches nothing of the clone. */
export async function withDraft<Result>(
  io: Io,
  files: readonly File[],
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = join(homeOf(io), 'run', `stack-${process.pid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    await writeFiles(folder, files);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
