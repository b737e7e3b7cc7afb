// How does a test bring a cluster to the lab's hosts and use it from outside? A clone, its spec, Ansible over SSH.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { JobView, WorkerList } from '../../services/protocol/index.ts';
import { Clone, eventually, type Said } from './clone.ts';
import { type Host, hostAddress, hostNames, sshConfig } from './hosts-lab.ts';
import { askJson } from './https-json.ts';
import { onRack, rackSpec } from './rack-hosts.ts';

const tools = join(process.env.MUSTER_LAB_CACHE ?? '/var/cache/muster-lab', 'bin');

/** Ansible of the lab; this machine's own comes second. */
const environment = {
  ANSIBLE_SSH_COMMON_ARGS: `-F ${sshConfig}`,
  LC_ALL: 'C.UTF-8',
  PATH: `${tools}${delimiter}${process.env.PATH}`,
};

/** By host what `PLAY RECAP` counts. */
export type Recap = Readonly<Record<string, { readonly changed: number; readonly failed: number }>>;

export type Begun = {
  /** Resolves once so many were printed, or it is over. */
  lines(count: number): Promise<void>;
  cut(): Promise<void>;
};

export class RackCluster {
  readonly clone: Clone;

  static async make(): Promise<RackCluster> {
    const cluster = new RackCluster(await Clone.make('embedded'));
    cluster.write(rackSpec);
    return cluster;
  }

  private constructor(clone: Clone) {
    this.clone = clone;
  }

  /** JSON is YAML. */
  write(spec: unknown): void {
    writeFileSync(join(this.clone.folder, 'cluster.yaml'), JSON.stringify(spec));
  }

  deploy(...args: string[]): Promise<Said> {
    const muster = join(this.clone.folder, 'stacks/cli/muster.js');
    return this.clone.run(process.execPath, [muster, 'deploy', 'rack', ...args], environment);
  }

  /** As a person types it, without Muster. */
  async playbook(name: string, ...args: string[]): Promise<{ readonly said: Said; readonly recap: Recap }> {
    const argv = ['-i', 'build/rack/inventory.yml', `ansible/${name}.yml`, ...args];
    const said = await this.clone.run('ansible-playbook', argv, environment);
    const counts = [...said.stdout.matchAll(/^(\S+) +: ok=\d+ +changed=(\d+) .*?failed=(\d+)/gm)];
    const recap = counts.map(([, host, changed, failed]) => [
      host,
      { changed: Number(changed), failed: Number(failed) },
    ]);
    return { said, recap: Object.fromEntries(recap) };
  }

  /** A playbook that will be cut: Ansible is killed with all that it started here; what it began on hosts goes on. */
  begin(name: string, ...args: string[]): Begun {
    const argv = ['-i', 'build/rack/inventory.yml', `ansible/${name}.yml`, ...args];
    const child = spawn('ansible-playbook', argv, {
      cwd: this.clone.folder,
      detached: true,
      env: { ...this.clone.env, ...environment },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    let said = 0;
    return {
      lines: (count) =>
        new Promise((resolve) => {
          void ended.then(resolve);
          child.stdout.setEncoding('utf8').on('data', (text: string) => {
            said += text.split('\n').length - 1;
            if (said >= count) resolve();
          });
        }),
      cut: async () => {
        if (child.exitCode === null) process.kill(-Number(child.pid), 'SIGKILL');
        await ended;
      },
    };
  }

  program(daemon: 'agent' | 'orchestrator'): Buffer {
    return readFileSync(join(this.clone.folder, `build/executables/muster-${daemon}-linux-x64`));
  }

  /** By SSH as somebody, as a person does. */
  enter(user: string, host: Host, script: string): Promise<Said> {
    return this.clone.run('ssh', ['-F', sshConfig, '-l', user, host, script]);
  }

  /** Another program in place of the one that was built; gives what its release is called. */
  replace(daemon: 'agent' | 'orchestrator', change: (program: Buffer) => Buffer): string {
    const folder = join(this.clone.folder, 'build/executables');
    const name = `muster-${daemon}-linux-x64`;
    const program = change(readFileSync(join(folder, name)));
    const sum = createHash('sha256').update(program).digest('hex');
    writeFileSync(join(folder, name), program);
    const sums = readFileSync(join(folder, 'SHA256SUMS'), 'utf8');
    const old = new RegExp(`^(.*)  ${name}$`, 'm').exec(sums)?.[1] ?? '';
    // Also in the list of what was built, so that nobody builds it again.
    for (const list of [join(folder, 'SHA256SUMS'), `${folder}.json`]) {
      writeFileSync(list, readFileSync(list, 'utf8').replace(old, sum));
    }
    return sum.slice(0, 12);
  }

  /** The release that each host's agent runs, which is the one that is linked. */
  async releases(): Promise<readonly string[]> {
    const script =
      'readlink /opt/muster/bin/muster-agent; readlink "/proc/$(pgrep -xf /opt/muster/bin/muster-agent)/exe"';
    const said = await Promise.all(hostNames.map((host) => onRack(host, script)));
    return said.map(({ stdout }) => [...new Set(stdout.match(/\b[0-9a-f]{12}(?=\/)/g))].join(' and '));
  }

  /** With the pinned authority of the cluster and the admin key. Throws for an answer that is no success. */
  api<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    const secret = (name: string) => readFileSync(join(this.clone.home, 'secrets', name), 'utf8');
    const headers = { authorization: `Bearer ${secret('admin').trim()}`, 'content-type': 'application/json' };
    const where = { host: hostAddress('node1'), port: 8080, path, method, headers };
    return askJson({ ...where, ca: secret('authority/ca.crt') }, body);
  }

  /** Names of the idle workers, once there are so many. */
  idle(count: number, seconds = 120): Promise<readonly string[]> {
    const look = async () => {
      const { workers } = await this.api<WorkerList>('GET', '/api/v1/workers');
      const idle = workers.filter(({ state }) => state === 'idle').map(({ name }) => name);
      return idle.length === count && idle.sort();
    };
    return eventually(`${count} workers are idle`, look, seconds);
  }

  submit(...command: string[]): Promise<string> {
    return this.submitTo({}, ...command);
  }

  async submitTo(labels: Readonly<Record<string, string>>, ...command: string[]): Promise<string> {
    return (await this.api<JobView>('POST', '/api/v1/jobs', { command, cpus: 0.2, memoryMiB: 64, labels })).id;
  }

  job(id: string): Promise<JobView> {
    return this.api<JobView>('GET', `/api/v1/jobs/${id}`);
  }

  async ended(id: string, seconds = 120): Promise<JobView> {
    const look = async () => {
      const job = await this.job(id);
      return /^(?:succeeded|failed|cancelled)$/.test(job.state) && job;
    };
    return eventually(`job ${id} ends`, look, seconds);
  }

  remove(): Promise<void> {
    return this.clone.remove();
  }
}
