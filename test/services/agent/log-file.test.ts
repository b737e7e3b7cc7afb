// Does all output of a job get into its file, also when the job was over before anybody listened?
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { test } from 'node:test';
import { drainToFile } from '../../../services/agent/spool/log-file.ts';
import { ownFolder } from '../../support/folder.ts';

const limits = { headBytes: 1000, tailBytes: 1000 };

test('output that has ended already is drained at once', { timeout: 5000 }, async (t) => {
  const file = join(ownFolder(t), 'log');
  const silent = Readable.from([]);
  silent.resume();
  await finished(silent);
  await drainToFile(silent, file, limits, () => assert.fail('nothing was written'));
  assert.equal(readFileSync(file, 'utf8'), '');
  await drainToFile(Readable.from([Buffer.from('late')]), file, limits, () => {});
  assert.equal(readFileSync(file, 'utf8'), 'late');
});
