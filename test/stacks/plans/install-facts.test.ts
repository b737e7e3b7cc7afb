// What does a host say of itself, and when is it refused?
import { deepStrictEqual } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { type InstallFacts, installFacts, lookAtHost, unfitFor } from '../../../stacks/index.ts';
import { bareHost } from '../../support/bare-host.ts';

const debian = `Welcome to node1
muster-host name Node-1.example.org
muster-host system Linux
muster-host machine x86_64
muster-host user root
muster-host root root
muster-host ID debian
muster-host ID_LIKE 
muster-host PRETTY_NAME Debian GNU/Linux 12 (bookworm)
muster-host systemd 252
muster-host python yes
muster-host cpus 2
muster-host memory 4000000
muster-host gpu /proc/driver/nvidia/gpus/0000:01:00.0
muster-host came 10.0.0.1 50000 10.0.0.11 2222
muster-host source 
muster-host source 192.168.1.5
muster-host port 08AE 0B00000A
muster-host port 1F90 0100007F
muster-host port 1F91 00000000000000000000000001000000
muster-host port 08AE 00000000000000000000000000000000
muster-host port 0BB8 0000000000000000FFFF00000100007F
muster-host unit muster-worker.service
muster-host unit muster-job-units@.service
muster-host unit muster-firewall.service
muster-host joined /opt/muster/agent-made
`;

test('its answer becomes facts, whatever else its shell prints', () => {
  const expected: InstallFacts = {
    ...{ name: 'node-1', user: 'root', root: 'root', system: 'Linux', machine: 'x86_64' },
    ...{ distribution: 'Debian GNU/Linux 12 (bookworm)', family: 'debian', systemdVersion: 252, hasPython: true },
    ...{ cpus: 2, memoryMiB: 3906, gpus: 1, engine: null, address: '10.0.0.11', sshPort: 2222 },
    ...{ ports: [2222], services: ['worker'], isJoined: true },
  };
  deepStrictEqual(installFacts(debian), expected);
});

test('distributions are known by themselves or by what they are made from', () => {
  const family = (id: string, like = '') => installFacts(`muster-host ID ${id}\nmuster-host ID_LIKE ${like}\n`).family;
  deepStrictEqual(
    [
      family('ubuntu', 'debian'),
      family('linuxmint', 'ubuntu debian'),
      family('fedora'),
      family('rocky', 'rhel fedora'),
    ],
    ['debian', 'debian', 'fedora', 'fedora'],
  );
  deepStrictEqual(
    [family('arch'), family('manjaro', 'arch'), family('alpine'), family('')],
    ['arch', 'arch', null, null],
  );
});

test('a name of any host becomes one of the rack', () => {
  const name = (text: string) => installFacts(`muster-host name ${text}\n`).name;
  deepStrictEqual(
    [name('7up_Box'), name('---'), name('a'.repeat(80)), name('')],
    ['up-box', 'host', 'a'.repeat(63), 'host'],
  );
});

test('a host that lies says no more than a name, a number and an address', () => {
  const lies =
    "muster-host user {{ lookup('pipe', 'id') }}\nmuster-host came x y {{1}} -1\nmuster-host source 127.0.0.1\n";
  const { address, sshPort, user } = installFacts(lies);
  deepStrictEqual({ address, sshPort, user }, { address: null, sshPort: null, user: 'root' });
});

test('the script runs in the shell of this machine, and says nothing but facts', () => {
  const said = execFileSync('sh', ['-s'], { input: lookAtHost, encoding: 'utf8' });
  deepStrictEqual(
    said.split('\n').filter((line) => line !== '' && !line.startsWith('muster-host ')),
    [],
  );
  const { cpus, memoryMiB, system } = installFacts(said);
  deepStrictEqual([cpus > 0, memoryMiB > 100, system], [true, true, 'Linux']);
});

const units = [{ service: 'orchestrator', how: 'unit', why: '' }] as const;
const joins = [{ service: 'agent', how: 'invite', why: '' }] as const;

test('a host that cannot run units is refused, with all that is wrong and what to do', () => {
  const messages = (facts: Partial<InstallFacts>) =>
    unfitFor(bareHost(facts), units, [8080]).map(({ message, remedy }) => `${message} → ${remedy}`);
  deepStrictEqual(messages({}), []);
  deepStrictEqual(messages({ machine: 'riscv64' }), [
    'expected Linux on x86_64 or aarch64, found Linux on riscv64 → muster up, in containers or as local processes',
  ]);
  const wrong = {
    family: null,
    distribution: 'Alpine Linux v3.22',
    hasPython: false,
    root: null,
    user: 'pat',
  } as const;
  deepStrictEqual(messages({ ...wrong, systemdVersion: null, ports: [22, 8080] }), [
    'expected Debian, Ubuntu, Fedora or Arch, or what is made from them, found Alpine Linux v3.22 → muster up, in containers or as local processes',
    'expected systemd, found another first process → muster up, in containers or as local processes',
    'expected Python 3, found none → apt-get install python3',
    'expected root, or a user who may use sudo without a password, found pat → run it as root, or name root@HOST',
    'expected port 8080 to be free, found somebody listening there → stop that program, or change the port in cluster.yaml',
  ]);
  deepStrictEqual(messages({ systemdVersion: 249 }), [
    'expected systemd 252 or newer, found 249 → a newer system, such as Debian 12, or muster up',
  ]);
});

test('one that only joins is looked at by the installer of the agent', () => {
  deepStrictEqual(unfitFor(bareHost({ systemdVersion: null, family: null }), joins, []), []);
});
