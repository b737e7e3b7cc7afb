// How does a test hurt real daemons? An orchestrator and agents as local processes, killed and started again at will.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { JobList, JobView, WorkerList } from '../../services/protocol/index.ts';
import { bundle } from '../../stacks/drivers/bundle.ts';
import { type Client, createClient } from '../../stacks/drivers/orchestrator.ts';
import { eventually, freePort } from './clone.ts';
import { root } from './sources.ts';

/** Small, so that what would take minutes takes seconds; the proportions are those of a real cluster. */
const times = { MUSTER_HEARTBEAT_SECONDS: '1', MUSTER_LEASE_TTL_SECONDS: '6', MUSTER_GRACE_SECONDS: '1' };
export const ttlSeconds = Number(times.MUSTER_LEASE_TTL_SECONDS);

type Variables = Readonly<Record<string, Readonly<Record<string, string>>>>;
type Daemon = { child: ChildProcess; readonly start: () => ChildProcess; wanted: boolean };

export class Fleet {
  readonly folder = mkdtempSync(join(tmpdir(), 'muster-chaos-'));
  readonly client: Client;
  readonly agents: readonly string[];
  readonly #daemons = new Map<string, Daemon>();
  readonly #more: Variables;

  /**
   * An orchestrator and one idle agent per name; a daemon that ends is started again until `close`. `more` are
   * further variables by the name of a daemon.
   */
  static async start(agents: readonly string[], more: Variables = {}): Promise<Fleet> {
    const fleet = new Fleet(agents, await freePort(), more);
    await fleet.#begin();
    return fleet;
  }

  private constructor(agents: readonly string[], port: number, more: Variables) {
    this.agents = agents;
    this.#more = more;
    for (const name of agents) {
      mkdirSync(join(this.folder, 'secrets/classes', name), { recursive: true, mode: 0o700 });
      writeFileSync(this.#secretOf(name), `mc_${name}\n`, { mode: 0o600 });
    }
    writeFileSync(join(this.folder, 'secrets/admin'), 'mk_admin\n', { mode: 0o600 });
    this.client = createClient({ url: `http://127.0.0.1:${port}`, key: 'mk_admin', retryMs: 60_000 });
  }

  /** Each agent is a class of its own, so that workers have the names of their daemons. */
  #secretOf(agent: string): string {
    return join(this.folder, 'secrets/classes', agent, 'token');
  }

  async #begin(): Promise<void> {
    const bundles = await bundle(root, join(this.folder, 'build'));
    const classes = this.agents.map((name) => ({ name, maxReplicas: 1 }));
    this.#keep('orchestrator', bundles.orchestrator, {
      MUSTER_LISTEN: new URL(this.client.url).host,
      MUSTER_STATE: join(this.folder, 'orchestrator'),
      MUSTER_SECRETS: join(this.folder, 'secrets'),
      MUSTER_CLASSES: JSON.stringify(classes),
      MUSTER_BACKOFF_BASE_SECONDS: '0.1',
      ...times,
    });
    for (const name of this.agents) {
      this.#keep(name, bundles.agent, {
        MUSTER_ORCHESTRATOR_URL: this.client.url,
        MUSTER_WORKER_CLASS: name,
        MUSTER_TOKEN_FILE: this.#secretOf(name),
        MUSTER_STATE: join(this.folder, name),
        MUSTER_HEALTH: '127.0.0.1:0',
        MUSTER_DRAIN_SECONDS: '2',
        // They are killed more often than a sound agent ever ends.
        MUSTER_MAX_RESTART_ATTEMPTS: '1000',
        MUSTER_CPUS: '4',
      });
    }
    await this.idle();
  }

  #keep(name: string, script: string, environment: Record<string, string>): void {
    const start = (): ChildProcess => {
      const log = openSync(join(this.folder, `${name}.log`), 'a');
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
        env: { PATH: process.env.PATH, ...environment, ...this.#more[name] },
        stdio: ['ignore', log, log],
      });
      child.once('exit', () => {
        if (daemon.wanted) setTimeout(() => (daemon.child = daemon.wanted ? start() : daemon.child), 200);
      });
      return child;
    };
    const daemon: Daemon = { wanted: true, start, child: null as unknown as ChildProcess };
    daemon.child = start();
    this.#daemons.set(name, daemon);
  }

  /** Waits until every agent is connected and has nothing to do. */
  idle(seconds = 30): Promise<true> {
    return eventually(
      'all agents are idle',
      async () => {
        const { workers } = await this.client.call<WorkerList>('GET', '/api/v1/workers');
        return workers.filter(({ state }) => state === 'idle').length === this.agents.length;
      },
      seconds,
    );
  }

  signal(name: string, signal: NodeJS.Signals): void {
    this.#daemons.get(name)?.child.kill(signal);
  }

  pid(name: string): number {
    return this.#daemons.get(name)?.child.pid as number;
  }

  log(name: string): string {
    return readFileSync(join(this.folder, `${name}.log`), 'utf8');
  }

  job(id: string): Promise<JobView> {
    return this.client.call<JobView>('GET', `/api/v1/jobs/${id}`);
  }

  async jobs(): Promise<JobView[]> {
    const all: JobView[] = [];
    let before: string | null = null;
    do {
      const query: string = before === null ? '' : `&before=${before}`;
      const page: JobList = await this.client.call<JobList>('GET', `/api/v1/jobs?limit=1000${query}`);
      all.push(...page.jobs);
      before = page.next;
    } while (before !== null);
    return all;
  }

  /** Every audit row, oldest first; read beside the running orchestrator, which SQLite allows. */
  audit(): { action: string; target: string; outcome: string; detail: Record<string, unknown> }[] {
    const database = new DatabaseSync(join(this.folder, 'orchestrator/muster.db'), { readOnly: true });
    try {
      const rows = database.prepare('SELECT body FROM audit ORDER BY number').all() as { body: string }[];
      return rows.map(({ body }) => JSON.parse(body));
    } finally {
      database.close();
    }
  }

  async close(): Promise<void> {
    for (const [name, daemon] of [...this.#daemons].reverse()) {
      daemon.wanted = false;
      const { child } = daemon;
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGCONT');
      child.kill(name === 'orchestrator' ? 'SIGTERM' : 'SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
