# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# Where does the current engine come from? From Go modules, as Docker builds it: moby, containerd, runc and the client.

MOBY_VERSION=v2.0.0-beta.24   # what becomes Docker 29 and newer
CONTAINERD_VERSION=v2.3.5
RUNC_VERSION=v1.5.2           # Debian's is too old: namespace {"time" ""} does not exist
CLI_VERSION=v29.8.2             # the newest whose modules can all be had
# The folder that holds the engine's programs: whoever starts a dockerd of their own puts it first on the PATH.
CURRENT_TOOLS=$CACHE/engine-29-$MOBY_VERSION-$CONTAINERD_VERSION-$RUNC_VERSION-$CLI_VERSION

build_engine() {
  local moby=github.com/moby/moby/v2 containerd=github.com/containerd/containerd/v2 cli=github.com/docker/cli program
  local named="-X $moby/dockerversion.Version=29.0.0-moby-$MOBY_VERSION -X $moby/dockerversion.GitCommit=$MOBY_VERSION"
  for program in dockerd docker-proxy; do
    build_go "$CURRENT_TOOLS/$program" "$moby@$MOBY_VERSION" "./cmd/$program" "$named" \
      'netgo osusergo exclude_graphdriver_btrfs' || return
  done
  for program in containerd containerd-shim-runc-v2; do
    build_go "$CURRENT_TOOLS/$program" "$containerd@$CONTAINERD_VERSION" "./cmd/$program" \
      "-X $containerd/version.Version=$CONTAINERD_VERSION" 'no_btrfs no_devmapper no_zfs' || return
  done
  CGO_ENABLED=1 build_go "$CURRENT_TOOLS/runc" "github.com/opencontainers/runc@$RUNC_VERSION" . \
    "-X main.version=${RUNC_VERSION#v}" seccomp &&
    build_go "$CURRENT_TOOLS/docker" "$cli@$CLI_VERSION+incompatible" ./cmd/docker \
      "-X $cli/cli/version.Version=${CLI_VERSION#v}" || return
  install -m 755 "$OLDEST_TOOLS/usr/bin/tini-static" "$CURRENT_TOOLS/docker-init" &&
    # dockerd takes the vendor of GPUs from this program's name alone
    printf '#!/bin/sh\n' >"$CURRENT_TOOLS/nvidia-cdi-hook" && chmod +x "$CURRENT_TOOLS/nvidia-cdi-hook"
}
