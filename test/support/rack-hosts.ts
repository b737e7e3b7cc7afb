// Which rack does a test build on the hosts of the lab, and what is on them?
import { type Answer, type Host, hostAddress, insideHost, onHost } from './hosts-lab.ts';

export const rackSpec = {
  name: 'rack',
  orchestrator: { cpus: 0.5, heartbeat: '2s', leaseTtl: '20s' },
  workers: { worker: { replicas: 3, cpus: 1, memory: '512MiB', drainGrace: '60s', gpus: 'none' } },
  services: { prometheus: { memory: '256MiB' }, proxy: { hosts: ['rack.internal'] } },
  rack: {
    hosts: {
      node1: { address: hostAddress('node1'), runs: ['orchestrator', 'prometheus', 'proxy', 'worker'] },
      node2: { address: hostAddress('node2'), runs: ['worker'] },
      // Entered by somebody who may use sudo.
      node3: { address: hostAddress('node3'), user: 'ops', runs: ['worker'] },
    },
  },
};

/** Node 2 runs two classes of workers, node 3 another one than before, and nobody watches any more. */
export const movedSpec = {
  ...rackSpec,
  workers: {
    ...rackSpec.workers,
    second: { ...rackSpec.workers.worker, memory: '256MiB', labels: { kind: 'second' } },
  },
  services: { ...rackSpec.services, prometheus: false },
  rack: {
    hosts: {
      node1: { ...rackSpec.rack.hosts.node1, runs: ['orchestrator', 'proxy', 'worker'] },
      node2: { ...rackSpec.rack.hosts.node2, runs: ['second', 'worker'] },
      node3: { ...rackSpec.rack.hosts.node3, runs: ['second'] },
    },
  },
};

/** Node 3 lets nobody in as root once its doors are shut. */
export const onRack = (host: Host, script: string): Promise<Answer> =>
  host === 'node3' ? insideHost(host, script) : onHost(host, script);

/** Makes the one who enters node 3: with the same key, and sudo. */
export async function makeOps(): Promise<void> {
  const { code, stderr } = await onHost(
    'node3',
    `useradd --create-home --shell /bin/sh ops && install -d -o ops -m 0700 /home/ops/.ssh &&
    install -o ops -m 0600 /root/.ssh/authorized_keys /home/ops/.ssh/ &&
    echo 'ops ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/ops`,
  );
  if (code !== 0) throw new Error(stderr);
}

/** What packages, logs and clocks of the host keep for themselves. */
const ofTheHost = [
  ...[
    '/proc',
    '/sys',
    '/dev',
    '/tmp',
    '/run',
    '/root/.ansible',
    '/home/ops/.ansible',
    '/var/log',
    '/var/cache',
    '/var/tmp',
  ],
  ...['/var/lib/dpkg', '/var/lib/apt', '/var/lib/systemd', '/etc/ld.so.cache', '/etc/.pwd.lock', '/usr/lib/python3'],
];

/** Every file with its owner and mode, every user, every unit that somebody added. */
export async function treeOf(host: Host): Promise<readonly string[]> {
  const prune = ofTheHost.map((path) => `-path ${path}`).join(' -o ');
  const files = `find / -xdev \\( ${prune} \\) -prune -o -printf '%M %u:%g %p\\n' | sort`;
  const units = "systemctl list-unit-files --no-legend 'muster*'; systemctl list-units --all --no-legend 'muster*'";
  const { stdout } = await onRack(host, `${files}; getent passwd; getent group; ${units}; ls /run/muster 2>&1`);
  return stdout.trim().split('\n');
}
