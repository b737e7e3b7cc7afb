// What does a person do with a stack, and what came of it? Verbs of `pulumi` that must go well, and their summaries.
import { deepStrictEqual, strictEqual } from 'node:assert';
import { join } from 'node:path';
import type { Said } from '../clone.ts';
import type { Engine } from './engine.ts';

const stack = 'test';

export class Story {
  readonly engine: Engine;
  private readonly folder: string;

  /** `folder` is the program's, relative to the clone. */
  constructor(engine: Engine, folder: string) {
    this.engine = engine;
    this.folder = folder;
  }

  /** Whatever comes of it. */
  say(verb: string, ...args: readonly string[]): Promise<Said> {
    return this.engine.pulumi(this.folder, [verb, '--stack', stack, ...args]);
  }

  async init(): Promise<void> {
    const { code, stderr } = await this.engine.pulumi(this.folder, ['stack', 'init', stack]);
    strictEqual(code, 0, stderr);
  }

  /** A preview under our policies, whatever comes of it. */
  judged(...args: readonly string[]): Promise<Said> {
    return this.say('preview', '--policy-pack', join(this.engine.clone.folder, 'infra/policy/pack.cjs'), ...args);
  }

  /** All that was done in the cloud, as `create aws:ec2/vpc:Vpc network`, sorted. */
  async done(verb: 'up' | 'refresh' | 'destroy', ...args: readonly string[]): Promise<readonly string[]> {
    this.engine.world.takeCalls();
    fine(await this.say(verb, '--yes', '--skip-preview', ...args));
    return this.engine.world.takeCalls();
  }

  /** The next change of that type fails, and says so. */
  async fails(type: string): Promise<void> {
    this.engine.world.failOnce(type);
    const { code, stderr, stdout } = await this.say('up', '--yes', '--skip-preview');
    const isTold = `${stdout}${stderr}`.includes('the cloud refuses this once');
    deepStrictEqual([code === 0, isTold], [false, true], stdout + stderr);
  }
}

export function fine({ code, stderr, stdout }: Said): string {
  strictEqual(code, 0, stdout + stderr);
  return stdout + stderr;
}
