// Which verbs bring a machine in over ssh, and send a worker away? `muster workers add` and `muster workers remove`.
import type { Command, Io } from '../types.ts';
import type { AddOptions } from './add.ts';
import type { RemoveOptions } from './undo.ts';

export function addComeAndGo(group: Command, io: Io, exit: (code: number) => void): void {
  group
    .command('add')
    .argument(
      '<USER@HOST>',
      'a machine that `ssh USER@HOST` reaches without a question; names of ~/.ssh/config work too',
    )
    .description('make a machine a worker over ssh; shows what it will do and asks')
    .option('--class <CLASS>', 'the class of cluster.yaml that it belongs to (default: the only one)')
    .option('--name <NAME>', 'its name (default: that of its class)')
    .option('--port <PORT>', 'where sshd listens (default: as ~/.ssh/config says, else 22)')
    .option('--tunnel', 'for a machine that cannot call the orchestrator: its calls come through ssh')
    .option('--url <URL>', 'where it reaches the orchestrator (default: its MUSTER_PUBLIC_URL, else MUSTER_URL)')
    .option('--yes', 'do not ask')
    .option('--json', 'print {worker, state, host, added} for programs')
    .action(async (destination: string, options: AddOptions) => {
      const { runAdd } = await import('./add.ts');
      exit(await runAdd(io, destination, options));
    });
  group
    .command('remove')
    .argument('<NAME>', 'its name or id')
    .description('forget a worker; its token is refused from now on. One that was added over ssh is taken off its host')
    .option('--force', 'also when it has jobs, which go back to the queue, or its host is gone')
    .option('--ssh <USER@HOST>', 'the host to clean (default: the one that `workers add` remembers)')
    .option('--port <PORT>', 'where its sshd listens, with --ssh')
    .option('--yes', 'do not ask before a host is cleaned')
    .option('--json', 'print {removed} for programs')
    .action(async (name: string, options: RemoveOptions) => {
      const { runRemove } = await import('./undo.ts');
      exit(await runRemove(io, name, options));
    });
}
