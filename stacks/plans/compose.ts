// How is a cluster started and stopped on Docker Compose? The commands, as a plan prints them.
import type { Command } from './types.ts';

export function composeVersion(): Command {
  return { program: 'docker', args: ['compose', 'version', '--short'], why: 'find the Compose plugin' };
}

/** Without the profiles of the caller's surroundings, services are named one by one: what is not named stays as it is. */
const upWords = ['compose', '--profile', '*', 'up', '--detach', '--no-build', '--no-deps'];

/** Starts what is missing or changed and leaves the rest alone; services that cluster.yaml no longer names go. */
export function composeUp(services: readonly string[]): Command {
  return {
    program: 'docker',
    args: [...upWords, '--remove-orphans', '--', ...services],
    why: 'start what is missing or changed',
  };
}

/** The same for one, when many together failed. */
export function composeUpOne(service: string): Command {
  return { program: 'docker', args: [...upWords, '--', service], why: `start ${service}` };
}

export function pullImage(reference: string): Command {
  return { program: 'docker', args: ['pull', '--', reference], why: `pull ${reference}` };
}

/** Stops and removes containers, what each replica kept for itself, and networks; named volumes, which hold data, stay. */
export function composeDown(): readonly Command[] {
  const compose = ['compose', '--profile', '*'];
  return [
    {
      program: 'docker',
      args: [...compose, 'rm', '--stop', '--force', '--volumes'],
      why: 'stop all; the state of a worker goes with it',
    },
    { program: 'docker', args: [...compose, 'down', '--remove-orphans'], why: 'remove the networks, keep the data' },
  ];
}

export function removeVolumes(names: readonly string[]): Command {
  return { program: 'docker', args: ['volume', 'rm', '--', ...names], why: 'delete the data in volumes' };
}

export function composeLogs(service: string, follow: boolean): Command {
  return {
    program: 'docker',
    args: [
      ...['compose', '--profile', '*', 'logs'],
      ...(follow ? ['--follow'] : []),
      ...['--no-log-prefix', '--', service],
    ],
    why: `the log of ${service}`,
  };
}

/** `NAME HASH` a line, for every service of the files: what the label of an up-to-date container says. */
export function composeHashes(files: readonly string[], folder: string): Command {
  return {
    program: 'docker',
    args: [
      ...['compose', '--project-directory', folder, ...files.flatMap((file) => ['--file', file])],
      ...['--profile', '*', 'config', '--hash', '*'],
    ],
    why: 'tell what Compose would create',
  };
}
