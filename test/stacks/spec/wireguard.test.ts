// Which mistakes about the private network of a rack are found, and does a host keep its address whoever comes and goes?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSpec } from '../../../stacks/index.ts';
import { clusterOf } from '../../support/specs.ts';

const three =
  'n1: {address: 10.0.0.1, runs: [orchestrator]}, n2: {address: 10.0.0.2, runs: [w]}, n3: {address: 10.0.0.3, runs: [w]}';

const specOf = (network: string, hosts = three): string =>
  `name: a\nworkers: {w: {}}\nservices: {ollama: false}\nrack: {${network}hosts: {${hosts}}}`;

/** As `path: message → remedy`. */
function found(network: string, hosts = three): readonly string[] {
  return parseSpec(specOf(network, hosts), 'f').problems.map(
    ({ message, path, remedy }) => `${path}: ${message} → ${remedy}`,
  );
}

const wireguard = (subnet: string): string => `network: {kind: wireguard, subnet: ${subnet}}, `;
const addresses = (...own: readonly string[]): string =>
  own
    .map((words, at) => `n${at}: {address: 10.0.0.${at + 1}, runs: [${at === 0 ? 'orchestrator, w' : 'w'}]${words}}`)
    .join(', ');

const cases: readonly (readonly [network: string, hosts: string, problems: readonly string[]])[] = [
  ['network: wireguard, ', three, []],
  ['network: {kind: wireguard, port: 1}, ', three, []],
  [wireguard('192.168.77.0/29'), addresses(', wireguard: 192.168.77.1', ', wireguard: 192.168.77.6'), []],
  [
    'network: wireguard, ',
    '',
    ['rack/network: expected hosts, got none: one machine needs no network → write rack.hosts, or remove network'],
  ],
  [
    'network: wire, ',
    three,
    [
      'rack/network: expected wireguard or a map of keys, got "wire" → write wireguard for a private network between the hosts',
    ],
  ],
  [
    wireguard('10.90.0.1/16'),
    three,
    ['rack/network/subnet: expected the first address of the network, got 10.90.0.1/16 → write 10.90.0.0/16'],
  ],
  [
    wireguard('10.90.0.0/30'),
    three,
    [
      'rack/network/subnet: expected room for 3 hosts, got 10.90.0.0/30, which has room for 2 → write a larger one, such as 10.90.0.0/16',
    ],
  ],
  [
    wireguard('10.0.0.0/24'),
    three,
    [
      'rack/network/subnet: expected a network of its own, got 10.0.0.0/24, where n1 has its own address 10.0.0.1 → write one that nobody uses, such as 10.91.0.0/16',
    ],
  ],
  [
    wireguard('10.90.0.0/24'),
    addresses(', wireguard: 10.90.1.1', ', wireguard: 10.90.0.1', ', wireguard: 10.90.0.255'),
    [
      'rack/hosts/n0/wireguard: expected an address of a host in 10.90.0.0/24, got 10.90.1.1 → write 10.90.0.2, or none',
      'rack/hosts/n2/wireguard: expected an address of a host in 10.90.0.0/24, got 10.90.0.255 → write 10.90.0.2, or none',
    ],
  ],
  [
    wireguard('10.90.0.0/24'),
    addresses(', wireguard: 10.90.0.1', ', wireguard: 10.90.0.1'),
    [
      'rack/hosts/n1/wireguard: expected an address of its own, got 10.90.0.1, which n0 has → write "wireguard: 10.90.0.2" for the host that came last',
    ],
  ],
  [
    '',
    addresses(', wireguard: 10.90.0.1', ', endpoint: none'),
    [
      'rack/hosts/n0/wireguard: expected a private network, got none → write "network: wireguard" below rack, or remove it',
      'rack/hosts/n1/endpoint: expected a private network, got none → write "network: wireguard" below rack, or remove it',
    ],
  ],
  ['network: wireguard, ', addresses('', ', endpoint: none', ', endpoint: none'), []],
  [
    'network: wireguard, ',
    addresses(', endpoint: none', ', endpoint: none', ''),
    [
      'rack/hosts/n1/endpoint: expected an endpoint, got none: n0 has none either, so neither of them can dial the other → write where one of the two is reached',
    ],
  ],
];

for (const [network, hosts, problems] of cases) {
  test(`{${network}${hosts.slice(0, 90)}}: ${problems.length} problems`, () => {
    assert.deepEqual(found(network, hosts), problems);
  });
}

for (const subnet of [
  ...['8.8.0.0/16', '172.32.0.0/16', '100.128.0.0/16', '192.169.0.0/16', '10.90.0.0/15', '10.90.0.0/31', '10.90.0.0'],
  ...['10.90.0.0/16\\n', '10.90.0.256/24', '10.256.0.0/16', '::/64', '10.90.0.0/16; reboot', '010.0.0.0/16'],
]) {
  test(`"${subnet}" is no private network`, () => {
    assert.match(
      found(wireguard(JSON.stringify(subnet).replaceAll('\\\\', '\\')))[0] ?? '',
      /expected a private IPv4 net/,
    );
  });
}

for (const endpoint of [
  'a:1',
  '1.2.3.4',
  '1.2.3.4:0',
  '1.2.3.4:65536',
  '1.2.3.4:1\\nPostUp = x',
  '0.0.0.0:1',
  'None',
]) {
  test(`"${endpoint}" is no endpoint`, () => {
    const host = `n1: {address: 10.0.0.1, endpoint: "${endpoint}"}`;
    assert.match(found('network: wireguard, ', host)[0] ?? '', /expected an IPv4 address with a port/);
  });
}

test('a class of workers cannot be called as the network is', () => {
  const { problems } = parseSpec('name: a\nworkers: {wireguard: {}}', 'f');
  assert.match(problems[0]?.message ?? '', /expected a name of its own/);
});

test('the address of a host follows from its name, whoever comes and goes', () => {
  const of = (hosts: string) =>
    new Map(clusterOf(specOf('network: wireguard, ', hosts)).rack.hosts.map(({ address, name }) => [name, address]));
  const before = of(three);
  const after = of(`a: {address: 10.0.0.9, runs: [w]}, ${three}, n22: {address: 10.0.0.8, runs: [w]}`);
  for (const [name, address] of before) assert.equal(after.get(name), address);
  assert.equal(new Set(after.values()).size, 5);
});

test('names that are usual for a rack do not meet at one address', () => {
  for (const [prefix, count] of [
    ['node', 99],
    ['gpu-', 40],
    ['worker-0', 9],
    ['lab-pc-', 60],
  ] as const) {
    const hosts = Array.from({ length: count }, (_, at) => `${prefix}${at + 1}: {address: 10.0.0.${at + 1}, runs: []}`);
    const collisions = found('network: wireguard, ', hosts.join(', ')).filter((text) => text.includes('of its own'));
    assert.deepEqual(collisions, []);
  }
});
