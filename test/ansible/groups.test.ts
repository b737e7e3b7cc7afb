// Does a unit for GPUs start on a host that lacks the groups of cards? Asked of the module's own function.
import { deepStrictEqual } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../support/sources.ts';

const script =
  'import json,sys; from muster_groups import *; print(json.dumps(with_groups_here(*json.load(sys.stdin))))';

function unitOn(groups: readonly string[], line: string): string {
  const env = { ...process.env, PYTHONPATH: join(root, 'ansible/module_utils'), PYTHONDONTWRITEBYTECODE: '1' };
  const input = JSON.stringify([`[Service]\n${line}\nUser=a\n`, groups]);
  return JSON.parse(execFileSync('python3', ['-c', script], { env, input, encoding: 'utf8' }));
}

test('groups that a host lacks are left out of a unit, the one of jobs stays', () => {
  const line = 'SupplementaryGroups=muster-jobs render video';
  deepStrictEqual(
    [
      unitOn(['render', 'video'], line),
      unitOn(['video'], line),
      unitOn([], line),
      unitOn([], 'SupplementaryGroups=render'),
    ],
    [
      `[Service]\n${line}\nUser=a\n`,
      '[Service]\nSupplementaryGroups=muster-jobs video\nUser=a\n',
      '[Service]\nSupplementaryGroups=muster-jobs\nUser=a\n',
      '[Service]\nUser=a\n',
    ],
  );
});
