// Do copies of old bundles go, and only those?
import { deepStrictEqual } from 'node:assert';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeStaleBundles } from '../../../stacks/cli/up/stale-bundles.ts';
import { marker, markerVariable } from '../../../stacks/drivers/processes.ts';
import { ownFolder } from '../../support/folder.ts';

test('a copy goes unless it is current or a living process was started from it', async (t) => {
  const home = ownFolder(t);
  const [old, running, current] = ['0', 'a', 'c'].map((digit) => digit.repeat(16)) as [string, string, string];
  for (const name of [old, running, current, 'build']) mkdirSync(join(home, 'run', name), { recursive: true });
  const script = join(home, 'run', running, 'agent.cjs');
  writeFileSync(script, 'process.stdin.resume(); console.log("up");');
  const env = { ...process.env, [markerVariable]: marker('worker-01', 'hash', home) };
  const child = spawn(process.execPath, [script], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  removeStaleBundles(home, [join(home, 'run', current, 'agent.cjs')]);
  deepStrictEqual(readdirSync(join(home, 'run')).sort(), [running, 'build', current].sort());
  child.stdin.end();
  await new Promise((resolve) => child.once('exit', resolve));
});
