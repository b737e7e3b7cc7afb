// What happens on a rented machine before its agent runs? It fetches its token, and installs the agent.

/** Runs at each start of the machine; a failure is tried again by its unit until the deadline, which gives the machine back. */
export const bootScript = `#!/bin/sh
# Makes this rented machine a worker. Run by muster-boot.service until it has succeeded.
set -eu
. /usr/local/lib/muster/cloud

# PROGRAM PACKAGE
need() {
  ! command -v "$1" >/dev/null || return 0
  say "installing $2"
  if command -v apt-get >/dev/null; then
    apt-get -qq update || say 'the lists of packages could not be renewed'
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 install "$2" >/dev/null
  else
    dnf -q -y install "$2" >/dev/null
  fi
  command -v "$1" >/dev/null || fail "$1 could not be installed"
}

# A driver may be installed while we look: the next try is soon.
check_gpus() {
  found=$(nvidia-smi --query-gpu=index --format=csv,noheader 2>/dev/null | grep -cx '[0-9][0-9]*') || :
  [ "\${found}" -ge "$1" ] ||
    fail "expected $1 GPUs with a driver, nvidia-smi shows \${found}: boot an image that has the driver (hostImage)"
}

need curl curl
need nft nftables
[ "\${MUSTER_GPUS}" = none ] || check_gpus "\${MUSTER_GPUS}"
if is_warming; then
  say_ready
  exit 0
fi
token=$(class_token) || token=''
[ -n "\${token}" ] || fail "the token of the class could not be fetched: \${MUSTER_TOKEN_SECRET}"
name=$(worker_name)
work=$(mktemp -d)
trap 'rm -rf "\${work}"' EXIT
set -- -fsS --connect-timeout 10 -m 60 --output "\${work}/install.sh"
[ ! -s /etc/muster/ca.crt ] || set -- "$@" --cacert /etc/muster/ca.crt --capath /dev/null
curl "$@" "\${MUSTER_URL}/install.sh" || fail "the installer could not be fetched from \${MUSTER_URL}"
printf '%s  %s\\n' "\${MUSTER_INSTALLER_SHA256}" "\${work}/install.sh" | sha256sum --check --quiet ||
  fail 'the installer is not the one that this machine was made for'
set -- --packages --url "\${MUSTER_URL}" --name "\${name}" --class "\${MUSTER_POOL}" --health "\${MUSTER_HEALTH}" \\
  --gpus "\${MUSTER_GPUS}"
[ ! -s /etc/muster/ca.crt ] || set -- "$@" --ca /etc/muster/ca.crt
# It tells the last words of the agent too.
token=\${token} agent_sha256=\${MUSTER_AGENT_SHA256} sh "\${work}/install.sh" "$@" 2>"\${work}/words" ||
  fail "the agent could not be installed: $(tail -n 8 "\${work}/words" | tail -c 2000)"
cat "\${work}/words" >&2
touch /run/muster-joined
say "joined as \${name}"
say_ready
`;
