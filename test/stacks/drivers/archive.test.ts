// Does every tar read the archives, and do the same files give the same bytes?
import { deepStrictEqual, match, strictEqual, throws } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readTree, tarOf, writeArchive } from '../../../stacks/drivers/archive.ts';

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-archive-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const long = `${'a'.repeat(90)}/${'b'.repeat(60)}/${'c'.repeat(80)}.yml`;
const files = [
  { path: 'z.txt', content: 'ü', mode: 0o644 },
  { path: 'empty', content: '', mode: 0o644 },
  { path: 'bin/program', content: Buffer.alloc(1025, 7), mode: 0o755 },
  { path: long, content: 'x'.repeat(512), mode: 0o644 },
];

test('tar unpacks them, long paths and whole blocks included', (t) => {
  const folder = folderOf(t);
  const input = tarOf(files);
  const { status, stderr } = spawnSync('tar', ['-x', '-C', folder], { input, encoding: 'utf8' });
  strictEqual(`${stderr}${status}`, '0');
  for (const { content, mode, path } of files) {
    deepStrictEqual(readFileSync(join(folder, path)), Buffer.from(content as string));
    strictEqual(statSync(join(folder, path)).mode & 0o777, mode);
  }
  const listed = spawnSync('tar', ['-tv'], { input, encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } }).stdout;
  match(listed, /^-rwxr-xr-x 0\/0 +1025 1970-01-01 00:00 bin\/program$/m);
});

test('neither their order nor their times are in it', (t) => {
  const folder = folderOf(t);
  mkdirSync(join(folder, 'roles/__pycache__'), { recursive: true });
  for (const name of ['roles/b.yml', 'roles/a.sh', 'roles/__pycache__/a.pyc']) writeFileSync(join(folder, name), name);
  chmodSync(join(folder, 'roles/a.sh'), 0o700);
  const archive = join(folder, 'build/one.tar');
  const first = writeArchive(archive, [...files, ...readTree(folder, 'roles')]);
  utimesSync(join(folder, 'roles/b.yml'), 1, 1);
  chmodSync(join(folder, 'roles/b.yml'), 0o600);
  strictEqual(writeArchive(archive, [...readTree(folder, 'roles'), ...files].reverse()), first);
  const listed = spawnSync('tar', ['-tf', archive], { encoding: 'utf8' }).stdout;
  deepStrictEqual(listed.trim().split('\n'), [long, 'bin/program', 'empty', 'roles/a.sh', 'roles/b.yml', 'z.txt']);
});

test('a path that no archive of this kind can name is refused', () => {
  for (const path of ['x'.repeat(101), `${'d'.repeat(200)}/e`, `a/${'x'.repeat(101)}`]) {
    throws(() => tarOf([{ path, content: '', mode: 0o644 }]), /is too long for an archive$/);
  }
});
