// Is every unit hardened and brought back without being asked? One assertion per rule, over every example.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../../../stacks/catalog/types.ts';
import { onRack } from '../../../stacks/cluster/rack.ts';
import { broughtSecrets, type Cluster, rackSecretFiles, secretPaths, services } from '../../../stacks/index.ts';
import { manySpecs } from '../../support/many-specs.ts';
import { onHosts } from '../../support/rack-specs.ts';
import { clusterOf, specs } from '../../support/specs.ts';
import { configsOn, type UnitFile, unitsOf } from '../../support/unit-file.ts';

type Rule = (unit: UnitFile, meant: Service, cluster: Cluster) => void;

const seconds = (text: string | null): number => Number(/^(\d+)s$/.exec(text ?? '')?.[1]);
const isOurs = ({ image }: Service): boolean => image.build !== null;
const isAgent = ({ image }: Service): boolean => image.build?.daemon === 'agent';
const always = {
  DynamicUser: 'yes',
  NoNewPrivileges: 'yes',
  ProtectSystem: 'strict',
  ProtectHome: 'yes',
  PrivateTmp: 'yes',
  PrivateMounts: 'yes',
  DevicePolicy: 'closed',
  ProtectProc: 'invisible',
  ProtectClock: 'yes',
  ProtectControlGroups: 'yes',
  ProtectHostname: 'yes',
  ProtectKernelLogs: 'yes',
  ProtectKernelModules: 'yes',
  ProtectKernelTunables: 'yes',
  RestrictNamespaces: 'yes',
  RestrictRealtime: 'yes',
  RestrictSUIDSGID: 'yes',
  LockPersonality: 'yes',
  RemoveIPC: 'yes',
  KeyringMode: 'private',
  UMask: '0077',
  RestrictAddressFamilies: 'AF_INET AF_INET6 AF_UNIX',
  SystemCallArchitectures: 'native',
  SystemCallErrorNumber: 'EPERM',
  LimitCORE: '0',
} as const;

