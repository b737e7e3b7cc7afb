// Is a state folder held by one agent at a time, and no other folder with it?
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { holdState } from '../../../services/agent/state-lock.ts';
import { ownFolder } from '../../support/folder.ts';

test('a folder that is held is refused, by any path', async (t) => {
  const state = ownFolder(t);
  await holdState(state);
  await assert.rejects(holdState(`${state}/.`), { message: `another agent is running on ${state}/.; stop it first` });
});

test('a folder made after a held one was removed is free, though file systems use numbers of inodes again', async (t) => {
  const folder = ownFolder(t);
  const [before, after] = [join(folder, 'before'), join(folder, 'after')];
  mkdirSync(before);
  await holdState(before);
  rmSync(before, { recursive: true });
  mkdirSync(after);
  await holdState(after);
});
