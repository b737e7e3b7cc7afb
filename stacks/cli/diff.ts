// What differs? `muster diff`: the generated files from cluster.yaml, and what runs from both.

import type { FileDifference } from './diff/files.ts';
import type { ServiceDifference } from './diff/running.ts';
import { self, writeJson, writeLine } from './output.ts';
import { homeOf, wanted } from './place.ts';
import { exitCodes, type Io, type Verb } from './types.ts';

/** Of each file; the rest is counted. */
const mostLines = 12;

async function runDiff(io: Io, json: boolean): Promise<number> {
  const [{ fileDifferences }, { serviceDifferences }, { findEngine }] = await Promise.all([
    import('./diff/files.ts'),
    import('./diff/running.ts'),
    import('../drivers/docker.ts'),
  ]);
  const spec = await wanted(io);
  const files = await fileDifferences(io.root, spec.cluster);
  const engine = await findEngine(io.env);
  const services = engine.state === 'answers' ? await serviceDifferences(io, homeOf(io), spec, engine) : null;
  const differs = files.length > 0 || (services ?? []).length > 0;
  if (json) writeJson(io, { same: !differs, files, services });
  else tell(io, files, services);
  return differs ? exitCodes.failed : exitCodes.done;
}

function tell(io: Io, files: readonly FileDifference[], services: readonly ServiceDifference[] | null): void {
  for (const { changes, path, state } of files) {
    const [more, less] = (['+', '-'] as const).map((sign) => changes.filter((change) => change.sign === sign).length);
    writeLine(io, state === 'missing' ? `missing   ${path}` : `stale     ${path}  +${more} -${less}`);
    for (const { line, sign } of changes.slice(0, mostLines)) writeLine(io, `  ${sign} ${line}`);
    if (changes.length > mostLines) writeLine(io, `    … ${changes.length - mostLines} more`);
  }
  for (const { reason, service, state } of services ?? []) writeLine(io, `${state.padEnd(9)} ${service}: ${reason}`);
  if (services === null) writeLine(io, `${files.length > 0 ? '' : 'muster: no file differs; '}nothing runs on Docker`);
  else if (files.length === 0 && services.length === 0) writeLine(io, 'muster: nothing differs');
  const next = [
    ...(files.length > 0 ? [`${self} render`] : []),
    ...((services ?? []).length > 0 ? [`${self} up`] : []),
  ];
  if (next.length > 0) writeLine(io, `next:  ${next.join('    ')}`);
}

export const diff: Verb = (program, io, exit) => {
  program
    .command('diff')
    .description('what differs: generated files from cluster.yaml, and what runs on Docker from it')
    .option(
      '--json',
      'print {same, files, services} for programs; services is null where nothing was started on Docker',
    )
    .addHelpText(
      'after',
      `
It compares with what \`up\` was asked for since the last \`down\`: after \`up-workers\` no model server is missed. It
changes nothing, and ends with 0 when nothing differs, else with 1.

Examples:
  muster diff
  muster diff --json | jq '.services[].service'`,
    )
    .action(async (options: { json?: true }) => exit(await runDiff(io, options.json === true)));
};
