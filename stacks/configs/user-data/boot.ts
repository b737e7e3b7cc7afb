// What happens on a rented machine before its agent runs? It closes a door, fetches its token, and installs the agent.

/** Runs once; a failure is tried again by its unit until the deadline, which gives the machine back. */
export const bootScript = `#!/bin/sh
# Makes this rented machine a worker. Run by muster-boot.service until it has succeeded.
set -eu
. /usr/local/lib/muster/cloud

# What a job could ask here is the role of the machine. On the other ports of that address is the name service.
close_metadata() {
  nft -f - <<'END'
table inet muster_metadata
delete table inet muster_metadata
table inet muster_metadata {
  chain output {
    type filter hook output priority 0; policy accept;
    meta skuid != 0 ip daddr 169.254.169.254 tcp dport 80 reject
    meta skuid != 0 ip6 daddr { fd00:ec2::254, fd20:ce::254 } tcp dport 80 reject
  }
}
END
}

has_gpus() {
  found=$(nvidia-smi --query-gpu=index --format=csv,noheader 2>/dev/null | wc -l) || found=0
  [ "\${found}" -ge "\${MUSTER_GPUS}" ]
}

close_metadata || fail 'the metadata service could not be closed for jobs (nftables)'
[ "\${MUSTER_GPUS}" -eq 0 ] || has_gpus ||
  fail "expected \${MUSTER_GPUS} GPUs with a driver, nvidia-smi shows fewer: boot an image that has the driver (hostImage)"
token=$(class_token) && [ -n "\${token}" ] || fail "the token of the class could not be fetched: \${MUSTER_TOKEN_SECRET}"
name=$(instance_name)
work=$(mktemp -d)
trap 'rm -rf "\${work}"' EXIT
set -- -fsS --retry 5 --retry-all-errors --output "\${work}/install.sh"
[ ! -s /etc/muster/ca.crt ] || set -- "$@" --cacert /etc/muster/ca.crt
curl "$@" "\${MUSTER_URL}/install.sh" || fail "the installer could not be fetched from \${MUSTER_URL}"
printf '%s  %s\\n' "\${MUSTER_INSTALLER_SHA256}" "\${work}/install.sh" | sha256sum --check --quiet ||
  fail 'the installer is not the one that this machine was made for'
set -- --url "\${MUSTER_URL}" --name "\${name}" --class "\${MUSTER_POOL}" --health "\${MUSTER_HEALTH}" --gpus "\${MUSTER_GPUS}"
[ ! -s /etc/muster/ca.crt ] || set -- "$@" --ca /etc/muster/ca.crt
[ -z "\${MUSTER_LABELS}" ] || set -- "$@" --labels "\${MUSTER_LABELS}"
token=\${token} agent_sha256=\${MUSTER_AGENT_SHA256} sh "\${work}/install.sh" "$@"
touch /run/muster-joined
say_joined
`;
