// Do hosts of a rack get the same Dask and Open WebUI as containers, each file of them by its checksum?
import { deepStrictEqual, match, ok } from 'node:assert';
import { test } from 'node:test';
import { daskDefaults, openWebuiDefaults } from '../../stacks/spec/defaults-services.ts';
import { textOf } from '../support/sources.ts';

/** By name the version that a list demands. */
function versions(file: string): ReadonlyMap<string, string> {
  const found = textOf(file).matchAll(/^([a-z0-9._-]+)==([^\s;]+)/gim);
  return new Map([...found].map(([, name, version]) => [String(name), String(version)]));
}

const listOf = (role: string): string => `ansible/roles/${role}/files/requirements.txt`;
const tagOf = (image: string): string => image.slice(image.lastIndexOf(':') + 1).replace(/^v/, '');

for (const role of ['dask', 'open_webui']) {
  test(`every package of ${role} has an exact version and a checksum`, () => {
    const lines = textOf(listOf(role)).replaceAll('\\\n', ' ').split('\n');
    const packages = lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
    ok(packages.length > 20);
    for (const line of packages) match(line, /^[a-z0-9._-]+==\S+ .*--hash=sha256:[0-9a-f]{64}/i);
  });
}

test('the versions are those of the images', () => {
  const found = {
    dask: versions(listOf('dask')).get('dask'),
    openWebui: versions(listOf('open_webui')).get('open-webui'),
  };
  deepStrictEqual(found, { dask: tagOf(daskDefaults.image), openWebui: tagOf(openWebuiDefaults.image) });
});

test('the lab runs the versions of Dask that hosts get', () => {
  deepStrictEqual(versions('test/lab/python/dask.txt'), versions(listOf('dask')));
});
