// Is cluster.yaml right? `muster check` prints every problem at once; exit code 2 when one is an error.
import { counted, formatProblems, writeJson, writeLine } from './output.ts';
import { exitCodes, type Io, type Verb } from './types.ts';

async function runCheck(io: Io, named: string | undefined, json: boolean): Promise<number> {
  const [{ readSpecFile }, { readHost }] = await Promise.all([import('./spec-file.ts'), import('../drivers/host.ts')]);
  const { cluster, file, problems } = await readSpecFile(io, named, await readHost());
  const code = cluster === null ? exitCodes.badInput : exitCodes.done;
  if (json) {
    writeJson(io, { file, ok: cluster !== null, problems });
    return code;
  }
  const text = formatProblems(problems);
  if (text !== null) writeLine(io, text);
  if (cluster !== null) {
    writeLine(
      io,
      `${file}: cluster "${cluster.name}", ${counted(cluster.workers.length, 'class', 'classes')} of workers`,
    );
  }
  return code;
}

export const check: Verb = (program, io, exit) => {
  program
    .command('check')
    .argument('[FILE]', 'the spec to check (default: cluster.yaml of the clone)')
    .description('find every mistake in cluster.yaml')
    .option('--json', 'print {file, ok, problems} for programs')
    .addHelpText(
      'after',
      '\nExit codes: 0 no error, 2 at least one. A warning, such as a worker larger than this host, is no error.',
    )
    .action(async (named: string | undefined, options: { json?: true }) => {
      exit(await runCheck(io, named, options.json === true));
    });
};
