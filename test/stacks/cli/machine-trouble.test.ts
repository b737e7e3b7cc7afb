// Does an error of the machine read as one, and a bug as a bug?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { machineTrouble } from '../../../stacks/cli/machine-trouble.ts';
import { BundleError } from '../../../stacks/drivers/bundle.ts';

function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
}

test('a full disk is named with the file that was written, and ends with 3', () => {
  // The kernel's own full disk.
  const failure = machineTrouble(thrownBy(() => writeFileSync('/dev/full', 'x')));
  deepStrictEqual([failure?.exitCode, failure?.message], [3, 'the disk is full (write)']);
});

test('what this user may not do, and a disk that can only be read, have remedies', () => {
  const codes = {
    EACCES: 'this user may not do that',
    EROFS: 'the disk can only be read',
    EDQUOT: 'the quota of this user is used up',
  };
  for (const [code, sentence] of Object.entries(codes)) {
    const failure = machineTrouble(Object.assign(new Error(code), { code, syscall: 'open', path: '/x' }));
    deepStrictEqual([failure?.exitCode, failure?.message], [3, `${sentence} (open /x)`]);
    strictEqual(typeof failure?.remedy, 'string');
  }
});

test('a bundle that cannot be made names the line, a full disk under it the disk', () => {
  const broken = machineTrouble(new BundleError('services/agent/main.ts:3: Expected ";"'));
  deepStrictEqual(
    [broken?.exitCode, broken?.message],
    [1, 'the daemons cannot be bundled:\n  services/agent/main.ts:3: Expected ";"'],
  );
  const full = machineTrouble(new BundleError('undefined: write build/agent.cjs: no space left on device'));
  deepStrictEqual([full?.exitCode, full?.message.split('\n')[0]], [3, 'the disk is full:']);
});

test('a bug stays a bug', () => {
  for (const error of [
    new TypeError('x is not a function'),
    thrownBy(() => readFileSync('/nonexistent')),
    null,
    'text',
  ]) {
    strictEqual(machineTrouble(error), null);
  }
});
