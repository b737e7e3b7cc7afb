// Whose containers are they, when two clones have the same project name? And which services went?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { strangerOf } from '../../../stacks/cli/containers.ts';
import { startedServices, stoppedServices } from '../../../stacks/cli/up/changes.ts';
import { ownFolder } from '../../support/folder.ts';

test('containers of another clone that is there are not ours, those of one that is gone are', (t) => {
  const folder = ownFolder(t);
  for (const clone of ['one', 'two']) mkdirSync(join(folder, clone, 'compose'), { recursive: true });
  symlinkSync(join(folder, 'one'), join(folder, 'link'));
  const at = (clone: string) => [{ folder: join(folder, clone, 'compose') }];
  strictEqual(strangerOf(join(folder, 'one'), at('one')), null);
  strictEqual(strangerOf(join(folder, 'one'), at('link')), null);
  strictEqual(strangerOf(join(folder, 'one'), at('gone')), null);
  strictEqual(strangerOf(join(folder, 'one'), []), null);
  strictEqual(strangerOf(join(folder, 'one'), at('two')), join(folder, 'two', 'compose'));
});

test('what came and what went is told by service; a replica that went counts, a stopped one-shot does not', () => {
  const container = (id: string, service: string, running = true) => ({ id, service, running });
  const before = [container('1', 'a'), container('2', 'a'), container('3', 'b'), container('4', 'secrets', false)];
  const after = [container('1', 'a'), container('5', 'c')];
  deepStrictEqual(startedServices(before, after), ['c']);
  deepStrictEqual(stoppedServices(before, after), ['a', 'b']);
});
