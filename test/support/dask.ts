// How does a test talk to a real Dask? With Python beside it; what a script prints as JSON comes back.
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { cleanEnvironment } from './lab.ts';
import { type LocalService, LocalStack, until, whyNoPrograms } from './local-stack.ts';

export const whyNoDask = (): string | null => whyNoPrograms('dask');

/** The Python that Dask is installed for. */
export function daskPython(): string {
  const { stdout } = spawnSync('sh', ['-c', 'command -v dask'], { env: cleanEnvironment(), encoding: 'utf8' });
  return join(dirname(realpathSync(stdout.trim())), 'python');
}

/** A script that says what it has found, one JSON value a line, and may wait for a line of ours. */
export class PythonTalk {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #said = '';

  constructor(t: TestContext, script: string, env: Readonly<Record<string, string>> = {}) {
    const inherited = { HOME: '/nonexistent', PATH: process.env.PATH ?? '', PYTHONDONTWRITEBYTECODE: '1', ...env };
    this.#child = spawn(daskPython(), ['-c', script], { env: inherited });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#said += chunk;
    });
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
    t.after(() => this.#child.kill('SIGKILL'));
  }

  async next(): Promise<unknown> {
    const { done, value } = await this.#lines.next();
    if (done) throw new Error(`the script ended early:\n${this.#said.slice(-4000)}`);
    return JSON.parse(value);
  }

  goOn(): void {
    this.#child.stdin.write('\n');
  }
}

/** A scheduler that answers. */
export async function startScheduler(t: TestContext, spec: string): Promise<LocalStack> {
  const stack = await LocalStack.make(t, spec);
  stack.start('dask/scheduler.sh');
  await until(async () => (await fetch(`${dashboard(stack)}/health`)).ok);
  return stack;
}

export const dashboard = (stack: LocalStack): string => `http://${stack.at.address('dask-scheduler', 8787)}`;

export const address = (stack: LocalStack): string => stack.at.address('dask-scheduler', 8786);

/** A worker on a port and in a folder of its own, so that there may be several of a class. */
export const startWorker = (stack: LocalStack, name: string): LocalService => stack.start(`dask/${name}.sh`);
