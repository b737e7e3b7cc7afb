// Does the core carry the Python files of services/dask as they are?
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertGolden } from '../../support/golden.ts';

const written = (file: string): string =>
  readFileSync(join(import.meta.dirname, '../../../services/dask', file), 'utf8');

/** Neither file may hold a backtick or a dollar sign before a brace. */
function exported(name: string, file: string): string {
  const text = written(file);
  const raw = text.includes('\\') ? 'String.raw' : '';
  return `\n/** services/dask/${file} */\nexport const ${name} = ${raw}\`${text}\`;\n`;
}

test('stacks/configs/dask-python.ts holds the Python files of services/dask word for word', () => {
  const head = [
    '// What do the Python files of services/dask say? They are written there; the core, which reads no disk, carries this',
    '// copy to whoever renders. `make golden` makes it anew, and a test fails while it is stale.',
    '',
  ];
  const text =
    head.join('\n') + exported('preloadText', 'muster_preload.py') + exported('retireText', 'muster_retire.py');
  assertGolden('stacks/configs/dask-python.ts', text);
});
