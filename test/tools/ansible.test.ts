// Do Ansible's own tools find nothing in playbooks and inventory, and does every text reach it as it was written?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeFiles } from '../../stacks/drivers/files.ts';
import { formatYaml } from '../../stacks/formats/yaml.ts';
import { render, targets } from '../../stacks/index.ts';
import { ownFolder } from '../support/folder.ts';
import { judge, needs } from '../support/linted-files.ts';
import { root } from '../support/sources.ts';
import { clusterOf, specs } from '../support/specs.ts';

const limit = { timeout: 300_000 };

test('ansible-lint finds nothing, with its strictest profile', { ...needs('ansible-lint'), ...limit }, async () => {
  const args = ['--profile', 'production', '--strict', '--offline', '--nocolor', '-q', 'ansible'];
  const { code, said } = await judge('ansible-lint', args, root);
  strictEqual(code, 0, said);
});

test('yamllint finds nothing in the playbooks', needs('yamllint'), async () => {
  const rules =
    '{extends: default, rules: {line-length: {max: 140}, braces: {max-spaces-inside: 1}, document-start: {present: true}}}';
  const { code, said } = await judge('yamllint', ['--strict', '-d', rules, join(root, 'ansible')]);
  strictEqual(said, '');
  strictEqual(code, 0);
});

test('each example makes an inventory with which every playbook can be read', {
  ...needs('ansible-playbook'),
  ...limit,
}, async (context) => {
  const folder = ownFolder(context);
  for (const [name, text] of specs) {
    await writeFiles(join(folder, name), render(clusterOf(text), [targets.ansible, targets.systemd]).files);
    const inventory = join(folder, name, 'build/rack/inventory.yml');
    const listed = await judge('ansible-inventory', ['-i', inventory, '--list'], folder);
    strictEqual(listed.code, 0, listed.said);
    const { _meta } = JSON.parse(listed.said.slice(listed.said.indexOf('{'))) as { _meta: { hostvars: object } };
    deepStrictEqual(
      Object.keys(_meta.hostvars),
      clusterOf(text).rack.hosts.map((host) => host.name),
    );
  }
  for (const playbook of ['site', 'upgrade', 'uninstall']) {
    const inventory = join(folder, [...specs.keys()][0] as string, 'build/rack/inventory.yml');
    const { code, said } = await judge('ansible-playbook', [
      '-i',
      inventory,
      '--syntax-check',
      join(root, 'ansible', `${playbook}.yml`),
    ]);
    strictEqual(code, 0, said);
  }
});

/** What other readers take for something else than text. */
const hostile = [
  "{{ lookup('pipe', 'touch /tmp/pwned') }}",
  '{% for x in y %}',
  '{# comment',
  '!vault |',
  '*alias',
  '&anchor',
  '<<',
  'yes',
  'NO',
  '1:30',
  '0777',
  '1_000',
  '2026-11-22',
  '~',
  '',
  ' leading',
  '"quoted"',
  "it's",
  'a: b # c',
  '\u0085\u2028\u007f',
  '{{ 7 * 7 }}\n- new: task',
];

test('no text is a template, a type or a tag for Ansible', {
  ...needs('ansible-playbook'),
  ...limit,
}, async (context) => {
  const folder = ownFolder(context);
  await writeFiles(folder, [
    { path: 'inventory.yml', text: formatYaml({ all: { hosts: { node1: {} } } }, 'test'), mode: 0o644 },
    {
      path: 'host_vars/node1.yml',
      text: formatYaml(
        { ansible_connection: 'local', ansible_python_interpreter: '/usr/bin/python3', hostile },
        'test',
        'unsafe',
      ),
      mode: 0o644,
    },
  ]);
  const copy = { dest: join(folder, 'said.json'), content: '{{ hostile | to_json }}', mode: '0600' };
  const play = { hosts: 'all', gather_facts: false, tasks: [{ name: 'Say it', 'ansible.builtin.copy': copy }] };
  writeFileSync(join(folder, 'play.yml'), JSON.stringify([play]));
  const { code, said } = await judge('ansible-playbook', ['-i', 'inventory.yml', 'play.yml'], folder);
  strictEqual(code, 0, said);
  deepStrictEqual(JSON.parse(readFileSync(join(folder, 'said.json'), 'utf8')), hostile);
});
