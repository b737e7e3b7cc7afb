# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# Where do Compose and buildx come from? From their Go modules, built once per version.

COMPOSE_VERSION=v5.6.0
BUILDX_VERSION=v0.29.1   # without it Compose falls back to the classic builder
COMPOSE=$CACHE/docker-compose-$COMPOSE_VERSION
BUILDX=$CACHE/docker-buildx-$BUILDX_VERSION

build_compose() {
  local module=github.com/docker/compose/v5
  build_go "$COMPOSE" "$module@$COMPOSE_VERSION" ./cmd "-X $module/internal.Version=$COMPOSE_VERSION"
}

build_buildx() {
  local module=github.com/docker/buildx
  build_go "$BUILDX" "$module@$BUILDX_VERSION" ./cmd/buildx "-X $module/version.Version=$BUILDX_VERSION"
}
