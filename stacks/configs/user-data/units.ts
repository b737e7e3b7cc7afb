// Which units does a rented machine start with, and what does it add to that of the agent?
import type { WorkerBoot } from './worker.ts';

/** Started in this order. */
export const workerUnits: readonly string[] = ['muster-watch.service', 'muster-boot.service'];

export const bootUnit = `[Unit]
Description=Muster: makes this machine a worker
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/lib/muster/boot
Restart=on-failure
RestartSec=15
[Install]
WantedBy=multi-user.target
`;

export const watchUnit = `[Unit]
Description=Muster: gives this machine back when nobody needs it
After=network.target
[Service]
ExecStart=/usr/local/lib/muster/watch
Restart=always
RestartSec=5
PrivateTmp=yes
ProtectHome=yes
ProtectSystem=strict
NoNewPrivileges=yes
CapabilityBoundingSet=
[Install]
WantedBy=multi-user.target
`;

/** What a job could ask at that address, also by TLS, is the role of the machine. Names and time are there too. */
export const metadataWall = `table inet muster_metadata
delete table inet muster_metadata
table inet muster_metadata {
  chain output {
    type filter hook output priority 0; policy accept;
    meta skuid != 0 ip daddr 169.254.169.254 tcp dport != 53 reject
    meta skuid != 0 ip6 daddr { fd00:ec2::254, fd20:ce::254 } tcp dport != 53 reject
  }
}
`;

/** Beyond drain and reports the agent needs so long to end. */
const endingSeconds = 2;

/** The agent runs behind the wall alone, and ends before the machine does. */
export const agentLines = ({ drainSeconds, reportSeconds }: WorkerBoot): string => `[Service]
ExecStartPre=+/usr/sbin/nft -f /etc/muster/metadata.nft
Environment=MUSTER_DRAIN_SECONDS=${drainSeconds} MUSTER_REPORT_SECONDS=${reportSeconds}
TimeoutStopSec=${drainSeconds + reportSeconds + endingSeconds}
`;

/** Ubuntu restarts what uses a library that was renewed: an agent would drain, and a job would begin anew. */
export const needrestart = '$nrconf{override_rc}{qr(^muster-)} = 0;\n';
