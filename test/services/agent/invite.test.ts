// Does a machine with an invite become a worker once, whatever is lost on the way, and say it when it may not?
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { arena, eventually, startAgentProcess } from '../../support/agent-process.ts';

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** An arena whose door opens with an invite alone. */
const invited = async (t: TestContext) => {
  const { env, folder, orchestrator } = await arena(t);
  orchestrator.secrets.clear();
  orchestrator.invites.add('mi_good');
  const file = join(folder, 'invite');
  writeFileSync(file, 'mi_good\n', { mode: 0o600 });
  const { MUSTER_TOKEN_FILE: _, ...rest } = env;
  const kept = join(folder, 'state/joined');
  return { orchestrator, file, kept, folder, env: { ...rest, MUSTER_INVITE_FILE: file } };
};

test('an invite is exchanged once; the token of its own outlives restarts and the invite', {
  timeout: 20_000,
}, async (t) => {
  const { env, file, kept, orchestrator } = await invited(t);
  const first = startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('heartbeat').length > 0);
  const [own = ''] = readFileSync(kept, 'utf8').split('\n');
  assert.match(own, /^wt_[A-Za-z0-9_-]{43}$/);
  assert.equal(statSync(kept).mode & 0o777, 0o600);
  assert.deepEqual(
    orchestrator.of('join').map(({ body, token }) => [token, body]),
    [['mi_good', { tokenHash: hashOf(own) }]],
  );
  first.child.kill('SIGTERM');
  await first.exited;
  rmSync(file);
  const second = startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('register').length === 2);
  assert.deepEqual([orchestrator.of('join').length, orchestrator.of('register').at(-1)?.token], [1, own]);
  assert.equal(
    [...first.lines, ...second.lines].some((line) => /mi_|wt_/.test(line)),
    false,
  );
});

test('an agent that is killed before it reads the answer asks with the same token again', {
  timeout: 20_000,
}, async (t) => {
  const { env, kept, orchestrator } = await invited(t);
  orchestrator.reply = ({ route }) => (route === 'join' ? 'hang' : undefined);
  const first = startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('join').length === 1);
  first.child.kill('SIGKILL');
  await first.exited;
  orchestrator.reply = () => undefined;
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('register').length === 1);
  const [own = ''] = readFileSync(kept, 'utf8').split('\n');
  assert.deepEqual(
    orchestrator.of('join').map(({ body }) => body),
    [{ tokenHash: hashOf(own) }, { tokenHash: hashOf(own) }],
  );
});

test('an orchestrator that is not ready is waited for', { timeout: 20_000 }, async (t) => {
  const { env, orchestrator } = await invited(t);
  orchestrator.reply = ({ route }) =>
    route === 'join' && orchestrator.of('join').length < 2 ? { status: 503 } : undefined;
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('register').length === 1);
  assert.equal(orchestrator.of('join').length, 3);
});

for (const status of [401, 403, 410])
  test(`an invite that is refused with ${status} ends the agent with exit code 4 and one sentence`, {
    timeout: 20_000,
  }, async (t) => {
    const { env, orchestrator } = await invited(t);
    const error = { code: 'over', message: 'this invite is over' };
    orchestrator.reply = ({ route }) => (route === 'join' ? { status, json: { error } } : undefined);
    const agent = startAgentProcess(t, env);
    assert.equal(await agent.exited, 4);
    assert.deepEqual(
      agent.lines.filter((line) => line.startsWith('muster-agent:')),
      [
        `muster-agent: the invite does not open the door: the orchestrator at ${orchestrator.url} refuses it (${status}): this invite is over`,
      ],
    );
    assert.deepEqual([orchestrator.of('join').length, orchestrator.of('register').length], [1, 0]);
  });

test('a file without an invite in it, and none at all, end the agent before anything is sent', {
  timeout: 20_000,
}, async (t) => {
  const { env, file, kept, orchestrator } = await invited(t);
  const complaint = async () => {
    const agent = startAgentProcess(t, env);
    const code = await agent.exited;
    return [code, agent.lines.find((line) => line.startsWith('muster-agent:'))];
  };
  const start = 'muster-agent: the invite does not open the door: MUSTER_INVITE_FILE: expected';
  writeFileSync(file, 'class-secret\n');
  assert.deepEqual(await complaint(), [4, `${start} one line, an invite (mi_…), in ${file}, found another text`]);
  rmSync(file);
  assert.deepEqual(await complaint(), [4, `${start} an invite in ${file}, found no file`]);
  assert.deepEqual([existsSync(kept), orchestrator.calls], [false, []]);
});

test('a worker that was let in waits while its token and its invite are refused, and takes a new invite', {
  timeout: 30_000,
}, async (t) => {
  const { env, file, kept, orchestrator } = await invited(t);
  const agent = startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('heartbeat').length > 0);
  const [own] = readFileSync(kept, 'utf8').split('\n');
  orchestrator.joined.clear();
  orchestrator.invites.clear();
  orchestrator.cutStreams();
  await eventually(() => agent.lines.some((line) => line.includes('neither the token of this worker nor its invite')));
  writeFileSync(file, 'mi_new\n');
  orchestrator.invites.add('mi_new');
  const registered = orchestrator.of('register').length;
  await orchestrator.until(() => orchestrator.of('join').at(-1)?.token === 'mi_new');
  await orchestrator.until(() => orchestrator.of('register').length > registered + 1);
  assert.deepEqual([readFileSync(kept, 'utf8').split('\n')[0], agent.child.exitCode], [own, null]);
});

test('a token of another cluster is left alone: there the machine makes another one', {
  timeout: 20_000,
}, async (t) => {
  const { env, kept, orchestrator } = await invited(t);
  mkdirSync(join(kept, '..'), { recursive: true });
  writeFileSync(kept, 'wt_elsewhere\nhttps://other.example.org\njoined\n');
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('register').length === 1);
  assert.notEqual(orchestrator.of('join')[0]?.body.tokenHash, hashOf('wt_elsewhere'));
});
