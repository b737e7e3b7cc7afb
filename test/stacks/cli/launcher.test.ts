// Does the launcher hand everything on: arguments, exit code, signals? In a clone whose main.ts is a few lines.
import { deepStrictEqual, strictEqual } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ownFolder } from '../../support/folder.ts';
import { root } from '../../support/sources.ts';

/** Starts the launcher of a small clone with `main` as its main.ts; stdout is a pipe. */
function launch(t: TestContext, main: string, args: readonly string[]): ChildProcess {
  const clone = ownFolder(t);
  for (const part of ['stacks/cli/muster.js', 'stacks/cli/setup.js', 'stacks/cli/node']) {
    cpSync(join(root, part), join(clone, part), { recursive: true });
  }
  writeFileSync(join(clone, 'package.json'), '{"type": "module"}');
  writeFileSync(join(clone, 'package-lock.json'), '{"packages": {}}');
  mkdirSync(join(clone, 'elsewhere'));
  writeFileSync(join(clone, 'stacks/cli/main.ts'), main);
  const child = spawn(process.execPath, [join(clone, 'stacks/cli/muster.js'), ...args], {
    cwd: join(clone, 'elsewhere'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

async function outcome(child: ChildProcess): Promise<{ code: unknown; text: string }> {
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, text };
}

test('arguments, the folder and the exit code go through', async (t) => {
  const main = `console.log(JSON.stringify([process.argv.slice(2), process.cwd().endsWith('/elsewhere')] as unknown)); process.exitCode = 7;`;
  const { code, text } = await outcome(launch(t, main, ['jobs', 'submit', '--', 'a b', '']));
  strictEqual(code, 7);
  deepStrictEqual(JSON.parse(text), [['jobs', 'submit', '--', 'a b', ''], true]);
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} is passed on, and what the command makes of it counts`, async (t) => {
    const main = `process.on('${signal}', () => process.exit(42)); setInterval(() => {}, 1000); console.log('ready');`;
    const child = launch(t, main, []);
    if (child.stdout) await once(child.stdout, 'data');
    child.kill(signal);
    strictEqual((await outcome(child)).code, 42);
  });
}

test('a command that a signal ended gives 128 and the signal', async (t) => {
  const { code } = await outcome(launch(t, `process.kill(process.pid, 'SIGKILL');`, []));
  strictEqual(code, 137);
});
