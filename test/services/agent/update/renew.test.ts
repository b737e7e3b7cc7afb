// Does an agent become what was signed and nothing else, and is the one before back whatever goes wrong?
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readFailure } from '../../../../services/agent/update/note.ts';
import { type Renewal, renew } from '../../../../services/agent/update/renew.ts';
import type { SignedRelease } from '../../../../services/protocol/index.ts';
import { parseSigned } from '../../../../stacks/drivers/release.ts';
import { eventually } from '../../../support/clone.ts';
import { Home, idOf, platform, programText, signedFor, sumOf, wellProgram } from '../../../support/renewal.ts';

const before = wellProgram('1');
const after = wellProgram('2');

const renewal = (home: Home, release: SignedRelease, facts: Partial<Renewal> = {}): Renewal => ({
  ...{ home: home.folder, state: home.state, service: 'agent', before: idOf(before), platform, manager: 'none' },
  ...{ agentPid: 0, helper: 'own-1', wish: { ...release, deadlineSeconds: 5 } },
  ...facts,
});

/** Refused before anything was begun: the note says why, and nothing else is there. */
const refusedWith = async (home: Home, release: SignedRelease): Promise<string> => {
  strictEqual(await renew(renewal(home, release)), false);
  strictEqual(home.linked, home.programOf(before));
  deepStrictEqual(readdirSync(join(home.folder, 'releases')), [idOf(before)]);
  strictEqual(home.read('update-pending'), null);
  return readFailure(home.folder, 'agent')?.why ?? '';
};

/** Running under its loop, with its process. */
const running = async (t: TestContext): Promise<{ home: Home; pid: () => Promise<number> }> => {
  const home = new Home(t, before);
  home.keep(t);
  const pid = () =>
    eventually('the agent runs', async () => {
      const text = existsSync(join(home.state, 'pid')) ? readFileSync(join(home.state, 'pid'), 'utf8') : '';
      return text !== '' && existsSync(`/proc/${text}`) && Number(text);
    });
  await pid();
  return { home, pid };
};

test('a signed program that starts well takes the place of the one before, which stays at hand', async (t) => {
  const { home, pid } = await running(t);
  home.download(after);
  const release = signedFor(after);
  strictEqual(await renew(renewal(home, release, { agentPid: await pid() })), true, home.read('update-pending') ?? '');
  strictEqual(home.linked, home.programOf(after));
  deepStrictEqual(readdirSync(join(home.folder, 'releases')).sort(), [idOf(before), idOf(after)].sort());
  deepStrictEqual(parseSigned(home.read('RELEASE') ?? ''), release);
  deepStrictEqual([home.read('update-pending'), readFailure(home.folder, 'agent')], [null, null]);
});

test('one that is not well in time leaves a note, and the loop takes it back when its helper has gone', async (t) => {
  const { home, pid } = await running(t);
  const hangs = programText('2', 'exec sleep 1000');
  home.download(hangs);
  // A process of its own, as it is in life: the loop looks whether it is there.
  const work = join(import.meta.dirname, '../../../support/renew-once.ts');
  const wish = JSON.stringify(renewal(home, signedFor(hangs), { agentPid: await pid() }));
  const { status } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', work], { input: wish });
  strictEqual(status, 1);
  // The link comes first, then the note.
  const failure = await eventually('it is taken back', async () => readFailure(home.folder, 'agent'));
  strictEqual(home.linked, home.programOf(before));
  match(failure.why, /the new agent was not connected within 5 s/);
  await pid();
});

test('a tampered program is not taken, and leaves nothing', async (t) => {
  const home = new Home(t, before);
  const tampered = after.replace('echo 2', 'echo 3');
  home.download(tampered);
  const why = await refusedWith(home, signedFor(after));
  match(
    why,
    new RegExp(`^the program is not the one that was signed: .* got \\d+ bytes with SHA-256 ${sumOf(tampered)}$`),
  );
});

