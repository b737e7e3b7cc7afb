// How does a test get the real stack on three swarm nodes, and see what runs there?
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Clone, type Said } from './clone.ts';
import { copyTiny } from './models.ts';
import { type Node, nodeEnvironment, onNode } from './swarm-lab.ts';

const nodes: readonly Node[] = [1, 2, 3];

/** Third-party images of the stack: the lab's engine has them, `load` brings them to the nodes. */
export const rackImages = ['ghcr.io/dask/dask:2026.8.0', 'nginx:1.28.0', 'ollama/ollama:0.17.4'];

/** What a round changes in cluster.yaml. */
export type Round = {
  readonly replicas?: number;
  /** A label of the workers, the heartbeat of the orchestrator in seconds and a setting of nginx follow from it. */
  readonly number?: number;
  /** Longer than the orchestrator is away in an update: workers stop their jobs when they hear nothing for so long. */
  readonly leaseTtl?: string;
};

export type Container = { readonly service: string; readonly node: Node; readonly id: string; readonly task: string };

export class Rack {
  readonly name: string;
  readonly clone: Clone;
  readonly httpsPort = 8443;

  static async make(name: string): Promise<Rack> {
    const rack = new Rack(name, await Clone.make('docker'));
    rack.write({});
    return rack;
  }

  private constructor(name: string, clone: Clone) {
    this.name = name;
    this.clone = clone;
  }

  write({ leaseTtl = '60s', number = 1, replicas = 5 }: Round): void {
    const engines = nodes.map((node) => `    node${node}: ${nodeEnvironment(node).DOCKER_HOST}`);
    writeFileSync(
      join(this.clone.folder, 'cluster.yaml'),
      `name: ${this.name}
orchestrator: { cpus: 0.5, memory: 256MiB, heartbeat: ${number + 1}s, leaseTtl: ${leaseTtl} }
workers:
  worker: { replicas: ${replicas}, cpus: 0.5, memory: 256MiB, drainGrace: 10s, labels: { round: "${number}" } }
services:
  dask: { cpus: 0.5, memory: 256MiB, workers: { cpu: { cpus: 0.5, memory: 384MiB, drainGrace: 12s } } }
  ollama: { cpus: 0.5, memory: 512MiB }
  open-webui: false
  proxy:
    { public: true, httpPort: 8081, httpsPort: ${this.httpsPort}, cpus: 0.5, requestsPerSecond: ${1000 + number} }
  prometheus: false
  alertmanager: false
  grafana: false
swarm:
  endpoint: dnsrr
  encrypted: false
  workersOnManagers: true
  engines:
${engines.join('\n')}
`,
    );
  }

  muster(...args: readonly string[]): Promise<Said> {
    return this.clone.muster(...args);
  }

  /** `muster deploy swarm --yes`, by a manager. */
  deploy(args: readonly string[] = [], by: Node = 1): Promise<Said> {
    return this.muster('deploy', 'swarm', '--host', `${nodeEnvironment(by).DOCKER_HOST}`, '--yes', ...args);
  }

  secret(path: string): string {
    return readFileSync(join(this.clone.home, 'secrets', path), 'utf8').trim();
  }

  /** The running containers of a service, or of the whole stack. */
  containers(service?: string, at: readonly Node[] = nodes): readonly Container[] {
    const label = service === undefined ? '' : `=${this.name}_${service}`;
    const format = '{{.Label "com.docker.swarm.service.name"}} {{.ID}} {{.Label "com.docker.swarm.task.id"}}';
    const filters = ['--filter', `label=com.docker.swarm.service.name${label}`];
    return at.flatMap((node) =>
      onNode(node, 'ps', ...filters, '--format', format)
        .split('\n')
        .filter((line) => line.startsWith(`${this.name}_`))
        .map((line) => {
          const [name = '', id = '', task = ''] = line.split(' ');
          return { service: name.slice(this.name.length + 1), node, id, task };
        }),
    );
  }

  /** Mebibytes that each service holds, all of its tasks together. */
  memory(): Readonly<Record<string, number>> {
    const sizes: Record<string, number> = {};
    for (const { id, node, service } of this.containers()) {
      const used = onNode(node, 'stats', '--no-stream', '--format', '{{.MemUsage}}', id);
      const [, count = '0', unit = 'MiB'] = /^([\d.]+)(KiB|MiB|GiB)/.exec(used) ?? [];
      const mebibytes = Number(count) * ({ KiB: 1 / 1024, MiB: 1, GiB: 1024 }[unit] ?? 1);
      sizes[service] = Math.round(((sizes[service] ?? 0) + mebibytes) * 10) / 10;
    }
    return sizes;
  }

  /** Gives Ollama the tiny model of the lab: nodes reach no registry. */
  bringModel(): void {
    for (const node of new Set(this.containers('ollama').map((container) => container.node))) {
      const folder = onNode(node, 'volume', 'inspect', '--format', '{{.Mountpoint}}', `${this.name}_ollama`);
      copyTiny(join(folder, 'models'));
      spawnSync('chown', ['-R', '10001:10001', folder]);
    }
  }

  /** The stack goes with its nodes. */
  remove(): void {
    rmSync(this.clone.folder, { recursive: true, force: true });
  }
}
