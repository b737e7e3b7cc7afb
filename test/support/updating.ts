// How does a test bring agents to real hosts that it renews later? Their real program, others made of it, one key.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { JobView, UpdateView, WorkerView } from '../../services/protocol/index.ts';
import { buildExecutables, executablesFolder, installScript } from '../../stacks/cli/executables.ts';
import { releaseKeys, signedRelease } from '../../stacks/cli/release.ts';
import { temporaryFolder } from '../services/orchestrator/support/orchestrator.ts';
import { eventually } from './clone.ts';
import { type Host, machineAddress, onHost } from './hosts-lab.ts';
import { type Inviting, inviting, type Said } from './inviting.ts';
import { root } from './sources.ts';

const platform = `linux-${process.arch}` as 'linux-x64';
const name = `muster-agent-${platform}`;
const sumOf = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** Bytes in place of others, as many of them. */
const replaced = (program: Buffer, from: string, to: string): Buffer =>
  Buffer.from(program.toString('latin1').replaceAll(from, to), 'latin1');

export class Updating {
  readonly cluster: Inviting;
  readonly #folder: string;
  readonly #program: Buffer;
  readonly #made = new Map<string, { readonly from: string; readonly release: string }>();

  static async make(t: TestContext): Promise<Updating> {
    const folder = temporaryFolder(t);
    const executables = join(folder, 'executables');
    mkdirSync(executables);
    const cluster = await inviting(t, { host: machineAddress, executables });
    const io = { stdout: process.stderr, stderr: process.stderr, env: process.env, root, cwd: root };
    await buildExecutables(io, [platform], () => {});
    const program = readFileSync(join(executablesFolder(root), name));
    const own = { ...io, env: { ...process.env, MUSTER_HOME: cluster.home } };
    writeFileSync(join(executables, name), program, { mode: 0o755 });
    writeFileSync(join(executables, 'install.sh'), installScript(root, releaseKeys(own).public));
    await signedRelease(own, executables, [platform]);
    const listed = [name, 'install.sh', 'RELEASE'].map(
      (file) => `${sumOf(readFileSync(join(executables, file)))}  ${file}\n`,
    );
    writeFileSync(join(executables, 'SHA256SUMS'), listed.join(''));
    return new Updating(cluster, folder, program);
  }

  private constructor(cluster: Inviting, folder: string, program: Buffer) {
    this.cluster = cluster;
    this.#folder = folder;
    this.#program = program;
  }

  get release(): string {
    return sumOf(this.#program).slice(0, 12);
  }

  /** A folder with one program in it, and what its release is called. */
  #offered(label: string, program: Buffer): { readonly from: string; readonly release: string } {
    const before = this.#made.get(label);
    if (before) return before;
    const from = join(this.#folder, label);
    mkdirSync(from);
    writeFileSync(join(from, name), program);
    chmodSync(join(from, name), 0o755);
    const made = { from, release: sumOf(program).slice(0, 12) };
    this.#made.set(label, made);
    return made;
  }

  /** The same agent with this version. */
  newer(version: string) {
    return this.#offered(version, replaced(this.#program, '="0.1.0";', `="${version}";`));
  }

  crashing() {
    const script = '#!/bin/sh\n[ "$1" != --version ] || { echo 9.0.0; exit 0; }\necho this one is bad >&2\nexit 1\n';
    return this.#offered('crashing', Buffer.from(script));
  }

  /** It starts, and asks for a door that is not there. */
  neverRegistering() {
    return this.#offered('mute', replaced(this.#program, '/api/v1/agent/register', '/api/v1/agent/registex'));
  }

  async join(host: Host, label: string, user: string | null): Promise<void> {
    const { command } = await this.cluster.invite('--name', label);
    const script = user === null ? command : `su - ${user} -c 'sh -s' <<'END_OF_LINE'\n${command}\nEND_OF_LINE`;
    const { code, stderr, stdout } = await onHost(host, script);
    if (code !== 0) throw new Error(`${host} did not join\n${stdout}${stderr}`);
  }

  /** A good one gets the time that a busy machine takes; a bad one would take all that it gets. */
  update(from: string, deadline: '8s' | '60s', ...words: string[]): Promise<Said> {
    const flags = ['--from', from, '--deadline', deadline, '--proof', '2s', '--yes'];
    return this.cluster.muster('workers', 'update', ...flags, ...words);
  }

  async workers(): Promise<readonly WorkerView[]> {
    const { workers } = (await this.cluster.bench.admin.get('/api/v1/workers')).json as { workers: WorkerView[] };
    return workers.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** By name: version and release of every worker. */
  async programs(): Promise<Readonly<Record<string, string>>> {
    const all = await this.workers();
    return Object.fromEntries(all.map(({ name, program, version }) => [name, `${version} ${program?.release}`]));
  }

  async status(): Promise<UpdateView> {
    const { json } = await this.cluster.bench.admin.get('/api/v1/updates');
    return json.update;
  }

  idle(count: number): Promise<true> {
    return eventually(`${count} workers are idle`, async () => {
      const all = await this.workers();
      return all.filter(({ state }) => state === 'idle').length === count;
    });
  }

  async submit(...command: string[]): Promise<string> {
    return (await this.cluster.bench.admin.post('/api/v1/jobs', { command, cpus: 0.2 })).json.id;
  }

  async job(id: string): Promise<JobView> {
    return (await this.cluster.bench.admin.get(`/api/v1/jobs/${id}`)).json;
  }
}
