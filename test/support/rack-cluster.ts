// How does a test bring a cluster to the lab's hosts and use it from outside? A clone, its spec, Ansible over SSH.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { delimiter, join } from 'node:path';
import type { JobView, WorkerList } from '../../services/protocol/index.ts';
import { Clone, eventually, type Said } from './clone.ts';
import { type Host, hostAddress, hostNames, onHost, sshConfig } from './hosts-lab.ts';

export const rackSpec = {
  name: 'rack',
  orchestrator: { cpus: 0.5, heartbeat: '2s', leaseTtl: '20s' },
  workers: { worker: { replicas: 3, cpus: 1, memory: '512MiB', drainGrace: '60s', gpus: 'none' } },
  services: { prometheus: { memory: '256MiB' }, proxy: { hosts: ['rack.internal'] } },
  rack: {
    hosts: {
      node1: { address: hostAddress('node1'), runs: ['orchestrator', 'prometheus', 'proxy', 'worker'] },
      node2: { address: hostAddress('node2'), runs: ['worker'] },
      node3: { address: hostAddress('node3'), runs: ['worker'] },
    },
  },
};

const tools = join(process.env.MUSTER_LAB_CACHE ?? '/var/cache/muster-lab', 'bin');

/** Ansible of the lab; this machine's own comes second. */
const environment = {
  ANSIBLE_SSH_COMMON_ARGS: `-F ${sshConfig}`,
  LC_ALL: 'C.UTF-8',
  PATH: `${tools}${delimiter}${process.env.PATH}`,
};

/** By host what `PLAY RECAP` counts. */
export type Recap = Readonly<Record<string, { readonly changed: number; readonly failed: number }>>;

export class RackCluster {
  readonly clone: Clone;

  static async make(): Promise<RackCluster> {
    const clone = await Clone.make('embedded');
    // JSON is YAML.
    writeFileSync(join(clone.folder, 'cluster.yaml'), JSON.stringify(rackSpec));
    return new RackCluster(clone);
  }

  private constructor(clone: Clone) {
    this.clone = clone;
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

  /** Another agent in place of the one that was built; gives what its release is called. */
  replaceAgent(change: (program: Buffer) => Buffer): string {
    const folder = join(this.clone.folder, 'build/executables');
    const name = 'muster-agent-linux-x64';
    const program = change(readFileSync(join(folder, name)));
    const sum = createHash('sha256').update(program).digest('hex');
    writeFileSync(join(folder, name), program);
    const sums = readFileSync(join(folder, 'SHA256SUMS'), 'utf8');
    writeFileSync(join(folder, 'SHA256SUMS'), sums.replace(new RegExp(`^.*  ${name}$`, 'm'), `${sum}  ${name}`));
    return sum.slice(0, 12);
  }

  /** The release that each host's agent comes from. */
  async releases(): Promise<readonly string[]> {
    const said = await Promise.all(hostNames.map((host) => onHost(host, 'readlink /opt/muster/bin/muster-agent')));
    return said.map(({ stdout }) => stdout.split('/').at(-2) ?? '');
  }

  /** With the pinned authority of the cluster and the admin key. Throws for an answer that is no success. */
  api<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    const secret = (name: string) => readFileSync(join(this.clone.home, 'secrets', name), 'utf8');
    const headers = { authorization: `Bearer ${secret('admin').trim()}`, 'content-type': 'application/json' };
    const where = { host: hostAddress('node1'), port: 8080, path, method, headers, timeout: 10_000 };
    return new Promise((resolve, reject) => {
      const call = request({ ...where, ca: secret('authority/ca.crt'), agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.once('end', () => {
          if (Number(response.statusCode) < 300) resolve(JSON.parse(text) as Answer);
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        });
        response.once('error', reject);
      });
      call.once('timeout', () => call.destroy(new Error(`${method} ${path}: no answer`)));
      call.once('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
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

  async submit(...command: string[]): Promise<string> {
    return (await this.api<JobView>('POST', '/api/v1/jobs', { command, cpus: 0.2, memoryMiB: 64 })).id;
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

/** What packages, logs and clocks of the host keep for themselves. */
const ofTheHost = [
  ...['/proc', '/sys', '/dev', '/tmp', '/run', '/root/.ansible', '/var/log', '/var/cache', '/var/tmp'],
  ...['/var/lib/dpkg', '/var/lib/apt', '/var/lib/systemd', '/etc/ld.so.cache', '/etc/.pwd.lock', '/usr/lib/python3'],
];

/** Every file with its owner and mode, every user, every unit that somebody added. */
export async function treeOf(host: Host): Promise<readonly string[]> {
  const prune = ofTheHost.map((path) => `-path ${path}`).join(' -o ');
  const files = `find / -xdev \\( ${prune} \\) -prune -o -printf '%M %u:%g %p\\n' | sort`;
  const units = "systemctl list-unit-files --no-legend 'muster*'; systemctl list-units --all --no-legend 'muster*'";
  const { stdout } = await onHost(host, `${files}; getent passwd; getent group; ${units}; ls /run/muster 2>&1`);
  return stdout.trim().split('\n');
}
