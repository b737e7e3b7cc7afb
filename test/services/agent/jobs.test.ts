// Does a job run as it was offered, and does its end reach the orchestrator as it was?
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Offer } from '../../../services/protocol/index.ts';
import { arena, startAgentProcess } from '../../support/agent-process.ts';
import { fakeNvidia } from '../../support/machine.ts';

type Spec = Partial<Offer['spec']> & { command: string[] };
type Row = { job: string; spec: Spec; cause: string; exitCode: number | null; detail: RegExp | null };

const rows: Row[] = [
  { job: 'zero', spec: { command: ['true'] }, cause: 'succeeded', exitCode: 0, detail: null },
  { job: 'seven', spec: { command: ['sh', '-c', 'exit 7'] }, cause: 'exit', exitCode: 7, detail: null },
  {
    job: 'signal',
    spec: { command: ['sh', '-c', 'kill -USR1 $$'] },
    cause: 'exit',
    exitCode: 138,
    detail: /^killed by SIGUSR1$/,
  },
  {
    job: 'absent',
    spec: { command: ['no-such-program'] },
    cause: 'cannot_start',
    exitCode: null,
    detail: /"no-such-program": not found on PATH/,
  },
  {
    job: 'folder',
    spec: { command: ['./'] },
    cause: 'cannot_start',
    exitCode: null,
    detail: /no such file, or it is not executable/,
  },
  {
    job: 'slow',
    spec: { command: ['sleep', '60'], timeoutSeconds: 0.2 },
    cause: 'timeout',
    exitCode: null,
    detail: /^it ran longer than 0.2 s$/,
  },
  {
    job: 'no-shell',
    spec: { command: ['test', '$(id)', '=', '$(id)'] },
    cause: 'succeeded',
    exitCode: 0,
    detail: null,
  },
];

test('each way to end is reported with its cause and exit code', { timeout: 30_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  for (const { job, spec } of rows) orchestrator.offer(job, spec);
  for (const { job, cause, exitCode, detail } of rows) {
    const report = await orchestrator.until(() => orchestrator.ended(job));
    assert.deepEqual({ cause: report.cause, exitCode: report.exitCode }, { cause, exitCode }, job);
    if (detail === null) assert.equal(report.detail, null, job);
    else assert.match(report.detail ?? '', detail, job);
  }
});

test('output arrives in the order in which both streams wrote it, and /dev/stdout can be opened', {
  timeout: 20_000,
}, async (t) => {
  const { orchestrator, env } = await arena(t);
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['sh', '-c', 'echo one; echo two >&2; echo three >/dev/stdout; cat'] });
  await orchestrator.until(() => orchestrator.ended('j1'));
  assert.equal(orchestrator.logs.get('j1')?.toString(), 'one\ntwo\nthree\n');
});

test('a job sees its own environment and nothing of the agent', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  const path = fakeNvidia(t, "printf '%s\\n' '2, GPU-c, A, 1, 1, 1, 1, 1' '5, GPU-f, A, 1, 1, 1, 1, 1'");
  startAgentProcess(t, {
    ...env,
    PATH: path,
    CUDA_HOME: '/opt/cuda',
    HF_HOME: '/models',
    EDITOR: 'ed',
    SIMPLETUNER_WORKER_NAME: 'x',
    MUSTER_JOB_ENVIRONMENT: 'HF_HOME',
  });
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['env', '-0'], environment: { MINE: 'a b' } }, [2, 5]);
  await orchestrator.until(() => orchestrator.ended('j1'));
  const text = orchestrator.logs.get('j1')?.toString() ?? '';
  const place = `${env.MUSTER_STATE}/jobs/j1.${orchestrator.fence}`;
  const {
    PATH,
    PWD: _shellSetsIt,
    ...seen
  } = Object.fromEntries(
    text
      .split('\0')
      // What the real cards of this machine add, if it has any.
      .filter((line) => line !== '' && !/^(ROCR|HIP|ZE|ONEAPI)_/.test(line))
      .map((line) => line.split(/=(.*)/s)),
  );
  assert.equal(PATH, path);
  assert.deepEqual(seen, {
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    CUDA_HOME: '/opt/cuda',
    CUDA_VISIBLE_DEVICES: '2,5',
    HF_HOME: '/models',
    HOME: `${place}/job/work`,
    MINE: 'a b',
    MUSTER_ATTEMPT: `j1.${orchestrator.fence}`,
    MUSTER_JOB_ID: 'j1',
    MUSTER_PROGRESS_FILE: `${place}/job/progress.json`,
    MUSTER_WORKER: 'worker-01',
    NVIDIA_VISIBLE_DEVICES: '2,5',
    TMPDIR: `${place}/job/tmp`,
  });
});

test('progress travels with heartbeats and with the end', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env, folder } = await arena(t);
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  const go = join(folder, 'go');
  const script = `echo '{"step":1}' >"$MUSTER_PROGRESS_FILE"; until [ -e ${go} ]; do sleep 0.05; done; echo '{"step":2}' >"$MUSTER_PROGRESS_FILE"`;
  orchestrator.offer('j1', { command: ['sh', '-c', script] });
  await orchestrator.until(() => orchestrator.of('heartbeat').some(({ body }) => body.leases[0]?.progress?.step === 1));
  writeFileSync(go, '');
  const report = await orchestrator.until(() => orchestrator.ended('j1'));
  assert.deepEqual(report.progress, { step: 2 });
});
