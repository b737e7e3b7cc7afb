// How do the clouds come in line with cluster.yaml? `muster cloud …`: what `pulumi` does with the same programs, in Muster's manner.
import type { CloudVerb } from './cloud/run.ts';
import type { CloudOptions } from './cloud/types.ts';
import type { Command, Io, Verb } from './types.ts';

const about: Readonly<Record<CloudVerb, string>> = {
  preview: 'say what would be made, changed and deleted, and what it costs; change nothing',
  up: 'show the plan, ask, and bring the clouds in line with cluster.yaml',
  refresh: 'find what was changed in a cloud by somebody else, and take it into the state',
  destroy: 'show what goes, ask, and delete all that was made there, with its data',
  outputs: 'print addresses, groups, the bill, and what to do next',
  cancel: 'take the lock of a stack away from a run that is gone',
};
const asks: readonly CloudVerb[] = ['up', 'refresh', 'destroy'];

function addVerb(group: Command, verb: CloudVerb, io: Io, exit: (code: number) => void): void {
  const command = group
    .command(verb)
    .argument('[CLOUD]', 'aws or gcp (default: every cloud with pools, one after the other)')
    .description(about[verb])
    .option('--stack <NAME>', 'of Pulumi (default: the name of the cluster)');
  if (asks.includes(verb)) command.option('--yes', 'do not ask');
  command
    .option('--json', 'print {verb, stack, state, clouds: [{cloud, end, plan, done, outputs, …}]} for programs')
    .action(async (cloud: string | undefined, options: CloudOptions) => {
      const { runCloud } = await import('./cloud/run.ts');
      exit(await runCloud(io, verb, cloud, options));
    });
}

export const cloud: Verb = (program, io, exit) => {
  const group = program
    .command('cloud')
    .description('rent workers: make, compare and delete what the pools of cluster.yaml need in a cloud')
    .addHelpText(
      'after',
      `
Needs pulumi on the PATH and the credentials of the cloud. The state lies in .muster/pulumi, unless you are logged in to
a backend of Pulumi, or name one: PULUMI_BACKEND_URL.

Examples:
  muster cloud preview
  muster cloud up aws --yes
  muster cloud destroy aws`,
    );
  for (const verb of Object.keys(about) as CloudVerb[]) addVerb(group, verb, io, exit);
};
