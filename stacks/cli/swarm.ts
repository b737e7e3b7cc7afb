// What does a swarm need before plain `docker stack deploy` works? `muster swarm prepare` brings it.
import { counted, self, shellWord, writeJson, writeLine } from './output.ts';
import { addReach, type ReachOptions, reachSwarm } from './swarm/reach.ts';
import { type Command, exitCodes, type Io, type Verb } from './types.ts';

type Options = ReachOptions & { readonly node?: readonly string[]; readonly json?: true };

/** The command as it can be pasted; variables only for secrets that were rotated. */
function deployCommand(stack: string, variables: Readonly<Record<string, string>>): string {
  const set = Object.entries(variables).map(([name, value]) => `${name}=${shellWord(value)} `);
  return `${set.join('')}docker stack deploy -c compose/docker-stack.yml ${stack}`;
}

async function runPrepare(io: Io, options: Options): Promise<number> {
  const [{ findLacking, provide }, { wantedStack, writeStack }] = await Promise.all([
    import('./swarm/prepare.ts'),
    import('./swarm/files.ts'),
  ]);
  const json = options.json === true;
  const done: { readonly did: string; readonly what: string }[] = [];
  const say = (did: string, what: string) => {
    if (did !== 'building') done.push({ did, what });
    if (!json) writeLine(io, `  ${did.padEnd(9)} ${what}`);
  };
  const { cluster, files } = await wantedStack(io);
  const swarm = await reachSwarm(io, options);
  const lacking = await findLacking(io, swarm, cluster, options.node ?? [], say);
  for (const path of await writeStack(io, files)) say('written', path);
  await provide(io, swarm, cluster, lacking, say);
  const command = deployCommand(cluster.name, lacking.variables);
  if (json) {
    writeJson(io, { engine: swarm.where, nodes: lacking.nodes.map(({ name }) => name), done, command });
    return exitCodes.done;
  }
  const nodes = counted(lacking.nodes.length, 'node');
  if (done.length === 0) writeLine(io, `muster: the swarm of ${nodes} has all that "${cluster.name}" needs`);
  writeLine(io, `next:  ${self} deploy swarm    ${command}`);
  return exitCodes.done;
}

function addPrepare(group: Command, io: Io, exit: (code: number) => void): void {
  addReach(group.command('prepare'))
    .description('bring images, secrets and volumes to a swarm; what is there stays')
    .option('--node <[VOLUME=]NODE...>', 'where volumes are made that are nowhere yet (default: a manager)')
    .option('--json', 'print {engine, nodes, done, command} for programs')
    .addHelpText(
      'after',
      `
Afterwards plain docker works too: docker stack deploy -c compose/docker-stack.yml NAME

Examples:
  muster swarm prepare --context rack
  muster swarm prepare --node node1 --node ollama=node3`,
    )
    .action(async (options: Options) => exit(await runPrepare(io, options)));
}

export const swarm: Verb = (program, io, exit) => {
  const group = program.command('swarm').description('make a Docker swarm ready for the cluster');
  addPrepare(group, io, exit);
};
