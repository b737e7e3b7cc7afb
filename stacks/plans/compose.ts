// How is a cluster started and stopped on Docker Compose? The commands, as a plan prints them.
import type { Command } from './types.ts';

export function composeVersion(): Command {
  return { program: 'docker', args: ['compose', 'version', '--short'], why: 'find the Compose plugin' };
}

/** Starts what is missing or changed and leaves the rest alone; services that cluster.yaml no longer names go. */
export function composeUp(): Command {
  return {
    program: 'docker',
    args: ['compose', 'up', '--detach', '--no-build', '--remove-orphans'],
    why: 'start what is missing or changed',
  };
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

export function composeLogs(service: string, follow: boolean): Command {
  return {
    program: 'docker',
    args: ['compose', 'logs', ...(follow ? ['--follow'] : []), '--no-log-prefix', '--', service],
    why: `the log of ${service}`,
  };
}
