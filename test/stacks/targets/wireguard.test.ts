// Does a rack with a private network of its own speak there alone, and is it entered where its hosts are?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDoors } from '../../../stacks/formats/nftables.ts';
import { parseUnit } from '../../../stacks/formats/unit-lines.ts';
import { rackSecretFiles, render, targets } from '../../../stacks/index.ts';
import { clusterOf } from '../../support/specs.ts';

const spec = (more = 'network: wireguard') => `
name: home
workers: { worker: {} }
services: { ollama: {}, dask: { tls: true }, proxy: { public: true }, prometheus: {} }
rack:
  ${more}
  hosts:
    node1: { address: 192.0.2.1, runs: [orchestrator, proxy, prometheus, dask-scheduler] }
    node2: { address: 192.0.2.2, user: ops, sshPort: 2222, runs: [worker, ollama, dask-cpu] }
    node3: { address: 192.0.2.3, runs: [worker, dask-cpu] }
`;
const [node1, node2, node3] = ['10.90.71.17', '10.90.81.202', '10.90.78.55'];

const filesOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    render(clusterOf(text), [targets.ansible, targets.systemd]).files.map(({ path, text: file }) => [
      path.replace('build/rack/', ''),
      file,
    ]),
  );
const files = filesOf(spec());

const rulesOf = (of: ReadonlyMap<string, string>, host: string): readonly string[] =>
  (of.get(`${host}/nftables.conf`) ?? '')
    .split('\n')
    .filter((line) => line.endsWith('accept') && line.includes('dport {'))
    .map((line) => line.trim());

test('the addresses of the hosts themselves are for SSH, for what is encrypted, and for nothing else', () => {
  const allowed = /^(?:[^/]+\/nftables\.conf|host_vars\/.*)$/;
  for (const [path, text] of files) {
    if (!allowed.test(path)) assert.doesNotMatch(text, /192\.0\.2\./, path);
  }
  assert.match(files.get('host_vars/node2.yml') ?? '', /^ansible_host: "192\.0\.2\.2"\nansible_port: 2222$/m);
  for (const host of ['node1', 'node2', 'node3']) {
    const own = rulesOf(files, host).filter((rule) => rule.includes('192.0.2.'));
    assert.equal(own.length, 1);
    assert.match(own[0] ?? '', /^ip saddr \{ 192\.0\.2\.\d, 192\.0\.2\.\d \} udp dport \{ 51820 \} accept$/);
  }
});

test('what hosts ask each other comes in by the private network alone', () => {
  assert.deepEqual(rulesOf(files, 'node1'), [
    'tcp dport { 22 } accept',
    'ip saddr { 192.0.2.2, 192.0.2.3 } udp dport { 51820 } accept',
    `iifname "muster0" ip saddr { ${node2}, ${node3} } tcp dport { 1024-65535 } accept`,
    'iifname "muster0" ip saddr { 10.90.0.0/16 } tcp dport { 8080 } accept',
    'tcp dport { 80, 443 } accept',
  ]);
});

test('from behind a router comes who knows where from, and SSH is still the first door', () => {
  const hidden = filesOf(spec('network: { kind: wireguard, port: 4000 }').replace('2.3,', '2.3, endpoint: none,'));
  assert.deepEqual(rulesOf(hidden, 'node2').slice(0, 2), ['tcp dport { 2222 } accept', 'udp dport { 4000 } accept']);
  assert.equal(rulesOf(hidden, 'node3')[1], 'ip saddr { 192.0.2.1, 192.0.2.2 } udp dport { 4000 } accept');
});

