// How does a shell become exactly the program of a job, in its folder, with its environment and no other?
import type { JobProcess } from './types.ts';

/** Nothing inside single quotes means anything to a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Shells keep these for themselves: they cannot be set there. */
const ofShells = /^(BASH.*|EUID|FUNCNAME|GROUPS|PPID|SHELLOPTS|UID)$/;
const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `program` is the absolute path of the job's program. Pure. */
export const startScript = (job: JobProcess, program: string): string => {
  const variables = Object.entries(job.environment);
  const plain = variables.filter(([name]) => plainName.test(name) && !ofShells.test(name));
  const others = variables.filter((each) => !plain.includes(each) && !each[0].includes('='));
  // By a shell again: env would take a program with `=` in its path for a variable.
  const detour = others.map(([name, value]) => quoted(`${name}=${value}`)).join(' ');
  const words = [program, ...job.command.slice(1)].map(quoted).join(' ');
  return [
    `cd ${quoted(job.work)} && unset OLDPWD || exit 126`,
    `exec >${quoted(job.pipe)} 2>&1 || exit 126`,
    ...plain.map(([name, value]) => `export ${name}=${quoted(value)}`),
    detour === '' ? `exec ${words}` : `exec /usr/bin/env ${detour} /bin/sh -c 'exec "$@"' sh ${words}`,
    '',
  ].join('\n');
};
