// Is every request refused that is not exactly one for the unit of a job?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseInstance } from '../../../../services/agent/job-units/peer.ts';
import { serviceIn } from '../../../../services/agent/job-units/place.ts';
import { parseEnd, parseRequest, type StartRequest } from '../../../../services/agent/job-units/request.ts';

const start: StartRequest = {
  ...({ op: 'start', attempt: 'a_B-1.12.3', memoryMiB: 64, cpus: 1.5, seconds: 60 } as const),
  devices: ['nvidia0', 'dri/renderD128'],
};
const parsed = (value: unknown) => parseRequest(typeof value === 'string' ? value : JSON.stringify(value));
const refusalOf = (value: unknown): string | null => {
  const answer = parsed(value);
  return 'refused' in answer ? answer.refused : null;
};

test('what an agent asks is taken as it is', () => {
  for (const request of [
    start,
    { ...start, memoryMiB: 0, cpus: 0, seconds: 0, devices: [] },
    { op: 'term', attempt: 'j.1.1' },
    { op: 'end', attempt: `${'j'.repeat(100)}.999999999999999.1` },
  ])
    assert.deepEqual(parsed(request), request);
});

const attempts = [
  ...['', '.', '..', 'j', 'j.1', 'j.1.1.1', '.j.1.1', '-j.1.1', 'j.1.1/', '/j.1.1', '../j.1.1', 'j/../k.1.1'],
  ...['j.1.1\n', '\nj.1.1', 'j.1.1 x', 'j.1.1;x', 'j$x.1.1', 'j%n.1.1', "j'.1.1", 'j@x.1.1', 'j\\x2d.1.1', 'ä.1.1'],
  ...['j.-1.1', 'j.1.1e3', 'j.1.1.service', `${'j'.repeat(101)}.1.1`, 'j.1234567890123456.1', 'j\0.1.1'],
  ...[null, 1, ['j.1.1'], { attempt: 'j.1.1' }],
];
const devices = [
  ...['nvidia', 'nvidiactl', 'nvidia-uvm', 'sda', '/dev/nvidia0', '../nvidia0', 'nvidia0/../sda', 'nvidia0 rwm'],
  ...['dri/card0', 'dri/renderD', 'dri/../mem', 'char-mem', 'nvidia0\n', 'nvidia00000', 'mem', '*', '', 0, null],
];

test('a hostile name, path or number is refused with what was expected', () => {
  for (const attempt of attempts)
    for (const request of [
      { ...start, attempt },
      { op: 'end', attempt },
      { op: 'term', attempt },
    ])
      assert.match(refusalOf(request) ?? '', /^attempt: expected the name of an attempt, got /, String(attempt));
  for (const device of devices)
    assert.match(
      refusalOf({ ...start, devices: ['nvidia1', device] }) ?? '',
      /^devices: expected device files of GPUs/,
    );
  for (const name of ['memoryMiB', 'cpus', 'seconds'])
    for (const number of [-1, -0.1, 1e9, '1', '1M', null, [1], undefined])
      assert.match(refusalOf({ ...start, [name]: number }) ?? '', new RegExp(`^${name}: expected a number from 0 to `));
  for (const name of ['memoryMiB', 'seconds'])
    assert.match(refusalOf({ ...start, [name]: 1.5 }) ?? '', /expected a number/);
  assert.match(refusalOf({ ...start, devices: 'nvidia0' }) ?? '', /^devices: expected a list of at most 64/);
  assert.match(refusalOf({ ...start, devices: Array(65).fill('nvidia0') }) ?? '', /^devices: expected a list/);
});

test('a word that the template does not know is refused, whatever it says', () => {
  for (const name of ['command', 'user', 'ExecStart', 'environment', 'service', '__proto__x'])
    assert.match(refusalOf({ ...start, [name]: 'x' }) ?? '', /^request: expected only op, attempt, memoryMiB/);
  assert.match(
    refusalOf({ op: 'end', attempt: 'j.1.1', memoryMiB: 1 }) ?? '',
    /^request: expected only op, attempt, got/,
  );
  for (const op of ['stop', 'constructor', '', null, 1])
    assert.match(refusalOf({ ...start, op }) ?? '', /^op: expected/);
  for (const text of ['', '{', 'null', '[]', '1', '"start"', '[{"op":"end"}]']) assert.ok(refusalOf(text), text);
});

test('no text at all breaks it', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      assert.ok('refused' in parseRequest(text));
    }),
  );
});

test('only the instance name of systemd tells who asks', () => {
  assert.deepEqual(parseInstance('12-4321-62586'), { pid: 4321, uid: 62586 });
  assert.deepEqual(parseInstance('0-17_4321-62586'), { pid: 4321, uid: 62586 });
  for (const strange of ['', '1-2', '1-unknown', '1-2-3-4', '1-2-3 ', 'x-2-3', '1--2-3', '1-2--3'])
    assert.equal(parseInstance(strange), null, strange);
});

test('the service is the outermost unit, and no job and no helper is one', () => {
  assert.equal(serviceIn('0::/system.slice/muster-worker-01.service\n'), 'worker-01');
  assert.equal(serviceIn('3:memory:/system.slice/muster-a.service/x\n0::/'), 'a');
  assert.equal(serviceIn('0::/system.slice/muster-a.service/muster-b.service'), 'a');
  for (const other of [
    '0::/muster.slice/muster-jobs.slice/muster-job-j1.1.1.service',
    '0::/system.slice/system-muster\\x2djob\\x2dunits.slice/muster-job-units@1-2-3.service',
    '0::/user.slice/x-muster-a.service',
    '0::/system.slice/muster-a.service.d',
    '0::/',
  ])
    assert.equal(serviceIn(other), null, other);
});

test('the end of a unit is read as it was written', () => {
  assert.deepEqual(parseEnd('oom-kill\nkilled\nKILL\n1\n'), {
    ...{ result: 'oom-kill', code: 'killed', status: 'KILL', outOfMemoryKills: 1 },
  });
  assert.deepEqual(parseEnd('resources\n\n\n0\n')?.code, null);
  for (const half of ['', 'success\nexited\n0\n', 'success\nexited\n0\nx\n']) assert.equal(parseEnd(half), null);
});
