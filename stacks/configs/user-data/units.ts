// Which units does a rented machine start with?

export const bootUnit = `[Unit]
Description=Muster: makes this machine a worker
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/lib/muster/boot
EnvironmentFile=/etc/muster/cloud.env
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
EnvironmentFile=/etc/muster/cloud.env
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
