// Do a job's files come and go whole, and never leave its folder?
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { BadInput, writeInput } from '../../../services/agent/spool/input-file.ts';
import { findOutputs } from '../../../services/agent/spool/outputs.ts';
import { arena, eventually, startAgentProcess } from '../../support/agent-process.ts';

const digestOf = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

test('inputs are carried to the job and outputs back, whatever their names and sizes', {
  timeout: 30_000,
}, async (t) => {
  const { orchestrator, env } = await arena(t);
  const large = randomBytes(3_000_000);
  const inputs = [
    orchestrator.addInput(large, 'großes Blatt/ü b.bin'),
    orchestrator.addInput(Buffer.from('#!/bin/sh\necho ran\n'), 'run me.sh'),
  ];
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  const script =
    'mkdir -p "out/Ä"; cp "großes Blatt/ü b.bin" "out/Ä/kopie 1.bin"; "./run me.sh" >"out/run.txt"; : >out/empty';
  orchestrator.offer('j1', {
    command: ['sh', '-c', script],
    inputs,
    outputs: ['out/**/*.bin', 'out/run.txt', 'out/empty', 'none*'],
  });
  const report = await orchestrator.until(() => orchestrator.ended('j1'));
  assert.deepEqual(report.outputs, [
    { path: 'out/empty', digest: digestOf(''), size: 0 },
    { path: 'out/run.txt', digest: digestOf('ran\n'), size: 4 },
    { path: 'out/Ä/kopie 1.bin', digest: digestOf(large), size: large.length },
  ]);
  assert.equal(report.detail, 'output "none*" matched nothing');
  for (const { digest } of report.outputs)
    assert.equal(digestOf(orchestrator.artifacts.get(digest) ?? 'absent'), digest);
  // The folder goes when the report is acknowledged.
  await eventually(() => readdirSync(join(env.MUSTER_STATE ?? '', 'jobs')).length === 0);
});

test('an input with other bytes than promised ends the attempt before anything starts', {
  timeout: 20_000,
}, async (t) => {
  const { orchestrator, env, folder } = await arena(t);
  const input = orchestrator.addInput(Buffer.from('right'), 'in.txt');
  orchestrator.inputs.set(input.digest, Buffer.from('wrong'));
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['touch', join(folder, 'started')], inputs: [input] });
  const report = await orchestrator.until(() => orchestrator.ended('j1'));
  assert.equal(report.cause, 'cannot_start');
  assert.match(report.detail ?? '', /input "in.txt": expected 5 bytes with SHA-256/);
  assert.equal(existsSync(join(folder, 'started')), false);
});

test('an input cannot be placed outside the folder of the job', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-input-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const work = join(folder, 'work');
  mkdirSync(work);
  for (const path of ['../x', '/etc/x', 'a/../../x', '.', 'a\0b']) {
    const input = { path, digest: digestOf('x'), size: 1 };
    await assert.rejects(writeInput(work, input, Readable.from(['x'])), BadInput, JSON.stringify(path));
  }
  assert.deepEqual(readdirSync(folder), ['work']);
  await writeInput(work, { path: 'a/b', digest: digestOf('x'), size: 1 }, Readable.from([Buffer.from('x')]));
  assert.equal(readFileSync(join(work, 'a/b'), 'utf8'), 'x');
});

test('only files inside the folder are outputs; a link counts while it stays inside', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-output-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'secret'), 'secret');
  const work = join(folder, 'work');
  mkdirSync(join(work, 'sub'), { recursive: true });
  writeFileSync(join(work, 'sub/real [1].txt'), 'real');
  symlinkSync('sub/real [1].txt', join(work, 'inside'));
  symlinkSync('../secret', join(work, 'outside'));
  symlinkSync('..', join(work, 'up'));
  symlinkSync('nowhere', join(work, 'broken'));
  const { outputs, remarks } = await findOutputs(work, ['*', 'up/**', 'sub/real [1].txt', '../secret']);
  assert.deepEqual(
    outputs.map(({ path }) => path),
    ['inside', 'sub/real [1].txt'],
  );
  assert.deepEqual(remarks, [
    'output "up/**" matched nothing',
    'output "../secret" matched nothing',
    'left out "broken": it cannot be read',
    'left out "outside": it is a link out of the job’s folder',
    'left out "up": it is a link out of the job’s folder',
  ]);
  assert.deepEqual(
    (await findOutputs(work, ['sub'])).outputs.map(({ path }) => path),
    ['sub/real [1].txt'],
    'a folder means all in it',
  );
});

test('a state folder that somebody removed comes back with the next offer, and heartbeats go on', {
  timeout: 20_000,
}, async (t) => {
  const { orchestrator, env } = await arena(t);
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  rmSync(env.MUSTER_STATE ?? '', { recursive: true });
  const beats = orchestrator.of('heartbeat').length;
  await orchestrator.until(() => orchestrator.of('heartbeat').length > beats + 2);
  orchestrator.offer('j1', { command: ['true'] });
  await orchestrator.until(() => orchestrator.of('refuse').length > 0 || orchestrator.ended('j1'));
  assert.equal(orchestrator.ended('j1')?.cause, 'succeeded');
});