test('a truncated download, one that is too long, and one that is a link are not taken', async (t) => {
  const home = new Home(t, before);
  home.download(after.slice(0, -1));
  match(await refusedWith(home, signedFor(after)), /is not the one that was signed/);
  home.download(`${after}\n`);
  match(await refusedWith(home, signedFor(after)), /got more bytes$/);
  rmSync(join(home.state, 'update-program'));
  symlinkSync('/etc/passwd', join(home.state, 'update-program'));
  match(await refusedWith(home, signedFor(after)), /ELOOP/);
});

test('a program that does not even say its version is not taken', async (t) => {
  const home = new Home(t, before);
  const broken = '#!/bin/sh\nexit 1\n';
  home.download(broken);
  match(await refusedWith(home, signedFor(broken)), /Command failed/);
});

test('without the right signature nothing is looked at', async (t) => {
  const home = new Home(t, before);
  home.download(after);
  const { signature } = signedFor(before);
  match(await refusedWith(home, { ...signedFor(after), signature }), /not signed with the key/);
});

test('an older release is refused, the same one again is not', async (t) => {
  const { home, pid } = await running(t);
  home.download(after);
  strictEqual(await renew(renewal(home, signedFor(after), { agentPid: await pid() })), true);
  const older = signedFor(before, { number: 9 });
  home.download(before);
  strictEqual(await renew(renewal(home, older, { before: idOf(after) })), false);
  match(readFailure(home.folder, 'agent')?.why ?? '', /^the release 9 is older than 10, which was installed here$/);
  strictEqual(home.linked, home.programOf(after));
});

test('the way back leads to what is linked, whatever else lies there', async (t) => {
  const home = new Home(t, before);
  const other = programText('0', 'exit 0');
  home.put(other);
  home.download(after);
  strictEqual(await renew(renewal(home, signedFor(after), { before: idOf(other) })), false);
  match(readFailure(home.folder, 'agent')?.why ?? '', /^expected an agent that is linked/);
  strictEqual(home.linked, home.programOf(before));
});

test('a release for other machines is refused', async (t) => {
  const home = new Home(t, before);
  const programs = { 'linux-other': { sha256: sumOf(after), bytes: after.length } };
  match(await refusedWith(home, signedFor(after, { programs })), new RegExp(`no program for ${platform}`));
});

test('while another update is open none begins, and that one stays open', async (t) => {
  const home = new Home(t, before);
  home.download(after);
  writeFileSync(join(home.folder, 'update-pending'), 'helper another\n');
  strictEqual(await renew(renewal(home, signedFor(after))), false);
  strictEqual(readFailure(home.folder, 'agent')?.why, 'another update is under way here');
  deepStrictEqual([home.read('update-pending'), home.linked], ['helper another\n', home.programOf(before)]);
});

test('a power cut between the link and the restart brings the one before', async (t) => {
  const home = new Home(t, before);
  home.download(after);
  // Nobody restarts it, and whoever began is not told: as if the power went.
  const open = renew(renewal(home, signedFor(after), { agentPid: 2 ** 30 }));
  strictEqual(await open, false);
  strictEqual(home.linked, home.programOf(after));
  const note = home.read('update-pending') ?? '';
  const roll = (text: string) => {
    writeFileSync(join(home.folder, 'update-pending'), text);
    return spawnSync('/bin/sh', [join(home.folder, 'agent-rollback'), home.folder, 'start'], { encoding: 'utf8' });
  };
  // This process is still there, and of this boot: it may go on.
  strictEqual(roll(note).stdout, '');
  strictEqual(home.linked, home.programOf(after));
  match(roll(note.replace(/^boot .*$/m, 'boot another')).stdout, /is the agent again/);
  strictEqual(home.linked, home.programOf(before));
  ok(readFailure(home.folder, 'agent'));
});

test('a helper that ended takes back its own update alone', async (t) => {
  const home = new Home(t, before);
  home.download(after);
  strictEqual(await renew(renewal(home, signedFor(after), { agentPid: 2 ** 30 })), false);
  const ended = (helper: string) =>
    spawnSync('/bin/sh', [join(home.folder, 'agent-rollback'), home.folder, 'ended', helper]).status;
  strictEqual(ended('another'), 0);
  strictEqual(home.linked, home.programOf(after));
  strictEqual(ended('own-1'), 0);
  strictEqual(home.linked, home.programOf(before));
});
