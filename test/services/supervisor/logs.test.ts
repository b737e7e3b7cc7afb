// Does a log stay within its limit while its daemon goes on writing?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { capLogs } from '../../../services/supervisor/logs.ts';
import { ownFolder } from '../../support/folder.ts';

test('a log past its limit is moved aside and its writer begins at the top', (t) => {
  const folder = ownFolder(t);
  const path = join(folder, 'worker-01.log');
  const writer = openSync(path, 'a');
  t.after(() => closeSync(writer));
  writeSync(writer, 'x'.repeat(101));
  writeFileSync(join(folder, 'worker-02.log'), 'y'.repeat(100));
  capLogs(folder, 100);
  writeSync(writer, 'new\n');
  strictEqual(readFileSync(path, 'utf8'), 'new\n');
  strictEqual(readFileSync(`${path}.1`, 'utf8'), 'x'.repeat(101));
  deepStrictEqual(readdirSync(folder).sort(), ['worker-01.log', 'worker-01.log.1', 'worker-02.log']);
});

test('a log that cannot be copied is emptied all the same', (t) => {
  const folder = ownFolder(t);
  mkdirSync(join(folder, 'worker-01.log.1'));
  writeFileSync(join(folder, 'worker-01.log'), 'x'.repeat(101));
  capLogs(folder, 100);
  deepStrictEqual(readdirSync(folder), ['worker-01.log']);
  strictEqual(readFileSync(join(folder, 'worker-01.log'), 'utf8'), '');
});

test('a folder that somebody removed is no trouble', (t) => {
  capLogs(join(ownFolder(t), 'gone'), 100);
});
