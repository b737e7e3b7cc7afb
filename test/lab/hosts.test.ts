// Are the lab's hosts what a rack's are: do limits hold, and do they come back after a reboot, a cut cable, a power cut?
import { deepStrictEqual, match, notStrictEqual, strictEqual } from 'node:assert';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import {
  cutHost,
  freshHost,
  freshHosts,
  type Host,
  healHost,
  hostAddress,
  hostNames,
  hostsDown,
  insideHost,
  killHost,
  machineAddress,
  onHost,
  rebootHost,
  startHost,
  whyNoHosts,
} from '../support/hosts-lab.ts';

/** What a script on a host prints; it must succeed. */
async function said(host: Host, script: string): Promise<string> {
  const { code, stdout, stderr } = await onHost(host, script);
  strictEqual(code, 0, `${host}: ${script}\n${stdout}${stderr}`);
  return stdout.trim();
}

/** How a Python program ends in a unit of its own: as systemd says it. */
function endOf(program: string, limit: string): Promise<string> {
  return said(
    'node1',
    `systemd-run -q --wait -u probe -p ${limit} python3 -c '${program}' || true
     systemctl show -p Result --value probe; systemctl reset-failed probe 2>/dev/null || true`,
  );
}

describe('hosts of the lab', { skip: whyNoHosts() ?? false }, () => {
  before(freshHosts);
  after(hostsDown);

  test('each is a Debian 12 with systemd 252, of which all has started', async () => {
    const look = `cut -d . -f 1 /etc/debian_version; ps -o comm= 1; systemctl --version | grep -o '^systemd 252'
      hostname; systemctl is-system-running`;
    const found = await Promise.all(hostNames.map((host) => said(host, look)));
    deepStrictEqual(
      found,
      hostNames.map((host) => `12\nsystemd\nsystemd 252\n${host}\nrunning`),
    );
  });

  test('they reach each other and this machine, and nothing else', async () => {
    const server = createServer((_, answer) => answer.end('from the machine')).listen(0, machineAddress);
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      strictEqual(await said('node1', `curl -sS -m 5 http://machine:${port}`), 'from the machine');
      match(await said('node1', 'ping -c 1 -W 2 node3'), new RegExp(`from node3 \\(${hostAddress('node3')}\\)`));
      strictEqual((await onHost('node1', 'getent hosts example.org')).code, 2);
      match((await onHost('node1', 'ping -c 1 -W 2 192.0.2.1')).stderr, /Network is unreachable/);
    } finally {
      server.close();
    }
  });

  test('what a unit may have of memory and of tasks is a limit', async () => {
    const memory = 'b = bytearray(200 << 20)';
    strictEqual(await endOf(memory, 'MemoryMax=400M'), 'success');
    strictEqual(await endOf(memory, 'MemoryMax=64M'), 'signal');
    const threads = `from threading import Event, Thread; stop = Event()
ok = True
try:
  for _ in range(9): Thread(target=stop.wait).start()
finally: stop.set()`;
    strictEqual(await endOf(threads, 'TasksMax=20'), 'success');
    strictEqual(await endOf(threads, 'TasksMax=5'), 'exit-code');
  });

  test('packages come from the disk, and their services start', async () => {
    await said('node2', 'apt-get -qq update && apt-get -qq -y install nginx-light chrony >/tmp/apt.log 2>&1');
    strictEqual(await said('node2', 'systemctl is-active nginx chrony'), 'active\nactive');
    match(await said('node3', `curl -sSI -m 5 http://${hostAddress('node2')}`), /^HTTP\/1\.1 200/);
  });

  test('after a reboot it is another boot of the same disk', async () => {
    const look = 'cat /etc/machine-id /proc/sys/kernel/random/boot_id; cat /root/note /tmp/note || true';
    const before = (await said('node2', `echo kept | tee /root/note >/run/note; ${look}`)).split('\n');
    rebootHost('node2');
    const later = (await said('node2', `${look}; ls /run/note || true`)).split('\n');
    deepStrictEqual([later[0], ...later.slice(2)], [before[0], 'kept']);
    notStrictEqual(later[1], before[1]);
    strictEqual(await said('node2', 'systemctl is-active nginx'), 'active');
  });

  test('a host whose cable is cut runs on, unheard, and a healed one is heard again', async () => {
    const reach = 'ping -c 1 -W 1 node3 >/dev/null';
    cutHost('node3');
    try {
      strictEqual((await onHost('node1', reach)).code, 1);
      strictEqual((await onHost('node3', 'true')).code, 255);
      deepStrictEqual(await insideHost('node3', 'hostname'), { code: 0, stdout: 'node3\n', stderr: '' });
    } finally {
      healHost('node3');
    }
    strictEqual((await onHost('node1', reach)).code, 0);
    strictEqual(await said('node3', 'hostname'), 'node3');
  });

  test('a power cut leaves the disk, a reset leaves nothing', async () => {
    const look =
      'ls /root/note /etc/systemd/system/mark.service /usr/sbin/nginx 2>/dev/null; id -u visitor 2>/dev/null';
    await said(
      'node2',
      'printf "[Service]\\nExecStart=/bin/true\\n" >/etc/systemd/system/mark.service; useradd -u 4711 visitor; sync',
    );
    killHost('node2');
    strictEqual((await onHost('node1', 'ping -c 1 -W 1 node2 >/dev/null')).code, 1);
    startHost('node2');
    strictEqual(await said('node2', look), '/etc/systemd/system/mark.service\n/root/note\n/usr/sbin/nginx\n4711');
    freshHost('node2');
    strictEqual((await onHost('node2', look)).stdout, '');
  });
});
