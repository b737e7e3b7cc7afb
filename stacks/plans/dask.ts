// How does a Python script run against Dask? With the Python that Dask has, the script over stdin.
import type { Dask } from '../cluster/types.ts';
import type { Command } from './types.ts';

const why = 'run a script on Dask';

/** Inside the scheduler's container, whose Dask fits that of the workers; nothing of this machine has to be there. */
export function daskRunInContainer({ tls }: Dask, script: string, args: readonly string[]): Command {
  const variables = [
    'DASK_CONFIG=/etc/muster/dask/scheduler.yaml',
    `DASK_SCHEDULER_ADDRESS=${tls ? 'tls' : 'tcp'}://dask-scheduler:8786`,
  ].flatMap((variable) => ['--env', variable]);
  const exec = ['compose', '--profile', '*', 'exec', '--no-TTY', ...variables];
  return { program: 'docker', args: [...exec, 'dask-scheduler', 'python', '-', ...args], stdin: script, why };
}

/** With the Python beside the program `dask` on the PATH; the environment says where the scheduler is. */
export function daskRunHere(script: string, args: readonly string[]): Command {
  const missing = 'echo "muster: there is no program dask on the PATH" >&2; exit 3';
  const run = `dask=$(command -v dask) || { ${missing}; }; exec "$(dirname "$(readlink -f "$dask")")/python3" - "$@"`;
  return { program: 'sh', args: ['-c', run, 'sh', ...args], stdin: script, why };
}
