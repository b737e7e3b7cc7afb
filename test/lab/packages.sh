# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# Which Debian packages does the lab use, and how do they get here?

# Plain tools and libraries: installed. None of them starts a service.
HOST_PACKAGES=(ca-certificates iproute2 iptables libdevmapper1.02.1 libseccomp2 mmdebstrap procps zstd)
# The engine: unpacked into the cache, not installed. So there is no service to hold back, no group, no /etc/docker,
# and a machine that has docker-ce keeps it (docker.io conflicts with it: apt would remove it).
ENGINE_PACKAGES=(docker.io containerd runc tini)
ENGINE_TOOLS=$CACHE/engine-20.10

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

unpack_engine() {
  [[ -x $ENGINE_TOOLS/usr/sbin/dockerd ]] && return
  local fresh=$ENGINE_TOOLS.new package
  did=unpacked remedy="check that apt-cache policy ${ENGINE_PACKAGES[*]} shows candidates of Debian 12"
  rm -rf "$fresh" && mkdir -p "$fresh/debs" || return
  (cd "$fresh/debs" && apt_with_lists download "${ENGINE_PACKAGES[@]}") || return
  for package in "$fresh"/debs/*.deb; do dpkg-deb -x "$package" "$fresh" || return; done
  "$fresh/usr/sbin/dockerd" --version | grep -F 'version 20.10.' || return
  rm -rf "$fresh/debs" && mv "$fresh" "$ENGINE_TOOLS"
}
