// Do real agents become another program while jobs run, and is the one before back when the new one is bad?
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { eventually } from '../support/clone.ts';
import { freshHost, type Host, hostsDown, killHost, onHost, startHost, whyNoHosts } from '../support/hosts-lab.ts';
import { Updating } from '../support/updating.ts';

const why = whyNoHosts();
const hosts: readonly Host[] = ['node1', 'node2'];

before(async () => {
  if (why !== null) return;
  freshHost(...hosts);
  // Of the users of the second one, one has a manager of its own, the other has none.
  const users = 'for name in one two; do useradd --create-home --shell /bin/sh $name; done; loginctl enable-linger one';
  await onHost('node2', users);
});
after(() => {
  if (why === null) hostsDown();
});

test('agents are renewed', { ...(why !== null && { skip: why }), timeout: 600_000 }, async (t) => {
  const lab = await Updating.make(t);
  await lab.join('node1', 'root', null);
  await lab.join('node2', 'user', 'one');
  await lab.join('node2', 'loop', 'two');
  await lab.idle(3);
  const all = (program: string) => ({ loop: program, root: program, user: program });
  deepStrictEqual(await lab.programs(), all(`0.1.0 ${lab.release}`));
  const good = lab.newer('0.1.9');

  await t.test('under load, the canary first, with no job lost', async () => {
    let isOver = false;
    const update = lab.update(good.from, '60s', '--canary', 'root').finally(() => {
      isOver = true;
    });
    const ids: string[] = [];
    while (!isOver) {
      ids.push(await lab.submit('sh', '-c', 'sleep 1'));
      await setTimeout(500);
    }
    const { code, stderr, stdout } = await update;
    strictEqual(code, 0, stdout + stderr);
    t.diagnostic(stdout);
    match(stdout, /~ root +0\.1\.0 \(\w{12}\) → 0\.1\.9 \(\w{12}\), the canary/);
    match(stdout, /root +done.*(loop|user) +is back/s);
    deepStrictEqual(await lab.programs(), all(`0.1.9 ${good.release}`));
    const jobs = await eventually('all jobs end', async () => {
      const each = await Promise.all(ids.map((id) => lab.job(id)));
      return each.every(({ finishedAt }) => finishedAt !== null) && each;
    });
    // A job may be handed back and run elsewhere, where this machine is at its limits; none is lost, none breaks.
    const fine = ['succeeded', 'drained', 'refused', 'not_accepted'];
    const broken = jobs.filter(({ attempts }) => attempts.some(({ cause }) => !fine.includes(cause ?? '')));
    deepStrictEqual({ lost: jobs.filter(({ state }) => state !== 'succeeded'), broken }, { lost: [], broken: [] });
    const { stdout: link } = await onHost('node1', 'readlink /opt/muster/bin/muster-agent; ls /opt/muster/update-*');
    strictEqual(link, `/opt/muster/releases/${good.release}/muster-agent\n`);
  });

  for (const worker of ['root', 'user', 'loop'])
    await t.test(`one that crashes at its start is taken back, and nobody else gets it: ${worker}`, async () => {
      const { code, stdout } = await lab.update(lab.crashing().from, '8s', '--canary', worker);
      strictEqual(code, 1, stdout);
      match(stdout, new RegExp(`update to 9.0.0: halted, ${worker}: the new agent was not connected within 8 s`));
      await lab.idle(3);
      deepStrictEqual(await lab.programs(), all(`0.1.9 ${good.release}`));
    });

  await t.test('one that starts and never registers is taken back', async () => {
    const { code, stdout } = await lab.update(lab.neverRegistering().from, '8s', '--canary', 'root');
    strictEqual(code, 1, stdout);
    match(stdout, /halted, root: the new agent was not connected within 8 s/);
    await lab.idle(3);
    deepStrictEqual(await lab.programs(), all(`0.1.9 ${good.release}`));
  });

  await t.test('a host that loses its power in the middle starts with the one before', async () => {
    const newest = lab.newer('0.2.0');
    const update = lab.update(newest.from, '60s', '--canary', 'root');
    await eventually('the new one is linked', async () => {
      const { stdout } = await onHost('node1', 'ls /opt/muster/update-pending; readlink /opt/muster/bin/muster-agent');
      return stdout.includes('pending') && stdout.includes(newest.release);
    });
    killHost('node1');
    startHost('node1');
    const { code, stdout } = await update;
    strictEqual(code, 1, stdout);
    match(stdout, /halted, root: whoever renewed it was broken off, or the machine lost power/);
    await lab.idle(3);
    deepStrictEqual(await lab.programs(), all(`0.1.9 ${good.release}`));
  });

  await t.test('nothing of it stays behind', async () => {
    const { code, stderr, stdout } = await onHost('node1', 'sh /opt/muster/agent-install.sh --uninstall');
    deepStrictEqual([code, stderr], [0, ''], stdout);
    const { stdout: left } = await onHost(
      'node1',
      'ls -d /opt/muster /etc/muster /etc/systemd/system/muster-* /etc/systemd/system/*/muster-* 2>/dev/null',
    );
    strictEqual(left, '');
  });
});
