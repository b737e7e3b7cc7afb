// Does the supervisor's process stay until its daemons are gone, whatever is done to it?
import { deepStrictEqual } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { shell, stage, until } from './support.ts';

const main = join(import.meta.dirname, '../../../services/supervisor/main.ts');

test('with a full disk under its log, and told twice to stop, it leaves nothing behind', async (t) => {
  const { home, living, log } = stage(t);
  const deaf = shell('worker-01', 'trap "" TERM; echo up; exec sleep 1000', { stopSeconds: 1 });
  mkdirSync(join(home, 'run'));
  writeFileSync(join(home, 'run', 'children.json'), JSON.stringify([deaf]));
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [main, home], { stdio: ['ignore', full, 'inherit'] });
  closeSync(full);
  t.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  await until(() => living().length > 0 && log('worker-01') === 'up\n');
  child.kill('SIGTERM');
  await delay(200);
  child.kill('SIGTERM');
  deepStrictEqual([await exited, living()], [[0, null], []]);
});
