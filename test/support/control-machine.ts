// How does a host of the lab become a machine of a cloud that has a disk beside its own, and nothing but its user data?
import { spawnSync } from 'node:child_process';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { eventually } from './clone.ts';
import { freshHost, type Host, hostAddress, insideHost, machineAddress, onHost } from './hosts-lab.ts';

export const host: Host = 'node1';
/** Answers under the address of metadata, as the network of a cloud does: on the machine itself it would take port 80. */
export const beside: Host = 'node2';

/** What a script prints. It must succeed. */
export async function printed(script: string, on: Host = host): Promise<string> {
  const { code, stderr, stdout } = await insideHost(on, script);
  if (code !== 0) throw new Error(`${on}: ${script}\nexit code ${code}\n${stdout}${stderr}`);
  return stdout.trim();
}

/** Why no disk can be lent here, or null. */
export const whyNoDisk = (): string | null =>
  spawnSync('losetup', ['-f']).status === 0 ? null : 'this machine has no loop device';

/** A file that hosts see as a disk. */
export class LentDisk {
  readonly #file: string;
  readonly device: string;

  constructor(file: string) {
    writeFileSync(file, '');
    truncateSync(file, 256 * 2 ** 20);
    const { status, stdout, stderr } = spawnSync('losetup', ['-f', '--show', file], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`losetup: ${stderr}`);
    this.#file = file;
    this.device = stdout.trim();
  }

  /** After each start of the host, whose devices are in memory. */
  plugIn = (): Promise<string> =>
    printed(
      `mknod -m 600 ${this.device} b 7 ${this.device.replace('/dev/loop', '')} && blockdev --getsize64 ${this.device}`,
    );

  takeBack(): void {
    spawnSync('losetup', ['-d', this.device]);
    rmSync(this.#file, { force: true });
  }
}

/** Everything that a cloud gives beside the user data: an image with cloud-init, and the way to its metadata. */
export async function freshMachine(port: number): Promise<void> {
  freshHost(host, beside);
  const { code, stderr } = await onHost(
    beside,
    `ip address add 169.254.169.254/32 dev lo
systemd-run -q --unit=lab-metadata --socket-property=ListenStream=169.254.169.254:80 \\
  /lib/systemd/systemd-socket-proxyd ${machineAddress}:${port}`,
  );
  if (code !== 0) throw new Error(stderr);
  await printed(`set -eu
echo '169.254.169.254 metadata.google.internal' >>/etc/hosts
ip route add 169.254.169.254 via ${hostAddress(beside)}
mkdir -p /etc/systemd/system/muster-control.service.d /var/lib/cloud/seed/nocloud /etc/cloud/cloud.cfg.d
cat >/etc/systemd/system/muster-control.service.d/lab.conf <<'END'
[Service]
Environment=AWS_ENDPOINT_URL=http://${machineAddress}:${port} MUSTER_GCP_ENDPOINT=http://${machineAddress}:${port}
RestartSec=1
END
cat >/etc/cloud/cloud.cfg.d/99-lab.cfg <<'END'
datasource_list: [NoCloud]
network: { config: disabled }
preserve_hostname: true
ssh_deletekeys: false
apt: { preserve_sources_list: true }
locale: C.UTF-8
END
apt-get -qq update
apt-get -qq install --no-install-recommends cloud-init >/dev/null 2>&1 </dev/null`);
}

/** By cloud-init, which runs scripts as well. */
export async function boot(userData: string, name: string): Promise<void> {
  const text = Buffer.from(userData).toString('base64');
  await printed(`cd /var/lib/cloud/seed/nocloud
echo ${text} | base64 -d >user-data
echo 'instance-id: ${name}' >meta-data
for stage in 'init --local' init 'modules --mode=config' 'modules --mode=final'; do cloud-init $stage </dev/null; done >/dev/null
cloud-init status | grep -x 'status: done' || { cloud-init status --long; exit 1; }`);
}

const journal = (unit: string): Promise<string> => printed(`journalctl -o cat -u ${unit} --no-pager`);

/** Once the unit has said it. */
export async function said(unit: string, line: RegExp, seconds = 60): Promise<void> {
  let last = '';
  const look = async (): Promise<boolean> => {
    last = await journal(unit);
    return line.test(last);
  };
  await eventually(`${unit} says ${line}`, look, seconds).catch((error: Error) => {
    throw new Error(`${error.message}; it said\n${last.split('\n').slice(-30).join('\n')}`);
  });
}

export const isControlPlane = (seconds = 200): Promise<void> =>
  said('muster-control', /^muster: this machine is the control plane$/m, seconds);

/** From inside: nobody enters it over the network. Resolves once it has started again. */
export async function reboot(): Promise<void> {
  const bootId = async (): Promise<string> => (await insideHost(host, 'cat /proc/sys/kernel/random/boot_id')).stdout;
  const before = await bootId();
  await insideHost(host, 'systemctl --no-block reboot');
  const isNew = async (): Promise<boolean> => !['', before].includes(await bootId());
  await eventually('the host starts again', isNew);
}
