// How does a host of the lab become a machine of a cloud? Its disk has what an image of that cloud brings.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CloudName } from '../../stacks/cluster/types.ts';
import { type Host, insideHost, machineAddress, onHost, stopHost } from './hosts-lab.ts';

const lab = join(import.meta.dirname, '../lab/hosts');

/** The services of the cloud are on this machine, at that port; and a test has no minutes. */
const around = (port: number): string => `
set -eu
put() { mkdir -p "\${1%/*}"; cat >"$1"; }
put /etc/systemd/system/lab-metadata.socket <<'END'
[Unit]
DefaultDependencies=no
Before=cloud-init-local.service
[Socket]
ExecStartPre=/sbin/ip address replace 169.254.169.254/32 dev lo
ListenStream=169.254.169.254:80
FreeBind=yes
[Install]
WantedBy=sysinit.target
END
put /etc/systemd/system/lab-metadata.service <<'END'
[Unit]
DefaultDependencies=no
[Service]
ExecStart=/lib/systemd/systemd-socket-proxyd ${machineAddress}:${port}
END
for unit in boot watch; do
  put /etc/systemd/system/muster-$unit.service.d/lab.conf <<'END'
[Service]
Environment=AWS_ENDPOINT_URL=http://${machineAddress}:${port} MUSTER_GCP_ENDPOINT=http://${machineAddress}:${port}
Environment=MUSTER_WATCH_SECONDS=1
END
done
systemctl -q enable lab-metadata.socket
`;

/**
 * With cloud-init, and firmware as that of AWS, which lies below /sys, where nothing can be made but in a mount. The lab
 * has made network and keys: they are how it gets in.
 */
const aws = `
apt-get -q update >/dev/null
apt-get -q -y install cloud-init >/dev/null
put /etc/cloud/cloud.cfg.d/99-lab.cfg <<'END'
datasource_list: [Ec2]
network: { config: disabled }
preserve_hostname: true
ssh_deletekeys: false
apt: { preserve_sources_list: true }
locale: C.UTF-8
END
printf 'ec2e1916-9099-7caf-fd21-012345abcdef\\n' | put /etc/lab/hypervisor/uuid
for unit in cloud-init-local cloud-init cloud-config cloud-final; do
  put /etc/systemd/system/$unit.service.d/lab.conf <<'END'
[Service]
TemporaryFileSystem=/sys
BindPaths=/sys/class /sys/devices /sys/block /sys/bus /sys/fs /sys/kernel /sys/module
BindReadOnlyPaths=/etc/lab/hypervisor:/sys/hypervisor
END
done
cloud-init clean --logs
`;

/** Without cloud-init: what Google's agent does at each start, in one line. */
const gcp = `
echo '169.254.169.254 metadata.google.internal' >>/etc/hosts
put /etc/systemd/system/google-startup-scripts.service <<'END'
[Unit]
After=network-online.target
[Service]
Type=oneshot
Environment=attribute=http://metadata.google.internal/computeMetadata/v1/instance/attributes/startup-script
ExecStart=/bin/sh -c 'curl -fsS -H "Metadata-Flavor: Google" -o /run/script \${attribute} && exec sh /run/script'
[Install]
WantedBy=multi-user.target
END
systemctl -q enable google-startup-scripts
`;

const images: Readonly<Record<CloudName, string>> = { aws, gcp };

/** What a script on it prints. It must succeed. */
export async function printed(host: Host, script: string): Promise<string> {
  const { code, stderr, stdout } = await onHost(host, script);
  if (code !== 0) throw new Error(`${host}: ${script}\n${stdout}${stderr}`);
  return stdout.trim();
}

/** Gives a new host such a disk, and switches it off. What answers as the cloud listens on that port of this machine. */
export async function install(host: Host, cloud: CloudName, port: number, more = ''): Promise<void> {
  await printed(host, `${around(port)}${images[cloud]}${more}`);
  stopHost(host);
}

/**
 * Switches them on, and does not wait: this process must answer as their cloud meanwhile. cloud-init starts their SSH anew
 * while the lab tries it, so that only what they do tells whether they came.
 */
export const powerOn = (...hosts: readonly Host[]): Promise<unknown> =>
  once(spawn(lab, ['start', ...hosts], { stdio: 'ignore' }), 'close');

/** By its button. */
export const powerOff = (host: Host): Promise<unknown> => insideHost(host, 'systemctl --no-block poweroff');
