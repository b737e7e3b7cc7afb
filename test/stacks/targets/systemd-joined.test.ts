// Is the unit of an agent that joined by its line that of a rack, but for what the two cannot share?
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseUnit } from '../../../stacks/formats/unit-lines.ts';
import { joinedUnit, render, targets } from '../../../stacks/index.ts';
import { temporaryFolder } from '../../services/orchestrator/support/orchestrator.ts';
import { judge, needs } from '../../support/linted-files.ts';
import { root } from '../../support/sources.ts';
import { clusterOf } from '../../support/specs.ts';

type Lines = ReadonlyMap<string, string>;

/** By key; what a key has several times stands together. */
const linesOf = (text: string): Lines => {
  const lines = new Map<string, string>();
  for (const { key, value } of parseUnit(text)) lines.set(key, lines.has(key) ? `${lines.get(key)}\n${value}` : value);
  return lines;
};

const ofRack = (gpus: string): Lines => {
  const cluster = clusterOf(`{ name: a, workers: { w: { gpus: ${gpus}, drainGrace: 30s } } }`);
  const unit = render(cluster, [targets.systemd]).files.find(({ path }) => path.endsWith('/muster-w.service'));
  return linesOf(unit?.text ?? '');
};

/** Keys whose values differ, or that one of them lacks. */
const unlike = (a: Lines, b: Lines): readonly string[] =>
  [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key)).sort();

/** What a spec says and a line cannot know; folders and secrets; and the root of its own in place of a list of addresses. */
const own = [
  ...['BindReadOnlyPaths', 'CPUQuota', 'Description', 'Environment', 'EnvironmentFile', 'IPAddressAllow'],
  ...['IPAddressDeny', 'LoadCredential', 'MemoryMax', 'MountAPIVFS', 'RestartPreventExitStatus', 'RootDirectory'],
  ...['StateDirectory', 'TasksMax', 'User'],
];

test('on a CPU', () => {
  assert.deepEqual(unlike(linesOf(joinedUnit('cpu')), ofRack('none')), [...own, 'MemoryDenyWriteExecute'].sort());
});

test('with GPUs, the same devices', () => {
  const joined = linesOf(joinedUnit('gpu'));
  assert.deepEqual(unlike(joined, ofRack('2')), own);
  assert.equal(joined.get('DeviceAllow')?.split('\n').length, 8);
});

test('the unit of a user starts, ends and comes back as that of the machine', () => {
  const user = linesOf(readFileSync(join(root, 'services/agent/install/muster-agent-user.service'), 'utf8'));
  const machine = linesOf(joinedUnit('cpu'));
  const lives = [
    ...[
      'Type',
      'NotifyAccess',
      'WatchdogSec',
      'Restart',
      'RestartSec',
      'RestartPreventExitStatus',
      'StartLimitIntervalSec',
    ],
    ...['TimeoutStartSec', 'TimeoutStopSec', 'KillMode', 'TasksMax', 'LimitNOFILE', 'LimitCORE', 'UMask'],
  ];
  for (const key of lives) assert.equal(user.get(key), machine.get(key), key);
  const home = (lines: Lines) => lines.get('ExecStopPost')?.replace('%h/.local/share/muster', '/opt/muster');
  assert.equal(home(user), home(machine));
});

test('no form is more exposed than its bar', needs('systemd-analyze'), async (t) => {
  const folder = temporaryFolder(t);
  for (const [form, bar] of [
    ['cpu', 12],
    ['gpu', 15],
  ] as const) {
    const unit = join(folder, `muster-agent-${form}.service`);
    writeFileSync(unit, joinedUnit(form));
    const { code, said } = await judge('systemd-analyze', ['security', '--offline=true', `--threshold=${bar}`, unit]);
    assert.equal(code, 0, said);
  }
});
