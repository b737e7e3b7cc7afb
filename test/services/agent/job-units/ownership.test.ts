// Does a folder change hands whole, and does nothing change that is not in it or another's?
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chownSync, closeSync, linkSync, lstatSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { handOver, openFolder } from '../../../../services/agent/job-units/ownership.ts';
import { layOut } from '../../../support/machine.ts';

const skip = process.getuid?.() === 0 ? false : 'only root can give files away';
const [agent, job, third] = [61_184, 61_185, 61_186];
const ownerOf = (path: string): string => {
  const { uid, gid } = lstatSync(path);
  return `${uid}:${gid}`;
};

const tree = (t: TestContext): string => {
  const root = layOut(t, { 'tree/a/file': '', 'tree/start': '', 'outside/file': '', roots: '' });
  const odd = Buffer.concat([Buffer.from(join(root, 'tree/')), Buffer.from([0xff, 0x0a])]);
  writeFileSync(odd, '');
  execFileSync('mkfifo', [join(root, 'tree/pipe')]);
  execFileSync('chown', ['-R', `${agent}:${agent}`, join(root, 'tree')]);
  chownSync(odd, agent, agent);
  symlinkSync(join(root, 'outside'), join(root, 'tree/link'));
  linkSync(join(root, 'roots'), join(root, 'tree/a/hard'));
  writeFileSync(join(root, 'tree/a/thirds'), '');
  chownSync(join(root, 'tree/a/thirds'), third, third);
  return root;
};

test('folders, files and pipes of the one become the other’s; links, hard links and a third’s files stay', {
  skip,
}, (t) => {
  const root = tree(t);
  const folder = openFolder(root, 'tree');
  handOver(folder, agent, { uid: job, gid: agent }, ['start']);
  closeSync(folder);
  const path = (name: string) => ownerOf(join(root, name));
  assert.deepEqual(['tree/a', 'tree/a/file', 'tree/pipe'].map(path), Array(3).fill(`${job}:${agent}`));
  assert.equal(
    execFileSync('find', [join(root, 'tree'), '-uid', String(job)])
      .toString('latin1')
      .match(/\0|\xff/g)?.length,
    1,
  );
  assert.deepEqual(['tree/start', 'tree/a/thirds'].map(path), [`${agent}:${agent}`, `${third}:${third}`]);
  assert.deepEqual(['roots', 'outside', 'outside/file', 'tree/a/hard'].map(path), Array(4).fill('0:0'));
});

test('a link on the way is refused, and a folder that is moved away meanwhile stays the one that was opened', {
  skip,
}, (t) => {
  const root = tree(t);
  symlinkSync('outside', join(root, 'tree-link'));
  assert.throws(() => openFolder(root, 'tree-link'), /ENOTDIR|ELOOP/);
  assert.throws(() => openFolder(root, 'tree', 'link', 'file'), /ENOTDIR|ELOOP/);
  const folder = openFolder(root, 'tree', 'a');
  renameSync(join(root, 'tree/a'), join(root, 'moved'));
  mkdirSync(join(root, 'tree/a'));
  writeFileSync(join(root, 'tree/a/file'), '');
  handOver(folder, agent, { uid: job, gid: job });
  closeSync(folder);
  assert.deepEqual([ownerOf(join(root, 'moved/file')), ownerOf(join(root, 'tree/a/file'))], [`${job}:${job}`, '0:0']);
});
