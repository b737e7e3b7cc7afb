// Which machines are in the swarm, and how does one come, change or go? `muster nodes …`.
import { writeJson, writeLine } from './output.ts';
import { addReach, type ReachOptions, reachSwarm } from './swarm/reach.ts';
import { plainTable } from './text.ts';
import { type Command, exitCodes, Failure, type Io, type Verb } from './types.ts';

type Options = ReachOptions & { readonly json?: true };
type Exit = (code: number) => void;

async function runList(io: Io, options: Options): Promise<number> {
  const { swarmNodes } = await import('../drivers/swarm-nodes.ts');
  const { formatMemory } = await import('../index.ts');
  const { docker } = await reachSwarm(io, options);
  const nodes = await swarmNodes(docker);
  if (options.json) {
    writeJson(io, { nodes });
    return exitCodes.done;
  }
  const rows = nodes.map((node) => [
    node.name,
    node.state,
    node.availability,
    node.role === 'worker' ? 'worker' : node.leader ? 'manager, leads' : node.reachable ? 'manager' : 'manager, silent',
    String(node.cpus),
    formatMemory(node.memoryMiB),
    node.address,
    Object.entries(node.labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(' '),
  ]);
  writeLine(io, plainTable(['NAME', 'STATE', 'TASKS', 'ROLE', 'CPUS', 'MEMORY', 'ADDRESS', 'LABELS'], rows));
  return exitCodes.done;
}

async function runLabel(io: Io, name: string, pairs: readonly string[], options: Options): Promise<number> {
  const [{ nodeNamed }, { updateNode }] = await Promise.all([
    import('./nodes/named.ts'),
    import('../drivers/swarm-nodes.ts'),
  ]);
  const { docker } = await reachSwarm(io, options);
  const node = await nodeNamed(docker, name);
  const labels: Record<string, string> = { ...node.labels };
  for (const pair of pairs) {
    const [, key = '', value] = /^([A-Za-z0-9._/-]{1,63})(?:=(.*))?$/s.exec(pair) ?? [];
    const removed = pair.endsWith('-') && value === undefined;
    if (!removed && value === undefined) {
      throw new Failure(exitCodes.badInput, `expected KEY=VALUE, or KEY- to remove it, got ${JSON.stringify(pair)}`);
    }
    if (removed) delete labels[pair.slice(0, -1)];
    else labels[key] = value as string;
  }
  const changed = await updateNode(docker, node, { labels });
  if (options.json) writeJson(io, { name, labels, changed });
  else writeLine(io, changed ? `${name} has new labels` : `${name} has these labels already`);
  return exitCodes.done;
}

function addLabel(group: Command, io: Io, exit: Exit): void {
  addReach(group.command('label').argument('<NODE>').argument('<KEY=VALUE...>', 'KEY- removes it'))
    .description('set labels of a node, such as muster.gpu=true')
    .option('--json', 'print {name, labels, changed} for programs')
    .action(async (name: string, pairs: string[], options: Options) => exit(await runLabel(io, name, pairs, options)));
}

function addList(group: Command, io: Io, exit: Exit): void {
  addReach(group.command('list', { isDefault: true }))
    .description('every node of the swarm, its state, size and labels')
    .option('--json', 'print {nodes} for programs')
    .action(async (options: Options) => exit(await runList(io, options)));
}

type AddOptions = Options & { readonly manager?: true; readonly engine?: string };

function addAdd(group: Command, io: Io, exit: Exit): void {
  addReach(group.command('add'))
    .description('print the command that lets a machine join; with --engine, let it join at once')
    .option('--manager', 'as a manager (default: as a worker)')
    .option('--engine <URL>', 'the engine of the machine, such as ssh://you@node4')
    .option('--json', 'print {command} or {joined} for programs')
    .action(async (options: AddOptions) => {
      const { runAdd } = await import('./nodes/add.ts');
      exit(await runAdd(io, options));
    });
}

type DrainOptions = Options & { readonly timeout: string };

function addDrain(group: Command, io: Io, exit: Exit): void {
  addReach(group.command('drain').argument('<NODE>'))
    .description('move all tasks away; jobs may end first; waits until none is left')
    .option('--timeout <SECONDS>', 'how long to wait', '3600')
    .option('--json', 'print {name, moved} for programs')
    .action(async (name: string, options: DrainOptions) => {
      const { runDrain } = await import('./nodes/drain.ts');
      exit(await runDrain(io, name, options));
    });
  addReach(group.command('activate').argument('<NODE>'))
    .description('let a drained node take tasks again')
    .option('--json', 'print {name, changed} for programs')
    .action(async (name: string, options: Options) => {
      const { runActivate } = await import('./nodes/drain.ts');
      exit(await runActivate(io, name, options));
    });
}

function addRemove(group: Command, io: Io, exit: Exit): void {
  addReach(group.command('remove').argument('<NODE>'))
    .description('forget a node that has left; a manager becomes a worker first')
    .option('--force', 'also when it is still there, or gone with its tasks')
    .option('--json', 'print {removed} for programs')
    .action(async (name: string, options: Options & { readonly force?: true }) => {
      const { runRemove } = await import('./nodes/remove.ts');
      exit(await runRemove(io, name, options));
    });
}

export const nodes: Verb = (program, io, exit) => {
  const group = program.command('nodes').description('list, add, label, drain and remove the machines of a swarm');
  addList(group, io, exit);
  addAdd(group, io, exit);
  addLabel(group, io, exit);
  addDrain(group, io, exit);
  addRemove(group, io, exit);
};
