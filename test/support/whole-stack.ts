// How does a test get a clone with every service, on ports that nobody else has, and see what the engine runs of it?
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Clone, freePort } from './clone.ts';
import { cleanEnvironment, whyNoDocker } from './lab.ts';

const images = [
  ...['ghcr.io/dask/dask:2026.8.0', 'ghcr.io/open-webui/open-webui:v0.12.4', 'nginx:1.28.0'],
  ...['ollama/ollama:0.17.4', 'prom/alertmanager:v0.28.1', 'prom/prometheus:v3.5.0'],
];
const env = cleanEnvironment();

/** Why the whole stack cannot be started here, or null. */
export function whyNoStack(): string | null {
  const why = whyNoDocker();
  if (why !== null) return why;
  const absent = images.filter((image) => spawnSync('docker', ['image', 'inspect', image], { env }).status !== 0);
  return absent.length === 0 ? null : `the engine lacks ${absent.join(' ')}`;
}

/** All that its cluster.yaml brings up, sorted. */
export const stackServices = [
  ...['alertmanager', 'dask-cpu', 'dask-scheduler', 'ollama', 'open-webui', 'orchestrator', 'prometheus', 'proxy'],
  ...['with-gpu', 'worker'],
];

export class WholeStack {
  readonly clone: Clone;
  readonly ports: Readonly<Record<'alertmanager' | 'chat' | 'http' | 'https' | 'metrics' | 'models', number>>;

  static async make(): Promise<WholeStack> {
    const clone = await Clone.make('docker');
    const [alertmanager, chat, http, https, metrics, models] = await Promise.all([
      ...[freePort(), freePort(), freePort()],
      ...[freePort(), freePort(), freePort()],
    ]);
    return new WholeStack(clone, { alertmanager, chat, http, https, metrics, models } as WholeStack['ports']);
  }

  private constructor(clone: Clone, ports: WholeStack['ports']) {
    this.clone = clone;
    this.ports = ports;
    this.write();
  }

  /** Writes cluster.yaml, with each text of `changes` replaced by its value. */
  write(changes: Readonly<Record<string, string>> = {}): void {
    const { alertmanager, chat, http, https, metrics, models } = this.ports;
    let text = `name: whole
workers:
  worker: { cpus: 1, memory: 256MiB }
  with-gpu: { cpus: 1, memory: 256MiB, gpus: 1 }
services:
  dask: { workers: { cpu: { cpus: 1, memory: 512MiB } } }
  ollama: { port: ${models}, cpus: 1, memory: 1GiB }
  open-webui: { port: ${chat} }
  proxy: { httpPort: ${http}, httpsPort: ${https} }
  prometheus: { port: ${metrics} }
  alertmanager: { port: ${alertmanager} }
`;
    for (const [from, to] of Object.entries(changes)) {
      if (!text.includes(from)) throw new Error(`cluster.yaml has no ${from}`);
      text = text.replace(from, to);
    }
    writeFileSync(join(this.clone.folder, 'cluster.yaml'), text);
  }

  docker(...args: string[]): string {
    return execFileSync('docker', args, { env, encoding: 'utf8' }).trim();
  }

  /** The running container of each service; without the one-shot, which starts at every up. */
  containers(): Readonly<Record<string, string>> {
    const format = '{{.Label "com.docker.compose.service"}} {{.ID}}';
    const listed = this.docker('ps', '--no-trunc', '--filter', this.#filter, '--format', format);
    const pairs = listed.split('\n').map((line) => line.split(' ') as [string, string]);
    return Object.fromEntries(pairs.filter(([service]) => service !== 'secrets').sort());
  }

  /** Stopped ones too. */
  containerCount(): number {
    return this.docker('ps', '-aq', '--filter', this.#filter).split('\n').filter(Boolean).length;
  }

  volumes(): readonly string[] {
    return this.docker('volume', 'ls', '-q', '--filter', this.#filter).split('\n').filter(Boolean);
  }

  get #filter(): string {
    return `label=com.docker.compose.project=${this.clone.project}`;
  }
}
