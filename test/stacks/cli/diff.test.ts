// Does `muster diff` name what differs, and nothing when nothing does?
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { changedLines } from '../../../stacks/cli/diff/lines.ts';
import { run } from '../../../stacks/cli/index.ts';
import { ownFolder } from '../../support/folder.ts';

const lines = (before: string, after: string): readonly string[] =>
  changedLines(before.split(' ').join('\n'), after.split(' ').join('\n')).map(({ line, sign }) => `${sign}${line}`);

test('the fewest lines that went and came are told, in their order', () => {
  deepStrictEqual(lines('a b c', 'a b c'), []);
  deepStrictEqual(lines('a b c', 'a c'), ['-b']);
  deepStrictEqual(lines('a c', 'a b c'), ['+b']);
  deepStrictEqual(lines('a b c d e', 'a x c y e'), ['-b', '+x', '-d', '+y']);
  deepStrictEqual(lines('a b c', 'c a b'), ['+c', '-c']);
});

test('texts too long to compare line by line are told whole', () => {
  const long = (word: string) => Array.from({ length: 2100 }, (_, n) => `${word}${n}`).join(' ');
  strictEqual(lines(long('a'), long('b')).length, 4200);
});

test('files that are missing or stale are named with their lines; a fresh clone is as its spec says', async (t) => {
  const root = ownFolder(t);
  writeFileSync(join(root, 'cluster.yaml'), 'name: a\nworkers: {w: {}}\n');
  const muster = async (...argv: string[]) => {
    let said = '';
    const stream = new Writable({
      write(chunk, _encoding, done) {
        said += chunk;
        done();
      },
    });
    const env = { DOCKER_HOST: `unix://${root}/no-engine.sock` };
    return { code: await run(argv, { stdout: stream, stderr: stream, env, root, cwd: root }), said };
  };
  strictEqual((await muster('render')).code, 0);
  deepStrictEqual(await muster('diff'), { code: 0, said: 'muster: no file differs; nothing runs on Docker\n' });

  const file = join(root, 'compose/compose.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('init: true', 'init: false'));
  rmSync(join(root, '.env'));
  const { code, said } = await muster('diff');
  strictEqual(code, 1);
  match(
    said,
    /^missing {3}\.env\nstale {5}compose\/compose\.yaml {2}\+1 -1\n {2}- {5}init: false\n {2}\+ {5}init: true\n/,
  );
  match(said, /^next: {2}npx --no muster render$/m);
  const { files, same, services } = JSON.parse((await muster('diff', '--json')).said);
  deepStrictEqual(
    [same, services, files.map(({ path, state }: { path: string; state: string }) => [path, state])],
    [
      false,
      null,
      [
        ['.env', 'missing'],
        ['compose/compose.yaml', 'stale'],
      ],
    ],
  );
});
