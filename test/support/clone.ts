// How does a test use Muster as a person does? A fresh clone in a folder of its own, and the commands typed in it.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cleanEnvironment, type Engine } from './lab.ts';
import { root, trackedFiles } from './sources.ts';

export type Form = 'embedded' | 'docker';
export type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };

export class Clone {
  readonly folder = mkdtempSync(join(tmpdir(), 'muster-clone-'));
  readonly form: Form;
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
  readonly project: string;

  static async make(form: Form, engine: Engine = 'main'): Promise<Clone> {
    return new Clone(form, await freePort(), engine);
  }

  private constructor(form: Form, port: number, engine: Engine) {
    this.form = form;
    this.port = port;
    this.project = `muster-test-${port}`;
    this.env = { ...cleanEnvironment(engine), MUSTER_PORT: String(port), COMPOSE_PROJECT_NAME: this.project };
    // As on a machine without an engine: nothing answers where Docker is looked for.
    if (form === 'embedded') this.env.DOCKER_HOST = `unix://${this.folder}/no-engine.sock`;
    for (const file of trackedFiles()) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true });
      cpSync(join(root, file), join(this.folder, file), { verbatimSymlinks: true });
    }
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
  }

  get home(): string {
    return join(this.folder, '.muster');
  }

  /** Runs a program in the clone and waits for its end. */
  run(program: string, args: readonly string[], extra: NodeJS.ProcessEnv = {}): Promise<Said> {
    const child = spawn(program, args, {
      cwd: this.folder,
      env: { ...this.env, ...extra },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      texts.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      texts.stderr += text;
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code: code ?? (signal ? 128 : 1), ...texts }));
    });
  }

  make(...args: string[]): Promise<Said> {
    return this.run('make', args);
  }

  muster(...args: string[]): Promise<Said> {
    return this.run(process.execPath, [join(this.folder, 'stacks/cli/muster.js'), ...args]);
  }

  /** The answer of a verb with --json; throws with all it said when it failed. */
  async ask<Answer>(...args: string[]): Promise<Answer> {
    const at = args.includes('--') ? args.indexOf('--') : args.length;
    const said = await this.muster(...args.slice(0, at), '--json', ...args.slice(at));
    if (said.code !== 0) throw new Error(`muster ${args.join(' ')}: exit ${said.code}\n${said.stderr}${said.stdout}`);
    return JSON.parse(said.stdout) as Answer;
  }

  /** GET on the API with the admin key; for polling, where starting a process each time would cost too much. */
  get<Answer>(path: string): Promise<Answer> {
    const key = readFileSync(join(this.home, 'secrets/admin'), 'utf8').trim();
    return new Promise((resolve, reject) => {
      const call = request({ host: '127.0.0.1', port: this.port, path, headers: { authorization: `Bearer ${key}` } });
      call.once('error', reject);
      call.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.once('end', () => resolve(JSON.parse(text) as Answer));
        response.once('error', reject);
      });
      call.end();
    });
  }

  async remove(): Promise<void> {
    await this.muster('down');
    if (this.form === 'docker') {
      await this.run('docker', ['compose', '--profile', '*', 'down', '--volumes', '--remove-orphans']);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Asks until `check` gives a value; failures to answer count as not yet. */
export async function eventually<Value>(
  what: string,
  check: () => Promise<Value | null | false>,
  seconds = 60,
): Promise<Value> {
  const deadline = performance.now() + seconds * 1000;
  let last: unknown = 'nothing';
  while (performance.now() < deadline) {
    try {
      const value = await check();
      if (value !== null && value !== false) return value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within ${seconds} s: ${what}`, { cause: last });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
