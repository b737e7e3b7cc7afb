// Which flags does `muster workers update` have?
import type { Command, Io } from '../types.ts';
import type { UpdateOptions } from './update.ts';

export function addUpdate(group: Command, io: Io, exit: (code: number) => void): void {
  group
    .command('update')
    .argument('[NAME...]', 'these workers alone (default: all)')
    .description(
      'give agents a new program: only idle ones, one first, back to the one before when it does not come back',
    )
    .option('--class <CLASS>', 'only workers of this class')
    .option('--canary <NAME>', 'the one that goes first (default: the first of each class)')
    .option('--from <FOLDER>', 'with muster-agent-linux-… in it (default: built anew, in build/executables)')
    .option('--deadline <TIME>', 'how long the new agent may take until it is connected (default: 60s)')
    .option('--proof <TIME>', 'how long it must then be well, before others follow (default: 30s)')
    .option('--status', 'how far the last update is')
    .option('--abort', 'nobody else begins; those that did go on to their end')
    .option('--yes', 'do not ask')
    .option('--json', 'print {update} for programs')
    .action(async (names: string[], options: UpdateOptions) => {
      const { runUpdate } = await import('./update.ts');
      exit(await runUpdate(io, names, options));
    });
}
