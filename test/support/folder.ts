// Where may a test write? In a folder of its own that is gone when the test ends.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export function ownFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
