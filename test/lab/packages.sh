# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# Which Debian packages does the lab use, and how do they get here?

# Plain tools and libraries: installed. None of them starts a service.
ENGINE_PACKAGES=(ca-certificates gcc iproute2 iptables libc6-dev libdevmapper1.02.1 libseccomp-dev mmdebstrap pkg-config procps zstd)
TOOL_PACKAGES=(chromium fonts-dejavu-core g++ libpcre2-8-0 libssl3 libstb-dev nlohmann-json3-dev openssh-client openssl python3-venv
  shellcheck systemd-container)
# The oldest engine: unpacked into the cache, not installed. So there is no service to hold back, no group, no /etc/docker,
# and a machine that has docker-ce keeps it (docker.io conflicts with it: apt would remove it).
OLDEST_PACKAGES=(docker.io containerd runc tini)
OLDEST_TOOLS=$CACHE/engine-20.10
# Services that the tests start themselves
SERVICE_PACKAGES=(nginx nginx-common prometheus prometheus-alertmanager)
SERVICES=$CACHE/debian-services
# Reads user data as machines of a cloud do. It is not installed: it would look for a cloud at each start of this machine.
CLOUD_INIT_PACKAGES=(cloud-init python3-attr python3-certifi python3-chardet python3-configobj python3-idna python3-jinja2
  python3-json-pointer python3-jsonpatch python3-jsonschema python3-markupsafe python3-netifaces python3-oauthlib
  python3-pkg-resources python3-pyrsistent python3-requests python3-six python3-urllib3 python3-yaml)
CLOUD_INIT=$CACHE/cloud-init-22.4

# The sandbox user could not write where `download` puts its files.
apt() { DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 -o APT::Sandbox::User=root "$@" </dev/null; }

# With no package lists yet, or stale ones, one update is the cure. Its status says nothing: another
# source of this machine may be out of reach.
apt_with_lists() { apt "$@" || { apt update; apt "$@"; }; }

install_packages() {
  local package missing=()
  for package; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  did=installed remedy="install them by hand: apt-get install --no-install-recommends ${missing[*]}"
  apt_with_lists install --no-install-recommends --no-remove "${missing[@]}"
}

# unpack_packages FOLDER WITNESS PACKAGE…: WITNESS is a program that is there in the end
unpack_packages() {
  local dir=$1 witness=$2 fresh=$1.new package
  shift 2
  [[ ! -x $dir/$witness ]] || return 0
  did=unpacked remedy="check that apt-cache policy $* shows candidates of Debian 12"
  rm -rf "$fresh" && mkdir -p "$fresh/debs" || return
  (cd "$fresh/debs" && apt_with_lists download "$@") || return
  for package in "$fresh"/debs/*.deb; do dpkg-deb -x "$package" "$fresh" || return; done
  rm -rf "$fresh/debs" && [[ -x $fresh/$witness ]] && mv "$fresh" "$dir"
}

unpack_oldest() { unpack_packages "$OLDEST_TOOLS" usr/sbin/dockerd "${OLDEST_PACKAGES[@]}"; }
