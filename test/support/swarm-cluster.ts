// How does a test bring a cluster to the lab's swarm and use it from outside? A clone, its spec, its proxy on one node.
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import type { JobView, WorkerList } from '../../services/protocol/index.ts';
import { Clone, eventually, type Said } from './clone.ts';
import { askJson } from './https-json.ts';
import { type Node, nodeAddress, nodeEnvironment, onNode } from './swarm-lab.ts';

const nodes: readonly Node[] = [1, 2, 3];

export const httpsPort = 8843;

/** What this kernel can: no addresses shared by tasks, nothing encrypted between nodes. */
export function rackSpec(services: Readonly<Record<string, unknown>>, workers = 3): Record<string, unknown> {
  return {
    name: 'rack',
    orchestrator: { cpus: 0.5, heartbeat: '2s', leaseTtl: '30s' },
    workers: { worker: { replicas: workers, maxReplicas: 12, cpus: 0.2, memory: '256MiB', drainGrace: '10s' } },
    services: {
      proxy: { public: true, httpPort: 8880, httpsPort, hosts: ['rack.localhost'] },
      ...services,
    },
    swarm: {
      endpoint: 'dnsrr',
      encrypted: false,
      workersOnManagers: true,
      engines: Object.fromEntries(nodes.map((node) => [`node${node}`, String(nodeEnvironment(node).DOCKER_HOST)])),
    },
  };
}

export class SwarmCluster {
  readonly clone: Clone;
  /** Images are built by the engine of the lab, and shipped to the nodes. */
  static async make(spec: Readonly<Record<string, unknown>>): Promise<SwarmCluster> {
    const cluster = new SwarmCluster(await Clone.make('docker'));
    cluster.write(spec);
    return cluster;
  }

  private constructor(clone: Clone) {
    this.clone = clone;
  }

  /** JSON is YAML. */
  write(spec: Readonly<Record<string, unknown>>): void {
    writeFileSync(join(this.clone.folder, 'cluster.yaml'), JSON.stringify(spec));
  }

  /** A verb of ours, told where the swarm is. */
  muster(...args: string[]): Promise<Said> {
    return this.clone.muster(...args, '--host', String(nodeEnvironment(1).DOCKER_HOST));
  }

  /** `docker …` on node 1, in the folder of the clone. */
  docker(...args: string[]): Promise<Said> {
    const { DOCKER_CONFIG, DOCKER_HOST, PATH } = nodeEnvironment(1);
    return this.clone.run('docker', args, { DOCKER_CONFIG, DOCKER_HOST, PATH });
  }

  /** Ids of the tasks that shall run, by their names: equal before and after means that nothing was touched. */
  tasks(): Readonly<Record<string, string>> {
    const lines = onNode(
      1,
      'stack',
      'ps',
      'rack',
      '--no-trunc',
      '--filter',
      'desired-state=running',
      '--format',
      '{{.Name}} {{.ID}}',
    );
    return Object.fromEntries(
      lines
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(' ') as [string, string]),
    );
  }

  /** The node whose port leads to the proxy now. */
  proxyNode(): Node {
    const filters = ['--filter', 'desired-state=running', '--format', '{{.Node}} {{.CurrentState}}'];
    const line = onNode(1, 'service', 'ps', 'rack_proxy', ...filters)
      .split('\n')
      .find((each) => / Running /.test(each));
    return Number(/^node(\d)/.exec(line ?? '')?.[1]) as Node;
  }

  /** Through TLS, with the authority of the cluster and the admin key. Throws for an answer that is no success. */
  async api<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    const secret = (name: string) => readFileSync(join(this.clone.home, 'secrets', name), 'utf8');
    const options: RequestOptions = {
      agent: new Agent({ ca: secret('authority/ca.crt'), servername: 'rack.localhost' }),
      headers: {
        authorization: `Bearer ${secret('admin').trim()}`,
        'content-type': 'application/json',
        host: 'rack.localhost',
      },
      host: nodeAddress(this.proxyNode()),
      method,
      path: `/muster${path}`,
      port: httpsPort,
    };
    return await askJson(options, body);
  }

  /** Names of the idle workers, once there are so many, and no other that is up. */
  idle(count: number): Promise<readonly string[]> {
    return eventually(
      `${count} workers are idle`,
      async () => {
        const { workers } = await this.api<WorkerList>('GET', '/api/v1/workers');
        const up = workers.filter(({ state }) => state !== 'offline');
        const idle = up.filter(({ state }) => state === 'idle').map(({ name }) => name);
        return idle.length === count && up.length === count && idle.sort();
      },
      120,
    );
  }

  /** Submits a command and waits for its end. */
  async job(...command: string[]): Promise<JobView> {
    const { id } = await this.api<JobView>('POST', '/api/v1/jobs', {
      command,
      cpus: 0.1,
      memoryMiB: 64,
    });
    return eventually(`job ${id} ends`, async () => {
      const job = await this.api<JobView>('GET', `/api/v1/jobs/${id}`);
      return /^(?:succeeded|failed|cancelled)$/.test(job.state) && job;
    });
  }

  async remove(): Promise<void> {
    await this.docker('stack', 'rm', 'rack');
    await this.clone.remove();
  }
}