const rules: Readonly<Record<string, Rule>> = {
  'SYS1 may do nothing that its program does not need': ({ one }) => {
    for (const [key, value] of Object.entries(always)) assert.equal(one(key), value, key);
  },
  'SYS1 has no capability, but for ports below 1024': ({ one }, { ports }) => {
    const low = ports.some(({ published }) => published < 1024);
    const expected = low ? 'CAP_NET_BIND_SERVICE' : '';
    assert.deepEqual([one('CapabilityBoundingSet'), one('AmbientCapabilities')], [expected, expected]);
    assert.equal(one('PrivateUsers'), low ? 'no' : 'yes');
  },
  'SYS1 SYS3 sees no device, or those of cards alone': ({ all, one }, service) => {
    const cards = service.gpus.kind !== 'none';
    assert.equal(one('PrivateDevices'), cards ? 'no' : 'yes');
    const groups = [...(isAgent(service) ? ['muster-jobs'] : []), ...(cards ? ['render', 'video'] : [])];
    assert.equal(one('SupplementaryGroups') ?? '', groups.join(' '));
    for (const device of all('DeviceAllow')) assert.match(device, /^(?:char-(?:nvidia[a-z-]*|drm|kfd)|\/dev\/dxg) rw$/);
    assert.equal(all('DeviceAllow').length, cards ? 8 : 0);
    if (cards) assert.equal(one('ProcSubset'), 'all');
    assert.deepEqual(all('SystemCallFilter'), [
      '@system-service',
      cards ? '~@privileged @obsolete' : '~@privileged @resources @obsolete',
    ]);
  },
  'SYS2 may make code when it is Node or runs the code of users': ({ one }, service) => {
    const makes = isOurs(service) || ['dask', 'ollama', 'open-webui'].includes(service.program ?? '');
    assert.equal(one('MemoryDenyWriteExecute'), makes ? null : 'yes');
  },
  'SYS4 is started again, however often it fails': ({ one }) => {
    assert.deepEqual([one('Restart'), one('StartLimitIntervalSec')], ['always', '0']);
    assert.ok(seconds(one('RestartSec')) >= 1);
    assert.equal(one('RestartSteps'), null);
  },
  'SYS4 waits for the network, and is there after a restart of the machine': ({ one }, { name }, { rack }) => {
    assert.match(one('After') ?? '', /\bnetwork-online\.target\b/);
    const network = rack.network === null ? '' : ' muster-wireguard.service';
    const own = name === 'orchestrator' ? `${network} muster-orchestrator-tls.service` : network;
    for (const unit of own.split(' ')) assert.ok((one('After') ?? '').split(' ').includes(unit) || unit === '');
    assert.equal(one('Wants'), `network-online.target${own}`);
    assert.equal(one('WantedBy'), 'multi-user.target');
  },
  'SYS8 an agent can ask for units of its jobs before it starts': ({ one }, service) => {
    assert.equal(one('Requires'), isAgent(service) ? 'muster-job-units.socket' : null);
    const after = (one('After') ?? '').split(' ');
    assert.equal(after.includes('muster-job-units.socket'), isAgent(service));
    assert.equal(after.includes('nvidia-persistenced.service'), service.gpus.kind !== 'none');
  },
  'SYS4 stops no earlier than its jobs may drain, and leaves nothing behind': ({ one, text }, { graceSeconds }) => {
    const drain = Number(/MUSTER_DRAIN_SECONDS=(\d+)/.exec(text)?.[1] ?? 0);
    assert.equal(one('KillMode'), 'mixed');
    assert.ok(seconds(one('TimeoutStopSec')) > graceSeconds && seconds(one('TimeoutStopSec')) >= drain + 15);
  },
  'SYS4 has limits': ({ one }, { limits }) => {
    assert.deepEqual([one('MemoryMax'), one('TasksMax')], [`${limits.memoryMiB}M`, String(limits.processes)]);
    assert.equal(one('CPUQuota'), `${Math.round(limits.cpus * 100)}%`);
    assert.equal(one('LimitNOFILE'), '65536');
  },
  'SYS4 an agent outlives its jobs when memory ends': ({ one }, service) =>
    assert.deepEqual([one('OOMPolicy'), one('OOMScoreAdjust')], isAgent(service) ? ['continue', '-500'] : [null, null]),
  'SYS5 is no root, in no group of an engine, and its program runs without more rights': ({ all, one }) => {
    assert.match(one('User') ?? '', /^muster-[a-z0-9-]{1,24}$/);
    assert.deepEqual([one('Group'), all('ReadWritePaths')], [null, []]);
    assert.equal(all('ExecStart').length, 1);
    assert.match(one('ExecStart') ?? '', /^\/(?:bin\/sh \/etc\/muster\/configs\/|opt\/muster\/bin\/muster-)/);
    for (const key of ['ExecStartPre', 'ExecStartPost', 'ExecStop', 'PermissionsStartOnly'])
      assert.equal(one(key), null);
  },
  'SYS7 a daemon of ours says that it is well, an agent more often than a lease ends': ({ one }, service, cluster) => {
    const says = isOurs(service) && service.name !== 'certificates';
    assert.deepEqual([one('Type'), one('NotifyAccess')], says ? ['notify', 'all'] : ['exec', null]);
    if (!says) return assert.equal(one('WatchdogSec'), null);
    const { leaseTtlSeconds } = cluster.orchestrator;
    if (isAgent(service) && leaseTtlSeconds >= 15) assert.ok(seconds(one('WatchdogSec')) <= leaseTtlSeconds / 3);
  },
  'ANS6 speaks to nobody but those that it must, where that is known': ({ one }, service, cluster) => {
    const place = cluster.rack.hosts.find(({ runs }) => runs.includes('orchestrator'))?.address ?? '';
    const known = isAgent(service) || service.name === 'orchestrator';
    assert.equal(one('IPAddressDeny'), known ? 'any' : null);
    if (isAgent(service)) assert.equal(one('IPAddressAllow'), `localhost ${place}`);
    assert.equal(one('RootDirectory'), service.image.build?.daemon === 'orchestrator' ? '/opt/muster/root' : null);
  },
};