test('services listen and ask in the private network, and their certificate is for it', () => {
  const textOf = (path: string): string => files.get(path) ?? '';
  assert.match(textOf('node1/units/muster-orchestrator.service'), new RegExp(`"MUSTER_LISTEN=${node1}:8080"`));
  const worker = textOf('node3/units/muster-worker.service');
  assert.match(worker, new RegExp(`"MUSTER_ORCHESTRATOR_URL=https://${node1}:8080"`));
  assert.match(worker, new RegExp(`^IPAddressAllow=localhost ${node1}$`, 'm'));
  const prometheus = textOf('node1/configs/prometheus/prometheus.yml');
  for (const target of [`${node1}:8080`, `${node2}:`, `${node3}:`]) assert.ok(prometheus.includes(target), target);
  assert.ok(textOf('node1/configs/proxy/nginx.conf').includes(`${node2}:11434`));
  const certificate = rackSecretFiles(clusterOf(spec())).find(({ path }) => path === 'orchestrator/tls');
  assert.ok(certificate?.kind === 'certificate' && certificate.names.includes(node1 ?? ''));
});

test('every service starts after the network, and with it', () => {
  const units = [...files].filter(([, text]) => /^Wants=network-online\.target/m.test(text));
  const services = units.filter(([path]) => !path.endsWith('muster-wireguard.service'));
  assert.ok(services.length >= 8);
  for (const [path, text] of services) {
    assert.match(text, /^Wants=.*\bmuster-wireguard\.service\b/m, path);
    assert.match(text, /^After=.*\bmuster-wireguard\.service\b/m, path);
  }
});

test('the unit has two forms, which differ in who does the work', () => {
  const linesOf = (folder: string) =>
    parseUnit(files.get(`node1/${folder}/muster-wireguard.service`) ?? '').map(({ key, value }) => `${key}=${value}`);
  const [kernel, program] = [linesOf('units'), linesOf('userspace')];
  const rest = `wg setconf muster0 %d/wireguard_node1 && ip address add ${node1}/16 dev muster0 && ip link set dev muster0 up`;
  assert.deepEqual(
    kernel.filter((line) => !program.includes(line)),
    [
      `ExecStart=/bin/sh -c "ip link add dev muster0 type wireguard && ${rest}"`,
      ...['Type=oneshot', 'RemainAfterExit=yes', 'Restart=on-failure'],
      'ExecStopPost=/bin/sh -c "ip link delete dev muster0"',
    ],
  );
  assert.deepEqual(
    program.filter((line) => !kernel.includes(line)),
    [
      `ExecStart=/bin/sh -c "wireguard-go muster0 && ${rest}"`,
      ...['Type=forking', 'Restart=always', 'RuntimeDirectory=wireguard', 'RuntimeDirectoryMode=0700'],
      ...['BindPaths=/run/wireguard:/var/run/wireguard', 'MemoryMax=512M'],
      ...['DeviceAllow=/dev/net/tun rw', 'BindPaths=/dev/net/tun'],
    ],
  );
  for (const line of ['CapabilityBoundingSet=CAP_NET_ADMIN', 'DynamicUser=yes', 'PrivateDevices=yes'])
    assert.ok(kernel.includes(line) && program.includes(line), line);
});

test('a further host leaves the units of those that are there alone', () => {
  const more = filesOf(spec().replace('    node1:', '    a: { address: 192.0.2.9, runs: [worker] }\n    node1:'));
  for (const [path, text] of files) {
    if (path.includes('/units/muster-w')) assert.equal(more.get(path), text, path);
  }
});

test('no name of a device becomes a rule', () => {
  const ssh = { protocol: 'tcp', ports: [{ first: 22, last: 22 }], from: null } as const;
  for (const on of ['a"; accept', 'a b', '', 'abcdefghijklmnop'])
    assert.throws(() => formatDoors(ssh, [{ ...ssh, on }], ''), /is no device/);
});

test('without a network nothing of it is there', () => {
  const plain = filesOf(spec('').replace(/^ {2}\n/m, ''));
  for (const [path, text] of plain) {
    if (path !== 'inventory.yml') assert.doesNotMatch(`${path}\n${text}`, /muster0|wireguard/, path);
  }
});
