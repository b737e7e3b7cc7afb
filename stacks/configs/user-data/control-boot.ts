// What makes a machine the control plane? It fetches what was made for it, and lets Ansible set it up as a rack of one host.

/** `sum name path`: what is fetched, and where below the folder it goes. */
export const filesList = '/etc/muster/control.files';

/** Runs until it has succeeded once; what came whole stays for the next try. Secrets lie in memory meanwhile. */
export const controlScript = `#!/bin/sh
# Makes this machine the control plane. Run by muster-control.service until it has succeeded.
set -eu
. /usr/local/lib/muster/cloud
folder=/var/lib/muster-control home=/run/muster-control

is_whole() { printf '%s  %s\\n' "$1" "$2" | sha256sum --check --status 2>/dev/null; }

# SUM NAME PATH
bring() {
  ! is_whole "$1" "\${folder}/$3" || return 0
  say "fetching $2"
  fetch_object "$2" "\${folder}/draft" || fail "$2 could not be fetched from the bucket \${MUSTER_BUCKET}"
  is_whole "$1" "\${folder}/draft" || fail "$2 is not what this machine was made for: its SHA-256 is another one"
  mkdir -p "$(dirname "\${folder}/$3")"
  mv "\${folder}/draft" "\${folder}/$3"
}

if ! command -v ansible-playbook >/dev/null || ! command -v curl >/dev/null || ! command -v nft >/dev/null; then
  say 'installing ansible-core, curl and nftables'
  # One list that nobody needs here must not end it.
  apt-get -qq update || say 'not all lists of packages could be fetched'
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 --no-install-recommends \\
    install ansible-core curl nftables >/dev/null || fail 'ansible-core, curl and nftables could not be installed'
fi
systemctl enable -q --now muster-metadata.service || fail 'the metadata service could not be closed (nftables)'
while read -r sum name path; do bring "\${sum}" "\${name}" "\${path}"; done <${filesList}
tar -xf "\${folder}/control.tar" -C "\${folder}"
answer=$(control_secret) || fail "the secret \${MUSTER_SECRET} could not be fetched"
printf '%s' "\${answer}" | /usr/local/lib/muster/unpack "\${home}/secrets" "\${MUSTER_SECRET_SHA256}" ||
  fail "the secret \${MUSTER_SECRET} cannot be used"
say 'setting up the services'
cd "\${folder}"
export HOME=/root LC_ALL=C.UTF-8 MUSTER_HOME=\${home}
export ANSIBLE_NO_TARGET_SYSLOG=1 ANSIBLE_DISPLAY_OK_HOSTS=0 ANSIBLE_DISPLAY_SKIPPED_HOSTS=0
ansible-playbook -i build/rack/inventory.yml --connection local -e hardening_ssh=false ansible/site.yml ||
  fail 'the services could not be set up'
curl -fsS -m 5 --retry 30 --retry-delay 2 --retry-all-errors --cacert "\${home}/secrets/authority/ca.crt" -o /dev/null \\
  https://localhost/muster/install.sh || fail 'the orchestrator does not answer through its proxy'
find "\${folder}" -mindepth 1 -delete
touch "\${folder}/done"
say 'this machine is the control plane'
`;

/** Reads the answer of either cloud. */
export const unpackScript = `#!/usr/bin/python3
"""usage: unpack FOLDER SHA256 <ANSWER: writes the texts of a secret, if they are those that this machine was made for"""
import base64, hashlib, json, os, sys

folder, expected = sys.argv[1:]
answer = json.load(sys.stdin)
texts = json.loads(answer["SecretString"] if "SecretString" in answer else base64.b64decode(answer["payload"]["data"]))
whole = "".join(f"{path}\\n{texts[path]}\\n" for path in sorted(texts))
if hashlib.sha256(whole.encode()).hexdigest() != expected:
    sys.exit("muster: the secret is not the one that this machine was made for: its SHA-256 is another one")
os.umask(0o077)
for path, text in texts.items():
    place = os.path.join(folder, path)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, "w") as file:
        file.write(text)
`;

export const controlUnit = `[Unit]
Description=Muster: makes this machine the control plane
Wants=network-online.target
Requires=muster-state.service
After=network-online.target muster-state.service
ConditionPathExists=!/var/lib/muster-control/done
StartLimitIntervalSec=0
[Service]
Type=oneshot
ExecStart=/usr/local/lib/muster/control
StateDirectory=muster-control
StateDirectoryMode=0700
RuntimeDirectory=muster-control
RuntimeDirectoryMode=0700
Restart=on-failure
RestartSec=15
[Install]
WantedBy=multi-user.target
`;

/** Before anybody else can ask. */
export const metadataUnit = `[Unit]
Description=Muster: closes the metadata service for services
DefaultDependencies=no
Before=network-pre.target shutdown.target
Wants=network-pre.target
Conflicts=shutdown.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f /etc/muster/metadata.nft
[Install]
WantedBy=sysinit.target
`;
