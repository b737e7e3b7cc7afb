// Does the host of the orchestrator get what brings its certificate and copies its state, with its rights and no more?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cluster, render, targets } from '../../../stacks/index.ts';
import { manySpecs } from '../../support/many-specs.ts';
import { onHosts } from '../../support/rack-specs.ts';
import { clusterOf, specs } from '../../support/specs.ts';
import { unitsOf } from '../../support/unit-file.ts';

const clusters: readonly Cluster[] = [...specs, ...manySpecs]
  .filter((_, index) => index % 8 === 0)
  .flatMap(([, text]) => [clusterOf(text), clusterOf(onHosts(text, 3))]);
const filesOf = (cluster: Cluster): ReadonlyMap<string, string> =>
  new Map(render(cluster, [targets.systemd]).files.map(({ path, text }) => [path.replace('build/rack/', ''), text]));
const helpers = [
  'muster-backup.service',
  'muster-backup.timer',
  'muster-orchestrator-tls.path',
  'muster-orchestrator-tls.service',
];

test('they are on that host alone, and without backups there is no timer', () => {
  const seen = new Set<string>();
  for (const cluster of clusters) {
    const files = filesOf(cluster);
    for (const { name, runs } of cluster.rack.hosts) {
      const there = helpers.filter((file) => files.has(`${name}/units/${file}`));
      const isOff = cluster.orchestrator.backup === null;
      const expected = !runs.includes('orchestrator') ? [] : isOff ? helpers.slice(2) : helpers;
      assert.deepEqual(there, expected);
      seen.add(String(expected.length));
    }
  }
  assert.deepEqual([...seen].sort(), ['0', '2', '4']);
});

test('they are the user of the orchestrator, without a right or a network, and see no disk but its folders', () => {
  for (const cluster of clusters) {
    const units = unitsOf(cluster);
    const user = units.find(({ service }) => service === 'orchestrator')?.one('User');
    const found = units.filter(({ service }) => ['backup', 'orchestrator-tls'].includes(service));
    for (const { all, one, service } of found) {
      assert.equal(one('User'), user);
      assert.deepEqual(
        [one('Type'), one('CapabilityBoundingSet'), one('PrivateNetwork'), one('RootDirectory'), one('DynamicUser')],
        ['oneshot', '', 'yes', '/opt/muster/root', 'yes'],
      );
      const [folders, credentials] =
        service === 'backup' ? ['muster/backup muster/orchestrator', 0] : ['muster/orchestrator', 2];
      assert.deepEqual([one('StateDirectory'), all('LoadCredential').length], [folders, credentials]);
    }
  }
});

test('the calendar and the number of backups are those of the spec', () => {
  const said = (backup: unknown) => {
    const files = filesOf(clusterOf(JSON.stringify({ name: 'a', orchestrator: { backup } })));
    const line = (file: string, key: string) =>
      new RegExp(`^${key}=(.*)$`, 'm').exec(files.get(`localhost/units/${file}`) ?? '')?.[1];
    return [
      line('muster-backup.timer', 'OnCalendar'),
      line('muster-backup.service', 'ExecStart')?.split(' backup ')[1],
    ];
  };
  assert.deepEqual([undefined, true, {}, { at: 'Mon,Thu 03:30', keep: 2 }].map(said), [
    ...Array.from({ length: 3 }, () => ['daily', '--to /var/lib/muster/backup --keep 7']),
    ['Mon,Thu 03:30', '--to /var/lib/muster/backup --keep 2'],
  ]);
});
