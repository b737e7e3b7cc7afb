// Is every service of a stack file hardened without being asked, and is nothing said that a swarm does not hear?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../../../stacks/catalog/types.ts';
import { type Cluster, services } from '../../../stacks/index.ts';
import { manySpecs } from '../../support/many-specs.ts';
import { clusterOf, specs } from '../../support/specs.ts';
import { parseStack, type StackFile, type StackService, stackText, unheard } from '../../support/stack-file.ts';

type Rule = (written: StackService, meant: Service, cluster: Cluster, file: StackFile) => void;

const seconds = (text: unknown): number => Number(/^(\d+)s$/.exec(String(text))?.[1]);
const isPinned = ({ deploy }: StackService): boolean =>
  (deploy.placement.constraints ?? []).some((each) => each.startsWith('node.labels.muster.volume.'));

const rules: Readonly<Record<string, Rule>> = {
  'ALL3 runs as a number that is not root, but for the one that reads the engine': ({ user }, { engineSocket }) =>
    assert.equal(user, engineSocket ? '0:0' : '10001:10001'),
  'SWM1 ALL3 has a read-only root, no capabilities and an init': ({ cap_drop, init, read_only }) =>
    assert.deepEqual({ cap_drop, init, read_only }, { cap_drop: ['ALL'], init: true, read_only: true }),
  'ALL5 has an image with an exact tag': ({ image }, { image: meant }, { swarm }) => {
    assert.doesNotMatch(image, /:latest$/);
    assert.equal(
      image,
      meant.build !== null && swarm.registry !== null ? `${swarm.registry}/${meant.reference}` : meant.reference,
    );
  },
  'ALL6 stops no earlier than its jobs may drain': ({ environment, stop_grace_period }, { graceSeconds }) => {
    assert.equal(seconds(stop_grace_period), graceSeconds);
    assert.ok(graceSeconds >= Number(environment?.MUSTER_DRAIN_SECONDS ?? 0) + 10);
  },
  'ALL7 does not see the engine’s socket, but for the one that lets reads through': ({ volumes }, { engineSocket }) => {
    const binds = (volumes ?? []).filter(({ type }) => type === 'bind').map(({ source }) => source);
    assert.deepEqual(binds, engineSocket ? ['/var/run/docker.sock'] : []);
  },
  'SWM2 ALL3 has limits of CPU, memory and processes, and reserves no more than these': ({ deploy }, { limits }) => {
    const { limits: written, reservations } = deploy.resources;
    assert.deepEqual(written, { cpus: String(limits.cpus), memory: `${limits.memoryMiB}M`, pids: limits.processes });
    assert.ok(
      Number(reservations.cpus) <= limits.cpus && Number.parseInt(String(reservations.memory), 10) <= limits.memoryMiB,
    );
  },
  'a worker reserves all that it offers to jobs': ({ deploy }, { scalable }) => {
    if (!scalable) return;
    const { limits, reservations } = deploy.resources;
    assert.deepEqual(reservations, { cpus: limits.cpus, memory: limits.memory });
  },
  'SWM3 ALL4 publishes a port only where the spec says public': ({ ports }, { ports: meant }, { swarm }) => {
    const mode = swarm.endpoint === 'vip' ? 'ingress' : 'host';
    const open = meant.filter((port) => port.public).map(({ published }) => [published, mode]);
    assert.deepEqual(
      (ports ?? []).map((port) => [port.published, port.mode]),
      open,
    );
  },
  'SWM4 reads secrets of an external version and configs of a content, by names that an engine takes': (
    { configs, secrets },
    _,
    { name },
    file,
  ) => {
    for (const { source } of secrets ?? []) {
      const { external, name: version = '' } = file.secrets?.[source] ?? {};
      assert.equal(external, true);
      const [, fallback = ''] = /^\$\{MUSTER_SECRET_[A-Z0-9_]+:-(.*)\}$/.exec(version) ?? [];
      assert.match(fallback, /^[a-z0-9][A-Za-z0-9._-]{0,61}_1$/);
      assert.ok(fallback.startsWith(name.slice(0, 40)), fallback);
    }
    for (const { source } of configs ?? []) {
      const version = file.configs?.[source]?.name ?? '';
      assert.match(version, /^[a-z0-9][A-Za-z0-9._-]{0,50}_[0-9a-f]{12}$/);
      assert.ok(version.startsWith(name.slice(0, 40)), version);
    }
  },
  'ALL2 gets each secret as a file that only its user reads': ({ secrets }) => {
    for (const { gid, mode, uid } of secrets ?? [])
      assert.deepEqual({ gid, mode, uid }, { gid: '10001', mode: 0o400, uid: '10001' });
    const targets = (secrets ?? []).map(({ target }) => target);
    assert.equal(new Set(targets).size, targets.length);
  },
  'SWM5 is updated one task at a time, and rolled back stop-first': ({ deploy }, { health }) => {
    const { failure_action, max_failure_ratio, monitor, parallelism } = deploy.update_config;
    assert.deepEqual(
      { failure_action, max_failure_ratio, parallelism },
      { failure_action: 'rollback', max_failure_ratio: 0, parallelism: 1 },
    );
    assert.ok(health !== null && seconds(monitor) >= health.startSeconds + health.intervalSeconds * health.retries);
    assert.deepEqual([deploy.rollback_config.order, deploy.rollback_config.failure_action], ['stop-first', 'pause']);
  },
  'SWM5 SWM10 starts first where nothing forbids it': (written, meant, { swarm }) => {
    const hostPort = swarm.endpoint === 'dnsrr' && written.ports !== undefined;
    const full = written.deploy.placement.max_replicas_per_node !== undefined || meant.scalable;
    const stops = meant.exclusive || isPinned(written) || hostPort || full;
    assert.equal(written.deploy.update_config.order, stops ? 'stop-first' : 'start-first');
  },
  'SWM6 has a healthcheck in exec form': ({ healthcheck }) => {
    const [form, program] = healthcheck.test as readonly string[];
    assert.deepEqual([form, program !== undefined], ['CMD', true]);
    assert.ok(seconds(healthcheck.interval) >= 4 && seconds(healthcheck.timeout) >= 15);
  },
  'SWM7 runs one task on a node where two would share GPUs': ({ deploy }, { gpus }) => {
    if (gpus.kind !== 'count') return;
    assert.equal(deploy.placement.max_replicas_per_node, 1);
    assert.ok(deploy.placement.constraints?.includes('node.labels.muster.gpu == true'));
  },
  'SWM9 keeps managers free of jobs unless told otherwise': ({ deploy }, { scalable }, { swarm }) =>
    assert.equal(
      deploy.placement.constraints?.includes('node.role == worker') ?? false,
      scalable && !swarm.workersOnManagers,
    ),
  'SWM10 runs where its volumes are, and one task of what is exclusive': (written, meant, { name }) => {
    const named = (written.volumes ?? []).filter(({ source, type }) => type === 'volume' && source !== undefined);
    const labels = named.map(({ source }) => `node.labels.muster.volume.${name}.${source} == true`);
    for (const label of labels) assert.ok(written.deploy.placement.constraints?.includes(label), label);
    if (meant.exclusive) assert.equal(written.deploy.replicas, 1);
  },
  'ALL3 CMP7 keeps bounded logs': ({ logging }) =>
    assert.deepEqual(logging, { driver: 'local', options: { 'max-size': '10m', 'max-file': '3' } }),
  'CMP8 joins only what it talks to; `front` is for published ports': ({ networks, ports }, { networks: meant }) => {
    const joined = Array.isArray(networks) ? networks : Object.keys(networks);
    assert.deepEqual(
      joined,
      meant.filter((each) => each !== 'front' || ports !== undefined),
    );
  },
  'has sized memory for what may not be executed': ({ volumes }, { scratch }) => {
    const sizes = (volumes ?? [])
      .filter(({ type }) => type === 'tmpfs')
      .map(({ target, tmpfs }) => [target, tmpfs?.size]);
    const meant = scratch.filter(({ executable }) => !executable);
    assert.deepEqual(
      sizes,
      meant.map(({ path, sizeMiB }) => [path, sizeMiB * 1024 * 1024]),
    );
  },
};

