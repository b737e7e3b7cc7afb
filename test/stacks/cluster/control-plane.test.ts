// What runs on the control plane of a cloud, under which names, and behind which doors?
import { deepStrictEqual, match, notStrictEqual, strictEqual, throws } from 'node:assert';
import { test } from 'node:test';
import { type Cluster, controlPlane, rackSecretFiles, render, targets } from '../../../stacks/index.ts';
import { clusterOf } from '../../support/specs.ts';

type Reach = Readonly<Record<string, unknown>>;

const cluster = (reach: Reach = {}, more: Reach = {}): Cluster =>
  clusterOf(
    JSON.stringify({
      name: 'sky',
      workers: { here: { cpus: 2 } },
      services: { proxy: { hosts: ['ai.example.org'], httpsPort: 8443 }, prometheus: {}, grafana: {} },
      pools: { rented: { provider: 'aws', region: 'eu-west-1', max: 2 } },
      clouds: { aws: { orchestrator: { by: 'control-plane', ...reach } } },
      ...more,
    }),
  );
const privateName = 'orchestrator.sky.muster.internal';

function rendered(control: Cluster, path: string): string {
  const { files, findings } = render(control, [targets.systemd, targets.ansible]);
  deepStrictEqual(
    findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  const file = files.find((each) => each.path === `build/rack/${path}`);
  if (file === undefined) throw new Error(`${path} is not among\n${files.map((each) => each.path).join('\n')}`);
  return file.text;
}

test('it is a rack of one machine that runs no worker, and knows the classes of all', () => {
  const control = controlPlane(cluster(), 'aws');
  deepStrictEqual(control.rack.hosts, [
    {
      ...{ name: 'localhost', address: '127.0.0.1', sshAddress: '127.0.0.1', endpoint: null, user: 'root' },
      ...{ sshPort: null, runs: ['orchestrator', 'prometheus', 'proxy'], engine: false, swarm: null },
    },
  ]);
  deepStrictEqual(
    control.workers.map(({ name, replicas }) => [name, replicas]),
    [
      ['here', 0],
      ['rented', 0],
    ],
  );
  strictEqual(control.stack.grafana, null);
});

test('its proxy has the usual ports, and answers to whoever calls', () => {
  const proxy = ({ stack }: Cluster) => stack.proxy;
  const { hosts, httpPort, httpsPort, tls, ...rest } = { ...proxy(controlPlane(cluster(), 'aws')) };
  deepStrictEqual(
    [hosts, httpPort, httpsPort, tls, rest.public],
    [[privateName, 'localhost', 'ai.example.org'], 80, 443, { kind: 'local' }, true],
  );
  const certificate = 'arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f';
  const named = controlPlane(cluster({ certificate, url: 'https://muster.example.org' }), 'aws');
  deepStrictEqual(proxy(named)?.hosts, ['muster.example.org', privateName, 'localhost', 'ai.example.org']);
  const without = controlPlane(cluster({}, { services: {} }), 'aws');
  deepStrictEqual(proxy(without)?.hosts, [privateName, 'localhost', 'sky.localhost']);
});

test('machines that are invited are told where machines of the cloud call', () => {
  const unit = rendered(controlPlane(cluster(), 'aws'), 'localhost/units/muster-orchestrator.service');
  match(unit, new RegExp(`^Environment="MUSTER_PUBLIC_URL=https://${privateName}/muster"$`, 'm'));
  match(unit, /^Environment="MUSTER_LISTEN=127\.0\.0\.1:8080"$/m);
  match(unit, /^LoadCredential=classes_rented_token:/m);
});

test('from outside only the proxy is reached, not even SSH', () => {
  const doors = rendered(controlPlane(cluster(), 'aws'), 'localhost/nftables.conf');
  deepStrictEqual(doors.match(/.*\bdport\b.*accept/g), [
    '    udp sport 67 udp dport 68 accept',
    '    ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept',
    '    tcp dport { 80, 443 } accept',
  ]);
  match(rendered(controlPlane(cluster(), 'aws'), 'host_vars/localhost.yml'), /^ansible_connection: "?local"?$/m);
});

test('its certificates are for its names', () => {
  const files = rackSecretFiles(controlPlane(cluster(), 'aws'));
  const names = files.flatMap((file) => (file.kind === 'certificate' ? [[file.path, ...file.names]] : []));
  deepStrictEqual(names, [
    ['proxy/tls', privateName, 'localhost', 'ai.example.org'],
    ['orchestrator/tls', 'localhost', '127.0.0.1'],
  ]);
});

test('what other machines are changes nothing about it; what it is does', () => {
  const control = (more: Reach) => {
    const { hash, ...decided } = controlPlane(cluster({}, more), 'aws');
    return { hash, files: render({ ...decided, hash }, [targets.systemd, targets.ansible]).files };
  };
  const before = control({});
  deepStrictEqual(control({ workers: { here: { cpus: 4 } } }), before);
  notStrictEqual(control({ orchestrator: { memory: '2GiB' } }).hash, before.hash);
});

test('a cloud without one is a mistake of the caller', () => {
  throws(() => controlPlane(cluster(), 'gcp'), /^Error: sky has no control plane in gcp$/);
  const elsewhere = cluster({ by: 'public', url: 'https://muster.example.org' });
  throws(() => controlPlane(elsewhere, 'aws'), /^Error: sky has no control plane in aws$/);
});
