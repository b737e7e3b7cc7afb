// Does a program run without its sections, and is anything else refused?
import { ok, strictEqual, throws } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withoutSections } from '../../../stacks/drivers/elf.ts';
import { ownFolder } from '../../support/folder.ts';

test('a program is smaller without its sections, and runs', (t) => {
  const whole = readFileSync('/bin/echo');
  const before = Buffer.from(whole);
  const less = withoutSections(whole);
  ok(whole.equals(before), 'the original changed');
  ok(less.length < whole.length);
  const path = join(ownFolder(t), 'echo');
  writeFileSync(path, less, { mode: 0o755 });
  strictEqual(execFileSync(path, ['hello'], { encoding: 'utf8' }), 'hello\n');
  ok(withoutSections(less).equals(less), 'there was more to leave out');
});

test('what is no program of 64 bits is refused', () => {
  const refused = /not a 64-bit little-endian ELF file/;
  throws(() => withoutSections(Buffer.from('#!/bin/sh\n')), refused);
  const other = readFileSync('/bin/echo');
  other[4] = 1;
  throws(() => withoutSections(other), refused);
});
