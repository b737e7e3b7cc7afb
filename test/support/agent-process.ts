// How does a test start a real agent and learn what it did? As a process with a state folder of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { compileCache } from './compile-cache.ts';
import { FakeOrchestrator } from './fake-orchestrator.ts';

const main = join(import.meta.dirname, '../../services/agent/main.ts');

export type TestAgent = {
  readonly child: ChildProcess;
  /** Exit code, or the signal's name. */
  readonly exited: Promise<number | string>;
  readonly lines: string[];
};

/** By test: its agents end before the folder goes in which they work. */
const agents = new WeakMap<TestContext, TestAgent[]>();

/** Starts `muster-agent` with `env` only, plus PATH; what `arena` made for the test ends it. */
export const startAgentProcess = (t: TestContext, env: Record<string, string>, args: string[] = []): TestAgent => {
  const whole = { ...compileCache, PATH: process.env.PATH ?? '', MUSTER_HEALTH: '127.0.0.1:0', ...env };
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    env: whole,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const gather = (chunk: Buffer) => void lines.push(...chunk.toString().split('\n').filter(Boolean));
  child.stdout?.on('data', gather);
  child.stderr?.on('data', gather);
  const exited = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  const agent = { child, exited, lines };
  agents.set(t, [...(agents.get(t) ?? []), agent]);
  return agent;
};

/** A fake orchestrator and the settings of an agent that talks to it; both are cleaned up after the test. */
export const arena = async (
  t: TestContext,
): Promise<{ orchestrator: FakeOrchestrator; env: Record<string, string>; folder: string }> => {
  const orchestrator = new FakeOrchestrator();
  await orchestrator.start();
  const folder = mkdtempSync(join(tmpdir(), 'muster-agent-'));
  writeFileSync(join(folder, 'secret'), 'class-secret\n', { mode: 0o600 });
  t.after(async () => {
    for (const { child, exited, lines } of agents.get(t) ?? []) {
      // A test that waits for an agent which has ended runs into its limit: here is why it ended.
      if (t.signal.aborted) t.diagnostic(`the agent (exit code ${child.exitCode}) said:\n${lines.join('\n')}`);
      child.kill('SIGKILL');
      await exited;
    }
    await orchestrator.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const env = {
    MUSTER_ORCHESTRATOR_URL: orchestrator.url,
    MUSTER_TOKEN_FILE: join(folder, 'secret'),
    MUSTER_STATE: join(folder, 'state'),
    MUSTER_WORKER_NAME: 'worker-01',
  };
  return { orchestrator, env, folder };
};

/** Pids of living processes (no zombies) whose arguments hold `needle`. */
export const pidsWith = (needle: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words.includes(needle) && !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      } catch {
        return false;
      }
    })
    .map(Number);

/** Resolves when `look` gives true. For what no event tells: processes ending. */
export const eventually = async (look: () => boolean, limitMs = 10_000): Promise<void> => {
  const endMs = performance.now() + limitMs;
  while (!look()) {
    if (performance.now() > endMs) throw new Error('it did not happen in time');
    await new Promise((done) => setTimeout(done, 10));
  }
};
