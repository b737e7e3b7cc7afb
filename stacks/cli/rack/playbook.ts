// How is a playbook run? With its words as events, and with a sentence for what it needs and lacks.
import { join } from 'node:path';
import { runCommand } from '../../drivers/shell.ts';
import { ansiblePlaybook, type Playbook, type PlaybookRun, type RackEvent, rackEvent } from '../../index.ts';
import { homeOf } from '../place.ts';
import { exitCodes, Failure, type Io } from '../types.ts';

/** `program`: where Ansible is. */
export type Run = PlaybookRun & { readonly program: string };

export type Played = {
  readonly events: readonly RackEvent[];
  readonly trouble: readonly RackEvent[];
};

function environmentOf(io: Io): Io['env'] {
  return {
    ...io.env,
    ANSIBLE_CALLBACK_PLUGINS: join(io.root, 'ansible/callback_plugins'),
    ANSIBLE_STDOUT_CALLBACK: 'muster_events',
    ANSIBLE_DEPRECATION_WARNINGS: '0',
    ANSIBLE_NOCOLOR: '1',
    // It refuses to work in a locale without UTF-8.
    LC_ALL: 'C.UTF-8',
    MUSTER_HOME: homeOf(io),
  };
}

/** Throws a Failure when Ansible ends without a word about a host. */
export async function play(
  io: Io,
  playbook: Playbook,
  { program, ...run }: Run,
  onEvent: (event: RackEvent) => void = () => {},
): Promise<Played> {
  const events: RackEvent[] = [];
  const { exitCode, output } = await runCommand(
    { ...ansiblePlaybook(playbook, run), program },
    {
      cwd: io.root,
      env: environmentOf(io),
      onLine: (line) => {
        const event = rackEvent(line);
        if (event === null) return;
        events.push(event);
        onEvent(event);
      },
    },
  );
  const trouble = events.filter(({ event }) => event === 'failed' || event === 'unreachable');
  if (exitCode !== 0 && trouble.length === 0) {
    const last = output.trim().split('\n').slice(-5).join('\n');
    throw new Failure(exitCodes.failed, `ansible-playbook ended with exit ${exitCode}\n${last}`);
  }
  return { events, trouble };
}
