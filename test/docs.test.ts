// Do the pages for people hold? Links, targets, verbs and packages that they name must exist.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { muster } from './support/cli.ts';

const root = join(import.meta.dirname, '..');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const guides = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);
const pages = ['README.md', 'CHANGELOG.md', ...guides];
const readme = textOf('README.md');

/** As the host of the pages makes them: lower case, punctuation gone, spaces as hyphens. */
function anchorsOf(page: string): readonly string[] {
  const titles = [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);
  return titles.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function brokenLinks(page: string): readonly string[] {
  const links = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    return !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
}

/** Words after `muster`, in code only: at the start of a line of a block, after `$ `, `npx --no` or a backtick. */
function verbsOf(page: string): readonly string[] {
  const calls = textOf(page).matchAll(/(?:^\$ |`|npx --no )muster ([a-z-]+)(?: ([a-z]+))?/gm);
  return [...calls].map(([, verb = '', below]) => {
    const isGroup = verb === 'jobs' || verb === 'workers';
    return isGroup && below ? `${verb} ${below}` : verb;
  });
}

for (const page of pages) {
  test(`every link of ${page} leads somewhere`, () => {
    assert.deepEqual(brokenLinks(page), []);
  });

  test(`every make target that ${page} names is there`, () => {
    const targets = new Set([...textOf('Makefile').matchAll(/^([a-z-]+):/gm)].map(([, name]) => name));
    const named = [...textOf(page).matchAll(/(?:^\$ |`|next: {2}|\d )make ([a-z][a-z-]*)/gm)].map(([, name]) => name);
    assert.deepEqual(
      named.filter((name) => !targets.has(name)),
      [],
    );
  });

  test(`every verb of muster that ${page} names is there`, async () => {
    const unknown: string[] = [];
    for (const verb of new Set(verbsOf(page))) {
      const { code } = await muster([...verb.split(' '), '--help'], root);
      if (code !== 0) unknown.push(verb);
    }
    assert.deepEqual(unknown, []);
  });

  test(`${page} has no placeholder left and no line of a machine that wrote it`, () => {
    assert.deepEqual(textOf(page).match(/@[A-Z_]{3,}@|\/work\/|\/tmp\/|mlab|lorem/g) ?? [], []);
  });
}

test('the README shows a picture', () => {
  const [, picture = ''] = /```mermaid\n(.*?)```/s.exec(readme) ?? [];
  assert.match(picture, /^flowchart /);
  const count = (pattern: RegExp) => [...picture.matchAll(pattern)].length;
  assert.equal(count(/^\s*subgraph /gm), count(/^\s*end$/gm));
});

test('every guide is found from the README', () => {
  assert.deepEqual(
    guides.filter((page) => !readme.includes(`(${page})`)),
    [],
  );
});

test('every package has its reason in the README, and no other has', () => {
  const { dependencies, devDependencies } = JSON.parse(textOf('package.json')) as Record<string, object>;
  const section = readme.slice(readme.indexOf('\n## Dependencies'));
  const rows = [...section.matchAll(/^\| (`[^|]+`) +\|/gm)].flatMap(([, cell = '']) => [
    ...cell.matchAll(/`([^`]+)`/g),
  ]);
  assert.deepEqual(
    rows.map(([, name]) => name).sort(),
    [...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {})].sort(),
  );
});
