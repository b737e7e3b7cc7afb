// What does `muster deploy rack` say where it cannot work?
import { deepStrictEqual } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { run } from '../../../stacks/cli/index.ts';
import { ownFolder } from '../../support/folder.ts';

async function said(root: string, path: string, ...args: readonly string[]) {
  const texts = { stdout: '', stderr: '' };
  const into = (name: 'stdout' | 'stderr') =>
    new Writable({
      decodeStrings: false,
      write: (text: string, _encoding, done) => {
        texts[name] += text;
        done();
      },
    });
  const io = { stdout: into('stdout'), stderr: into('stderr'), env: { PATH: path }, root, cwd: root };
  const code = await run(['deploy', 'rack', ...args], io);
  return { code, ...texts };
}

test('a limit must name a host of the rack', async (context) => {
  const root = ownFolder(context);
  writeFileSync(join(root, 'cluster.yaml'), 'name: a\nrack: {hosts: {node1: {address: 10.0.0.1}}}\n');
  writeFileSync(join(root, 'ansible-playbook'), '#!/bin/sh\necho "[core 2.14.18]"\n', { mode: 0o755 });
  const { code, stderr } = await said(root, `${root}:/usr/bin:/bin`, '--limit', 'node9');
  deepStrictEqual(
    { code, stderr },
    { code: 2, stderr: 'muster: --limit: the rack has no host "node9"\n   → choose from: node1\n' },
  );
});
