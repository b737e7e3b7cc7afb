// Is cluster.yaml right? `muster check` prints every problem at once; exit code 2 when one is an error.

import type { Cluster, Finding, Target } from '../index.ts';
import { counted, formatProblems, writeJson, writeLine } from './output.ts';
import { exitCodes, Failure, type Io, type Verb } from './types.ts';

type Options = { readonly target?: readonly string[]; readonly json?: true };

/** Findings of the targets that were named count; those of the others are said, for the spec itself is right. */
async function targetFindings(cluster: Cluster, named: readonly string[]): Promise<readonly Finding[]> {
  const { namesHosts, nearest, render, targets } = await import('../index.ts');
  const known = Object.keys(targets);
  for (const name of named) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    const remedy = meant === null ? `choose from: ${known.join(', ')}` : `did you mean "${meant}"?`;
    throw new Failure(exitCodes.badInput, `there is no target ${JSON.stringify(name)}`, remedy);
  }
  const asked = (name: string, { onDemand }: Target): boolean =>
    named.length > 0 ? named.includes(name) : !onDemand || name === 'cloud-init' || namesHosts(cluster);
  const found = Object.entries<Target>(targets).flatMap(([name, target]) =>
    asked(name, target)
      ? render(cluster, [target]).findings.map((finding) => (named.length > 0 ? finding : softened(finding)))
      : [],
  );
  return [...new Map(found.map((finding) => [JSON.stringify(finding), finding])).values()];
}

const softened = (finding: Finding): Finding => ({ ...finding, severity: 'warning' });

async function runCheck(io: Io, named: string | undefined, options: Options): Promise<number> {
  const [{ readSpecFile }, { readHost }] = await Promise.all([import('./spec-file.ts'), import('../drivers/host.ts')]);
  const { cluster, file, locate, problems: inSpec } = await readSpecFile(io, named, await readHost());
  const wanted = options.target ?? [];
  const findings = cluster === null ? [] : await targetFindings(cluster, wanted);
  const problems = [...inSpec, ...findings.map(locate)];
  const ok = cluster !== null && problems.every(({ severity }) => severity === 'warning');
  const notes =
    cluster !== null && wanted.includes('swarm') ? (await import('../index.ts')).onSwarmOf(cluster).notes : [];
  if (options.json) {
    writeJson(io, { file, ok, problems, ...(wanted.includes('swarm') && { notes }) });
    return ok ? exitCodes.done : exitCodes.badInput;
  }
  const text = formatProblems(problems);
  if (text !== null) writeLine(io, text);
  for (const { instead, services, what } of notes)
    writeLine(io, `on a swarm ${services.join(' ')}: ${what}; ${instead}`);
  if (ok && cluster !== null) {
    writeLine(
      io,
      `${file}: cluster "${cluster.name}", ${counted(cluster.workers.length, 'class', 'classes')} of workers`,
    );
  }
  return ok ? exitCodes.done : exitCodes.badInput;
}

export const check: Verb = (program, io, exit) => {
  program
    .command('check')
    .argument('[FILE]', 'the spec to check (default: cluster.yaml of the clone)')
    .description('find every mistake in cluster.yaml')
    .option('--target <TARGET...>', 'what these cannot do counts as a mistake too: compose, swarm')
    .option('--json', 'print {file, ok, problems} for programs')
    .addHelpText(
      'after',
      '\nExit codes: 0 no error, 2 at least one. A warning, such as a worker larger than this host, is no error.',
    )
    .action(async (named: string | undefined, options: Options) => {
      exit(await runCheck(io, named, options));
    });
};