for (const [name, text] of [...specs, ...manySpecs]) {
  const cluster = clusterOf(text);
  const file = parseStack(stackText(cluster));
  const meant = services(cluster).filter(({ role, targets }) => role === 'daemon' && targets.includes('swarm'));

  test(`${name}: every service of the swarm is there and keeps every rule`, () => {
    assert.deepEqual(
      Object.keys(file.services),
      meant.map((service) => service.name),
    );
    for (const service of meant) {
      for (const [rule, holds] of Object.entries(rules)) {
        try {
          holds(file.services[service.name] as StackService, service, cluster, file);
        } catch (error) {
          throw new Error(`${service.name}: ${rule}: ${(error as Error).message}`, { cause: error });
        }
      }
    }
  });

  test(`${name}: SWM1 SWM2 SWM9 nothing stands in the file that is refused or ignored`, () => {
    assert.deepEqual(unheard(file), []);
    assert.equal(file.version, '3.9');
  });

  test(`${name}: SWM8 networks are overlays of its own, encrypted where the spec does not say otherwise`, () => {
    for (const [network, { attachable, driver, driver_opts, internal }] of Object.entries(file.networks)) {
      assert.deepEqual([driver, attachable], ['overlay', false]);
      assert.deepEqual(driver_opts, cluster.swarm.encrypted ? { encrypted: 'true' } : undefined);
      assert.equal(internal === true, network === 'back' || network === 'engine');
    }
  });

  test(`${name}: only the versions of secrets are interpolated, each with a default`, () => {
    const found =
      stackText(cluster)
        .replaceAll('$$', '')
        .match(/\$\{?[^}"\s]*\}?/g) ?? [];
    assert.deepEqual(
      found.filter((each) => !/^\$\{MUSTER_SECRET_[A-Z0-9_]+:-[A-Za-z0-9._-]+\}$/.test(each)),
      [],
    );
  });
}

test('the checker hears a word that does nothing', () => {
  const file = { version: '3.9', services: { a: { image: 'a:1', security_opt: [], deploy: { placement: { x: 1 } } } } };
  assert.deepEqual(unheard(file), ['services.*.security_opt', 'services.*.deploy.placement.x']);
});
