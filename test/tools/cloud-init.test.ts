// What do cloud-init and shellcheck say of the user data of many specs? Nothing; and what must not be in it is noticed.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { cloudInitFiles, cloudInitSpecs } from '../support/cloud-fakes-specs.ts';
import { strangersIn, writtenFiles } from '../support/cloud-fakes-written.ts';
import { judge, judgeEach, needs } from '../support/linted-files.ts';
import { specs } from '../support/specs.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-user-data-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const files = [...specs, ...cloudInitSpecs].flatMap(([name, text]) =>
  cloudInitFiles(text).map((file) => ({ ...file, place: join(folder, name, file.path) })),
);
for (const { place, text } of files) {
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
}
const ending = (end: string) => files.filter(({ path }) => path.endsWith(end));
const schema = (place: string) => judge('cloud-init', ['schema', '--config-file', place]);

test('cloud-init knows every key and value, and calls none of them deprecated', needs('cloud-init'), async (t) => {
  const verdicts = await judgeEach(ending('.yaml'), ({ place }) => schema(place));
  t.diagnostic(`${verdicts.size} files of ${cloudInitSpecs.size + specs.size} specs`);
  assert.ok(verdicts.size >= 16, `${verdicts.size}`);
  for (const [{ place }, verdict] of verdicts)
    assert.deepEqual(verdict, { code: 0, said: `Valid cloud-config: ${place}\n` });
});

test('our own list of keys knows them too', () => {
  for (const { place, text } of ending('.yaml')) assert.deepEqual(strangersIn(text), [], place);
});

test('a misspelt key, a mode without quotes and a deprecated key are seen', needs('cloud-init'), async () => {
  const [{ text } = { text: '' }] = ending('.yaml');
  const broken = async (wrong: string) => {
    assert.notEqual(wrong, text);
    const place = join(folder, 'broken.yaml');
    writeFileSync(place, wrong);
    return { ...(await schema(place)), strangers: strangersIn(wrong) };
  };
  const misspelt = await broken(text.replace('\nruncmd:', '\nruncmdd:'));
  assert.deepEqual(misspelt.strangers, ['runcmdd']);
  const bare = await broken(text.replace('"0644"', '0644'));
  assert.deepEqual([bare.code, bare.strangers], [1, ['write_files.0.permissions: 420']]);
  assert.match(bare.said, /write_files\.0\.permissions: 420 is not of type 'string'/);
  const old = await broken(`${text}apt_update: true\n`);
  assert.match(old.said, /[Dd]eprecat/);
});

test(
  'shellcheck has nothing to say about any script, nor about those that user data writes',
  needs('shellcheck'),
  async (t) => {
    // Each machine has its own settings, which the scripts read: they are looked at together, where they lie.
    const places = files.map(({ place, text }) => {
      const root = `${place}.root`;
      const written = [...writtenFiles(text)].map(([path, content]) => {
        const moved = join(root, path);
        mkdirSync(dirname(moved), { recursive: true });
        writeFileSync(moved, content.replace(/^\. \//gm, `. ${root}/`));
        return moved;
      });
      const scripts = written.filter((path) => path.includes('/usr/local/lib/muster/'));
      assert.equal(scripts.length, 3, place);
      return [...scripts, ...(place.endsWith('.sh') ? [place] : [])];
    });
    const verdicts = await judgeEach(places, (scripts) => judge('shellcheck', ['--shell=sh', '-x', ...scripts]));
    t.diagnostic(`${places.flat().length} scripts`);
    for (const verdict of verdicts.values()) assert.deepEqual(verdict, { code: 0, said: '' });
  },
);
