// Is every service of a Compose file hardened without being asked? One assertion per rule, over every example.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../../../stacks/catalog/types.ts';
import { services } from '../../../stacks/index.ts';
import { type ComposeFile, type ComposeService, composeText, parseCompose } from '../../support/compose-file.ts';
import { clusterOf, specs } from '../../support/specs.ts';

type Health = {
  readonly test: readonly string[];
  readonly interval: string;
  readonly timeout: string;
  readonly start_period?: string;
};
type Mount = { readonly type: string; readonly source: unknown; readonly read_only?: boolean };
type Rule = (written: ComposeService, meant: Service, file: ComposeFile) => void;

const seconds = (text: string): number => Number(/^(\d+)s$/.exec(text)?.[1]);
const user = '${' + 'MUSTER_UID:-10001}';

const rules: Readonly<Record<string, Rule>> = {
  'ALL3 CMP1 runs as a number that is not root': ({ user: written }) => assert.equal(written, `${user}:${user}`),
  'ALL3 CMP1 has a read-only root': ({ read_only }) => assert.equal(read_only, true),
  'CMP1 has sized folders in memory, without setuid files and devices': ({ tmpfs }) => {
    for (const entry of tmpfs as readonly string[])
      assert.match(entry, /^\/[a-z/]+:size=[1-9]\d*m,mode=1777,nosuid,nodev,(no)?exec$/);
  },
  'ALL3 CMP1 has no capabilities': ({ cap_drop, cap_add }) =>
    assert.deepEqual([cap_drop, cap_add], [['ALL'], undefined]),
  'ALL3 CMP1 gets no new privileges and keeps the default seccomp profile': ({ security_opt }) =>
    assert.deepEqual(security_opt, ['no-new-privileges:true']),
  'CMP2 has an init': ({ init }) => assert.equal(init, true),
  'CMP2 is restarted when it is a daemon': ({ restart }, { role }) =>
    assert.equal(restart, role === 'daemon' ? 'unless-stopped' : 'no'),
  'ALL6 CMP2 stops no earlier than its jobs may drain': ({ stop_grace_period, environment }) =>
    assert.ok(seconds(String(stop_grace_period)) >= Number(environment.MUSTER_DRAIN_SECONDS ?? 0) + 10),
  'ALL3 CMP3 has a quota of CPU that any host takes': ({ cpu_period, cpu_quota, cpus }, { limits }) =>
    assert.deepEqual([cpu_period, cpu_quota, cpus], [100_000, limits.cpus * 100_000, undefined]),
  'ALL3 CMP3 has a limit of memory': ({ mem_limit }, { limits }) => assert.equal(mem_limit, `${limits.memoryMiB}m`),
  'ALL3 CMP3 has a limit of processes': ({ pids_limit }, { limits }) => assert.equal(pids_limit, limits.processes),
  'CMP4 has a patient healthcheck in exec form when it is a daemon': ({ healthcheck }, { role }) => {
    if (role === 'one-shot') return assert.deepEqual(healthcheck, { disable: true });
    const { test: command, interval, timeout, start_period = '' } = healthcheck as Health;
    assert.equal(command[0], 'CMD');
    assert.ok(command.length > 1 && seconds(interval) >= 4 && seconds(timeout) >= 15 && seconds(start_period) > 0);
  },
  'CMP4 says for everything it needs what it waits for': ({ depends_on }) => {
    for (const { condition } of Object.values((depends_on ?? {}) as Record<string, { condition: string }>)) {
      assert.match(condition, /^service_(?:healthy|completed_successfully|started)$/);
    }
  },
  'ALL4 CMP5 publishes on loopback only, unless it is public': ({ ports }, { name, ports: meant }) => {
    const expected = meant.map(({ container, published, public: open }) => {
      if (name === 'orchestrator') return `127.0.0.1:\${MUSTER_PORT:-${published}}:${container}`;
      return `${open ? '0.0.0.0' : '127.0.0.1'}:${published}:${container}`;
    });
    assert.deepEqual(ports ?? [], expected);
    if (name !== 'proxy') assert.ok(meant.every((port) => !port.public));
  },
  'CMP5 shares nothing with the host': (written) => {
    for (const key of [
      'privileged',
      'pid',
      'ipc',
      'uts',
      'userns_mode',
      'devices',
      'volumes_from',
      'cgroup_parent',
      'gpus',
    ])
      assert.equal(written[key], undefined, key);
    assert.notEqual(written.network_mode, 'host');
  },
  'ALL2 CMP6 SEC2 gets secrets as files that only the one-shot may write': ({ volumes, environment }, meant) => {
    const binds = ((volumes ?? []) as readonly Mount[]).filter(({ type }) => type === 'bind');
    const expected = [
      ...meant.secrets.map(() => meant.role === 'daemon'),
      ...meant.configs.map(() => true),
      ...meant.folders.map(({ writable }) => !writable),
    ];
    assert.deepEqual(
      binds.map(({ read_only }) => read_only),
      expected,
    );
    const paths = /_FILE$|^MUSTER_SECRETS$|^MUSTER_SECRET_FILES$/;
    const names = Object.keys(environment).filter((name) => !paths.test(name));
    for (const name of names) assert.doesNotMatch(name, /TOKEN$|SECRET|PASSWORD|(?:^|_)KEYS?$/);
  },
  'ALL7 does not see the Docker socket': (written) =>
    assert.doesNotMatch(JSON.stringify(written), /docker\.sock|"docker"/),
  'ALL3 CMP7 keeps bounded logs': ({ logging }) =>
    assert.deepEqual(logging, { driver: 'local', options: { 'max-size': '10m', 'max-file': '3' } }),
  'CMP8 joins only networks of its own, or none': ({ networks, network_mode }, meant, file) => {
    const joined = Array.isArray(networks) ? networks : networks && Object.keys(networks);
    const expected = meant.networks.length > 0 ? [meant.networks, undefined] : [undefined, 'none'];
    assert.deepEqual([joined, network_mode], expected);
    assert.deepEqual(file.networks, { back: { internal: true }, egress: {}, front: {} });
  },
  'CMP9 L35 sets no ulimits, which fail in nested machines': ({ ulimits }) => assert.equal(ulimits, undefined),
  'CMP10 L34 may be scaled: no container name, no port of its own': ({ container_name, ports }, { scalable }) => {
    assert.equal(container_name, undefined);
    if (scalable) assert.equal(ports, undefined);
  },
  'ALL5 has an image with an exact tag; ours is never pulled': ({ image, pull_policy }, meant) => {
    assert.match(image, /:[\w.-]*\d[\w.-]*$|@sha256:[0-9a-f]{64}$/);
    if (meant.image.build !== null) assert.match(image, /^muster-[a-z0-9-]+:\d+\.\d+\.\d+$/);
    assert.equal(pull_policy, meant.image.build === null ? 'missing' : 'never');
  },
};