const clusters = [...specs, ...manySpecs].flatMap(([name, text], index): (readonly [string, Cluster])[] => [
  [name, clusterOf(text)],
  ...(index % 8 === 0 ? ([[`${name} on three hosts`, clusterOf(onHosts(text, 3))]] as const) : []),
]);
const every = clusters.map(([name, cluster]) => ({
  name,
  cluster,
  // Tests of their own: wireguard.test.ts, systemd-orchestrator.test.ts.
  units: unitsOf(cluster).filter(({ service }) => !['wireguard', 'backup', 'orchestrator-tls'].includes(service)),
  meant: services(onRack(cluster)),
}));

for (const [title, rule] of Object.entries(rules)) {
  test(title, () => {
    for (const { cluster, meant, name, units } of every) {
      for (const unit of units) {
        const service = meant.find((each) => each.name === unit.service) as Service;
        try {
          rule(unit, service, cluster);
        } catch (error) {
          throw new Error(`${name}: ${unit.host}, ${unit.service}: ${(error as Error).message}`, { cause: error });
        }
      }
    }
  });
}

test('each host has a unit for each service that it runs, and no other one', () => {
  for (const { cluster, name, units } of every) {
    for (const { name: host, runs } of cluster.rack.hosts) {
      const there = units.filter((unit) => unit.host === host).map(({ service }) => service);
      assert.deepEqual([...there].sort(), [...runs].sort(), `${name}: ${host}`);
      const users = units.filter((unit) => unit.host === host && unit.service !== 'certificates');
      assert.equal(new Set(users.map(({ one }) => one('User'))).size, users.length, `${name}: ${host}`);
    }
  }
});

test('SEC2 secrets are credentials alone: all that is named is loaded, and each is one that is made or brought', () => {
  for (const { cluster, name, units } of every) {
    const made = [...rackSecretFiles(cluster).flatMap(secretPaths), ...broughtSecrets(cluster).map(({ path }) => path)];
    const onHost = new Map(cluster.rack.hosts.map((host) => [host.name, configsOn(cluster, host.name)]));
    for (const { all, host, service, text } of units) {
      const configs = onHost.get(host) ?? new Map();
      const start = /^\/bin\/sh (\S+)$/.exec(all('ExecStart')[0] ?? '')?.[1];
      // Scripts name what else they read.
      const read = start === undefined ? '' : reachable(start, configs);
      const own = `/run/credentials/muster-${service}.service/`;
      const named = [
        ...text.matchAll(/%d\/([A-Za-z0-9_.-]+)/g),
        ...read.matchAll(new RegExp(`${own}([A-Za-z0-9_.-]+)`, 'g')),
      ];
      const loaded = all('LoadCredential').map((line) => line.split(':') as [string, string]);
      const ids = loaded.map(([id]) => id);
      for (const [, id = ''] of named) assert.ok(ids.includes(id), `${name}: ${service} names ${id}`);
      for (const [id, path] of loaded) {
        const relative = path.replace('/etc/muster/secrets/', '');
        assert.ok(made.includes(relative), `${name}: ${service} loads ${path}`);
        assert.equal(id, relative.replaceAll('/', '_'));
      }
      if (service !== 'orchestrator') assert.deepEqual(ids, [...new Set(named.map(([, id]) => id))].sort(), service);
      const foreign = [...read.matchAll(/\/run\/credentials\/(muster-[a-z0-9-]+\.service)\//g)].map(([, unit]) => unit);
      assert.deepEqual(
        [...new Set(foreign)],
        foreign.length > 0 ? [`muster-${service}.service`] : [],
        `${name}: ${service}`,
      );
      for (const id of all('SetCredential')) assert.match(id, /^alertmanager_(?:webhook-url|smtp-password):\\n$/);
    }
  }
});

/** The file, and every one that it names; all of them are there. */
function reachable(start: string, configs: ReadonlyMap<string, string>): string {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    const text = configs.get(path);
    assert.notEqual(text, undefined, `${path} is missing`);
    seen.add(path);
    const named = text?.match(/\/etc\/muster\/configs\/[A-Za-z0-9_./-]+\.(?:sh|py|ya?ml|conf)\b/g) ?? [];
    for (const other of named) visit(other);
  };
  visit(start);
  return [...seen].map((path) => configs.get(path)).join('\n');
}
