// How are more or fewer replicas of a service run on Docker Compose?
import type { Command } from './types.ts';

/** Those that run and stay are left alone, also where the file says something else by now. */
export function composeScale(wanted: readonly { readonly name: string; readonly count: number }[]): Command {
  return {
    program: 'docker',
    args: [
      ...['compose', '--profile', '*', 'up', '--detach', '--no-build', '--no-deps', '--no-recreate'],
      ...wanted.flatMap(({ count, name }) => ['--scale', `${name}=${count}`]),
      '--',
      ...wanted.map(({ name }) => name),
    ],
    why: 'run more or fewer workers',
  };
}