for (const [specName, text] of specs) {
  const cluster = clusterOf(text);
  const printed = composeText(cluster);
  const file = parseCompose(printed);
  for (const [rule, holds] of Object.entries(rules)) {
    test(`${specName}: each service ${rule}`, () => {
      for (const meant of services(cluster).filter(({ targets }) => targets.includes('compose'))) {
        const written = file.services[meant.name];
        assert.ok(written, meant.name);
        holds(written, meant, file);
      }
    });
  }

  test(`${specName}: ALL1 the header names version and hash, and nothing of the machine or the time`, () => {
    const [first = '', second = ''] = printed.split('\n');
    assert.equal(
      first,
      `# Generated by muster ${cluster.version} from cluster "${cluster.name}", sha256:${cluster.hash}.`,
    );
    assert.equal(second, '# Do not edit: change cluster.yaml, then run `muster render compose`.');
  });

  test(`${specName}: CMP1 the project has a name of its own`, () => assert.equal(file.name, cluster.name));

  test(`${specName}: CMP10 only three variables are interpolated, each with a plain default`, () => {
    const found = printed.replaceAll('$$', '').match(/\$\{?[^}"\s]*\}?/g) ?? [];
    const port = cluster.orchestrator.port;
    const allowed = [user, '${' + 'MUSTER_HOME:-../.muster}', `\${MUSTER_PORT:-${port}}`];
    assert.deepEqual(
      found.filter((variable) => !allowed.includes(variable)),
      [],
    );
  });
}
