// Which processes and containers belong to the cluster of a clone?
import { execFileSync } from 'node:child_process';
import type { Clone } from './clone.ts';
import { hostProcesses } from './host-processes.ts';

/** The pid, on this machine, of the daemon that is the orchestrator or the named worker. */
export function pidOf(clone: Clone, name: string): number {
  if (clone.form === 'docker') {
    const filters = [`label=com.docker.compose.project=${clone.project}`, `label=com.docker.compose.service=${name}`];
    const list = execFileSync('docker', ['ps', '-q', ...filters.flatMap((each) => ['--filter', each])], {
      env: clone.env,
    });
    const container = list.toString().trim().split('\n')[0] as string;
    const init = execFileSync('docker', ['inspect', '-f', '{{.State.Pid}}', container], { env: clone.env })
      .toString()
      .trim();
    return hostProcesses().find((each) => each.parent === Number(init))?.pid as number;
  }
  const sign = name === 'orchestrator' ? '\0MUSTER_CLASSES=' : `\0MUSTER_WORKER_CLASS=${name}\0`;
  const found = hostProcesses().find(
    (each) => each.environment.includes(sign) && each.environment.includes(clone.home) && /\.cjs/.test(each.command),
  );
  if (!found) throw new Error(`${name} does not run`);
  return found.pid;
}

/** What of the clone’s cluster is still there: processes, containers, networks. Empty when it is down. */
export async function remainsOf(clone: Clone): Promise<string[]> {
  const processes = hostProcesses()
    .filter((each) => each.environment.includes(clone.home))
    .map((each) => each.command);
  if (clone.form === 'embedded') return processes;
  const filter = ['--filter', `label=com.docker.compose.project=${clone.project}`];
  const containers = await clone.run('docker', ['ps', '-aq', ...filter]);
  const networks = await clone.run('docker', ['network', 'ls', '-q', ...filter]);
  return [...processes, ...`${containers.stdout}${networks.stdout}`.split('\n').filter((line) => line !== '')];
}
