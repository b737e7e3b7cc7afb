// Does Ansible get the hosts of the rack, their services and their doors, with every text of a person as text?
import { deepStrictEqual, match, ok, strictEqual, throws } from 'node:assert';
import { test } from 'node:test';
import { formatDoors } from '../../../stacks/formats/nftables.ts';
import { render, targets } from '../../../stacks/index.ts';
import { clusterOf } from '../../support/specs.ts';

const spec = `
name: home
workers: { worker: {} }
services: { ollama: {}, proxy: { hosts: [rack.internal], public: true } }
rack:
  hosts:
    node1: { address: 10.0.0.1, runs: [orchestrator, proxy] }
    node2: { address: 10.0.0.2, user: ops, sshPort: 2222, runs: [worker, ollama] }
`;
const files = new Map(render(clusterOf(spec), [targets.ansible]).files.map(({ path, text }) => [path, text]));
const textOf = (path: string): string => files.get(`build/rack/${path}`) ?? '';
const rulesOf = (host: string): readonly string[] =>
  textOf(`${host}/nftables.conf`)
    .split('\n')
    .filter((line) => line.endsWith('accept') && line.includes('dport {'))
    .map((line) => line.trim());

test('each host has its variables and its doors, beside one inventory', () => {
  deepStrictEqual(
    [...files.keys()],
    [
      'build/rack/host_vars/node1.yml',
      'build/rack/host_vars/node2.yml',
      'build/rack/inventory.yml',
      'build/rack/node1/nftables.conf',
      'build/rack/node2/nftables.conf',
    ],
  );
});

test('a host that is not entered as root becomes root, and its port of SSH is the one in the spec', () => {
  match(textOf('host_vars/node2.yml'), /^ansible_port: 2222$/m);
  match(textOf('host_vars/node2.yml'), /^ansible_user: "ops"$/m);
  ok(!textOf('host_vars/node2.yml').includes('ansible_become'));
  match(textOf('host_vars/node1.yml'), /^ansible_become: false$/m);
});

test('the first door is that of SSH; others open for those who ask, and a worker has none', () => {
  deepStrictEqual(rulesOf('node1'), [
    'tcp dport { 22 } accept',
    'ip saddr { 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16 } tcp dport { 8080 } accept',
    'tcp dport { 80, 443 } accept',
  ]);
  deepStrictEqual(rulesOf('node2'), ['tcp dport { 2222 } accept', 'ip saddr { 10.0.0.1 } tcp dport { 11434 } accept']);
});

test('hosts of a swarm open its doors to each other alone', () => {
  const swarm = `
name: home
workers: { worker: {} }
rack:
  hosts:
    node1: { address: 10.0.0.1, runs: [orchestrator], swarm: manager }
    node2: { address: 10.0.0.2, runs: [worker], swarm: worker }
    node3: { address: 10.0.0.3, runs: [worker], engine: docker }
`;
  const all = new Map(render(clusterOf(swarm), [targets.ansible]).files.map(({ path, text }) => [path, text]));
  const ofSwarm = (host: string) =>
    (all.get(`build/rack/${host}/nftables.conf`) ?? '')
      .split('\n')
      .filter((line) => /2377|4789|l4proto 50/.test(line) || /\{ 7946 \}/.test(line))
      .map((line) => line.trim());
  deepStrictEqual(
    [...['node1', 'node2', 'node3'].map(ofSwarm)],
    [
      [
        'ip saddr { 10.0.0.2 } tcp dport { 2377, 7946 } accept',
        'ip saddr { 10.0.0.2 } udp dport { 4789, 7946 } accept',
        'ip saddr { 10.0.0.2 } meta l4proto 50 accept',
      ],
      [
        'ip saddr { 10.0.0.1 } tcp dport { 7946 } accept',
        'ip saddr { 10.0.0.1 } udp dport { 4789, 7946 } accept',
        'ip saddr { 10.0.0.1 } meta l4proto 50 accept',
      ],
      [],
    ],
  );
  match(
    all.get('build/rack/host_vars/node2.yml') ?? '',
    /^muster_swarm:\n {2}role: "worker"\n {2}address: "10\.0\.0\.2"$/m,
  );
  match(
    all.get('build/rack/inventory.yml') ?? '',
    / muster_docker:\n +hosts:\n +node1: \{\}\n +node2: \{\}\n +node3: \{\}\n +muster_swarm_manager:\n +hosts:\n +node1: \{\}\n +muster_swarm_worker:\n +hosts:\n +node2: \{\}/,
  );
});

test('a change of the spec that is not about doors leaves their file alone', () => {
  const other = render(clusterOf(spec.replace('worker: {}', 'worker: { cpus: 2 }')), [targets.ansible]).files;
  const doors = (all: readonly { readonly path: string; readonly text: string }[]) =>
    all.filter(({ path }) => path.endsWith('nftables.conf')).map(({ text }) => text);
  strictEqual(doors(other).join(), [textOf('node1/nftables.conf'), textOf('node2/nftables.conf')].join());
});

test('who asks the orchestrator from a public address is a host of the rack', () => {
  const away = render(clusterOf(spec.replace('10.0.0.2', '203.0.113.7')), [targets.ansible, targets.systemd]).files;
  const text = (path: string) => away.find((file) => file.path === `build/rack/node1/${path}`)?.text ?? '';
  match(text('nftables.conf'), /192\.168\.0\.0\/16, 203\.0\.113\.7 \} tcp dport \{ 8080 \} accept$/m);
  match(text('units/muster-orchestrator.service'), /^IPAddressAllow=localhost 10\.0\.0\.0\/8 .* 203\.0\.113\.7$/m);
});

test('this machine alone needs no SSH', () => {
  const [vars] = render(clusterOf('name: a'), [targets.ansible]).files;
  strictEqual(vars?.path, 'build/rack/host_vars/localhost.yml');
  match(vars.text, /^ansible_connection: "local"$/m);
});

test('what is no address and no port does not reach a firewall', () => {
  const ssh = { protocol: 'tcp', ports: [{ first: 22, last: 22 }], from: null } as const;
  for (const from of ['10.0.0.1; }', '10.0.0.256', '10.0.0.0/33', '::1']) {
    throws(() => formatDoors(ssh, [{ ...ssh, from: [from] }], ''), /neither an IPv4 address nor a network/);
  }
  throws(() => formatDoors({ ...ssh, ports: [{ first: 0, last: 22 }] }, [], ''), /no range of ports/);
});
