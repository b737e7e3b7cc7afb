// Which words may come next? `muster completion` prints a script that lets bash answer on Tab.
import { readFileSync } from 'node:fs';
import { writeLine } from './output.ts';
import { type Command, exitCodes, type Io, type Verb } from './types.ts';

/** Every command with the words that may follow it: its own commands and its long options. */
function branches(command: Command, path: string): string[] {
  const names = command.commands.map((each) => each.name());
  const options = command.options.map((option) => option.long ?? option.short ?? '');
  const words = [...names, ...options, '--help'].filter((word, at, all) => word !== '' && all.indexOf(word) === at);
  // The longest path first: `jobs submit` before `jobs`.
  const own = `    '${path}'*) words='${words.join(' ')}' ;;`;
  return [...command.commands.flatMap((each) => branches(each, `${path} ${each.name()}`)), own];
}

function script(program: Command): string {
  const frame = readFileSync(new URL('completion.bash', import.meta.url), 'utf8').trimEnd();
  return frame.replace(/^ +# one line per verb.*$/m, () => branches(program, '').join('\n'));
}

function runCompletion(program: Command, io: Io): number {
  writeLine(io, script(program));
  return exitCodes.done;
}

export const completion: Verb = (program, io, exit) => {
  program
    .command('completion')
    .description('print what lets bash complete muster')
    .addHelpText('after', '\nExample:\n  eval "$(muster completion)"')
    .action(() => exit(runCompletion(program, io)));
};
