# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# Where does Compose come from? From its Go module, built once per version.

COMPOSE_VERSION=v5.6.0
COMPOSE=$CACHE/docker-compose-$COMPOSE_VERSION

build_compose() {
  [[ -x $COMPOSE ]] && return
  local go gomod source module=github.com/docker/compose/v5
  did=built
  remedy="no Go to be had: install Go (any version) and put it on the PATH"
  go=$(any_go) || return
  remedy="the Go module $module@$COMPOSE_VERSION did not come: check with (cd / && go mod download -x $module@$COMPOSE_VERSION)"
  gomod=$(module_file "$go" "$module@$COMPOSE_VERSION" GoMod)
  source=$(module_file "$go" "$module@$COMPOSE_VERSION" Dir)
  [[ -d $source ]] || return
  remedy="Compose $COMPOSE_VERSION wants the Go of its go.mod: install that one and put it on the PATH"
  go=$(new_go "$go" "$(awk '$1 == "go" { print $2 }' "$gomod")") || return
  remedy="Compose $COMPOSE_VERSION did not build; the log says why"
  # Inside the module's own folder, because `go install` refuses a go.mod with exclude lines.
  # Twice, because a download among hundreds may break off.
  compile() { (cd "$source" && CGO_ENABLED=0 GOWORK=off GOTOOLCHAIN=local GOFLAGS='-mod=readonly -buildvcs=false' \
    nice "$go" build -trimpath -ldflags "-s -w -X $module/internal.Version=$COMPOSE_VERSION" -o "$COMPOSE.new" ./cmd); }
  { compile || compile; } && mv "$COMPOSE.new" "$COMPOSE"
}
