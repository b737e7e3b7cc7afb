// Does one wait for the other, and is the lock of a dead process nobody's?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withLock } from '../../../stacks/drivers/lock.ts';
import { ownFolder } from '../../support/folder.ts';

test('two changes happen one after the other, and the second is told whom it waits for', async (t) => {
  const path = join(ownFolder(t), 'run', 'lock');
  const order: string[] = [];
  let leave = () => {};
  const first = withLock(
    path,
    () => {},
    () =>
      new Promise<void>((resolve) => {
        leave = resolve;
        order.push('first in');
      }),
  );
  const second = withLock(
    path,
    (pid) => {
      order.push(`waits for ${pid === process.pid ? 'us' : pid}`);
      leave();
    },
    async () => void order.push('second in'),
  );
  await Promise.all([first, second]);
  deepStrictEqual(order, ['first in', 'waits for us', 'second in']);
  strictEqual(existsSync(path), false);
});

test('a lock whose process is gone, or whose pid belongs to another one, does not count', async (t) => {
  const path = join(ownFolder(t), 'lock');
  for (const text of ['2147483646 1', `${process.pid} 1`, '']) {
    writeFileSync(path, text);
    strictEqual(
      await withLock(
        path,
        () => {},
        async () => 'done',
      ),
      'done',
    );
  }
});
