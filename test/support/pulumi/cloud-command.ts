// How does a test type `muster cloud`? In the clone of an engine, with Muster's own state.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Said } from '../clone.ts';
import type { Engine } from './engine.ts';

export class CloudCommand {
  private readonly engine: Engine;
  private readonly program: string;

  constructor(engine: Engine) {
    this.engine = engine;
    this.program = join(engine.clone.folder, 'stacks/cli/muster.js');
  }

  /** Whoever never logged in. */
  private get env(): NodeJS.ProcessEnv {
    return { ...this.engine.env, PULUMI_BACKEND_URL: undefined, PULUMI_CONFIG_PASSPHRASE: undefined };
  }

  say(...args: readonly string[]): Promise<Said> {
    return this.sayWith({}, ...args);
  }

  sayWith(more: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Said> {
    return this.engine.clone.run(process.execPath, [this.program, 'cloud', ...args], { ...this.env, ...more });
  }

  /** Sends SIGINT as soon as it has said `when`. */
  interrupted(when: RegExp, ...args: readonly string[]): Promise<Said> {
    const env = { ...this.engine.clone.env, ...this.env };
    const child = spawn(process.execPath, [this.program, 'cloud', ...args], { cwd: this.engine.clone.folder, env });
    child.stdin.end();
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (part: Buffer) => {
      const was = when.test(said.stdout);
      said.stdout += part;
      if (!was && when.test(said.stdout)) child.kill('SIGINT');
    });
    child.stderr.on('data', (part: Buffer) => {
      said.stderr += part;
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code: code ?? 1, ...said }));
    });
  }

  /** Gives what undoes it; throws where there is nothing to edit. */
  edit(file: string, from: string, to: string): () => void {
    const path = join(this.engine.clone.folder, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    writeFileSync(path, text.replaceAll(from, to));
    return () => writeFileSync(path, text);
  }

  /** How many the state of the cloud holds, as it lies on the disk. */
  resources(cloud: string): number {
    const file = join(this.engine.clone.home, 'pulumi/.pulumi/stacks', `muster-${cloud}`, 'home.json');
    return (JSON.parse(readFileSync(file, 'utf8')).checkpoint.latest.resources ?? []).length;
  }
}
