// Does the orchestrator of a rack take a new certificate as it runs, and come back from a backup? On a host with systemd.
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { JobView } from '../../services/protocol/index.ts';
import { eventually } from '../support/clone.ts';
import { freshHost, hostsDown, onHost, rebootHost, whyNoHosts } from '../support/hosts-lab.ts';
import { OrchestratorHost, printed } from '../support/orchestrator-host.ts';

const why = whyNoHosts();
const options = { ...(why !== null && { skip: why }), timeout: 120_000 };
const folder = mkdtempSync(join(tmpdir(), 'muster-kept-'));
const kept = new OrchestratorHost(folder);
const jobs = async () => (await kept.ask<{ jobs: readonly JobView[] }>('GET', '/api/v1/jobs')).jobs.map(({ id }) => id);
const answers = () => eventually('the orchestrator answers', () => jobs().catch(() => null));
const submit = async () => (await kept.ask<JobView>('POST', '/api/v1/jobs', { command: ['true'] })).id;
const inState = 'MUSTER_STATE=/var/lib/muster/orchestrator /opt/muster/bin/muster-orchestrator';

before(
  async () => {
    if (why !== null) return;
    freshHost('node1');
    await kept.install();
    await answers();
  },
  { timeout: 120_000 },
);
after(() => {
  if (why === null) hostsDown();
  rmSync(folder, { recursive: true });
});

test('a new certificate counts without a restart, and no request fails', options, async () => {
  const pid = () => printed('systemctl show --property=MainPID --value muster-orchestrator');
  const before = { pid: await pid(), serial: await kept.serial() };
  let over = false;
  let count = 0;
  const load = (async () => {
    for (; !over; count++) await jobs();
  })();
  await kept.renew();
  const serial = await eventually('the new certificate', async () => {
    const shown = await kept.serial();
    return shown !== before.serial && shown;
  });
  const enough = count + 10;
  await eventually('requests by the new one', async () => count >= enough);
  over = true;
  await load;
  notStrictEqual(serial, before.serial);
  strictEqual(await pid(), before.pid);
  const facts = await printed("stat -Lc '%a %U' /run/muster/tls /run/muster/tls/tls.key");
  deepStrictEqual(facts.split('\n'), ['700 muster-orchestrator', '600 muster-orchestrator']);
  const { stderr } = await onHost('node1', 'setpriv --reuid=65534 --clear-groups cat /run/muster/tls/tls.key');
  match(stderr, /Permission denied/);
});

test('the unit of the timer makes a backup, and a restore by root brings it back', options, async () => {
  const early = await submit();
  strictEqual(await printed('systemctl is-active muster-backup.timer'), 'active');
  await printed('systemctl start muster-backup.service');
  const late = await submit();
  const set = await printed('ls -d /var/lib/muster/backup/2*');
  strictEqual((await onHost('node1', `${inState} restore ${set} --replace`)).code, 6);
  await printed('systemctl stop muster-orchestrator');
  strictEqual((await onHost('node1', `${inState} restore ${set}`)).code, 7);
  await printed(`${inState} restore ${set} --replace && systemctl start muster-orchestrator`);
  deepStrictEqual(await answers(), [early]);
  notStrictEqual(early, late);
  for (let count = 0; count < 2; count++) await printed('systemctl start muster-backup.service');
  const sets = (await printed('ls -d /var/lib/muster/backup/2*')).split('\n');
  strictEqual(sets.length, 2);
  ok(!sets.includes(set));
});

test('after a restart of the host it is back, and has its certificate before it starts', options, async () => {
  const before = await jobs();
  rebootHost('node1');
  deepStrictEqual(await answers(), before);
  // A start without it would have ended, and been tried again.
  strictEqual(await printed('systemctl show --property=NRestarts --value muster-orchestrator'), '0');
});
