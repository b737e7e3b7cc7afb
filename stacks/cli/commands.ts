// How does a verb run a plan's Command, and how does its failure read?
import { type Outcome, runCommand } from '../drivers/shell.ts';
import type { Command } from '../plans/types.ts';
import { exitCodes, Failure, type Io } from './types.ts';

/** What docker and the system say, and what to do about it. The first that fits the output. */
const remedies: readonly (readonly [RegExp, string, string])[] = [
  [/no space left on device/i, 'the disk is full', 'free some space: docker system prune'],
  [
    /permission denied.*docker.*sock|docker.*sock.*permission denied/is,
    'this user may not use Docker',
    'run it as root, or as a user of the group docker; or without Docker: make up-workers EMBEDDED=1',
  ],
  [
    // Without the plugin an older client takes the flag of `docker compose version --short` for its own.
    /'compose' is not a docker command|unknown command: docker compose|unknown flag: --short/i,
    'Docker has no Compose plugin',
    'install it (Debian: docker-compose-plugin), or without Docker: make up-workers EMBEDDED=1',
  ],
  [
    /buildx component is missing|requires? (the )?buildx/i,
    'Docker has no builder',
    'install docker-buildx-plugin, or without Docker: make up-workers EMBEDDED=1',
  ],
  [
    /didn't complete successfully|is unhealthy|exited \(\d+\)/i,
    'a service did not come up',
    'docker compose logs, which say why; then again: make up-workers',
  ],
  [
    /port is already allocated|address already in use/i,
    'the port is taken by another program',
    'MUSTER_PORT=8081 make up-workers, or stop that program',
  ],
  [
    /pull access denied|manifest unknown|failed to (resolve|do request)|no such host|error getting .*registry/i,
    'an image cannot be fetched',
    'check the network and the name of the image',
  ],
];

/** By the first word for docker, where its output says no more. */
const unknownRemedies: Readonly<Record<string, string>> = {
  build: 'mend the Dockerfile or the base image that the lines above name, and try again',
};

/** Runs it in the clone; with an exit code other than 0 it throws a Failure that ends with the command's last lines. */
export async function runOrFail(
  io: Io,
  command: Command,
  env: Io['env'] = io.env,
  onLine?: (line: string) => void,
): Promise<Outcome> {
  const outcome = await runCommand(command, { cwd: io.root, env, ...(onLine ? { onLine } : {}) });
  if (outcome.exitCode !== 0) throw commandFailure(command, outcome);
  return outcome;
}

/** The sentence, the end of what the program said, the remedy. */
export function commandFailure(command: Command, { exitCode, output }: Outcome): Failure {
  const shown = [command.program, ...command.args.slice(0, 2)].join(' ');
  if (exitCode === 127) {
    return new Failure(
      exitCodes.environment,
      `the program ${command.program} is missing`,
      `install ${command.program} and try again`,
    );
  }
  const last = output
    .trim()
    .split('\n')
    .slice(-5)
    .map((line) => `  ${line.trimEnd()}`);
  const [, sentence, remedy] = remedies.find(([pattern]) => pattern.test(output)) ?? [];
  return new Failure(
    // Without a known cause nothing of the environment can be named as lacking.
    sentence === undefined ? exitCodes.failed : exitCodes.environment,
    [`${sentence ?? `to ${command.why} failed`} (${shown}: exit ${exitCode})`, ...last].join('\n'),
    remedy ?? unknownRemedies[command.args[0] ?? ''],
  );
}
