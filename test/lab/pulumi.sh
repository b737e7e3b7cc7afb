# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# Where does Pulumi's command come from? From its Go module, with everything that it needs named in pulumi/go.sum.

PULUMI_VERSION=$(awk '$1 == "require" && $2 == "github.com/pulumi/pulumi/pkg/v3" { print $3 }' "$here/pulumi/go.mod")
PULUMI=$CACHE/pulumi-$PULUMI_VERSION-$(sha256sum <"$here/pulumi/go.sum" | cut -c1-12)

build_pulumi() {
  local go version=github.com/pulumi/pulumi/sdk/v3/go/common/version.Version
  [[ ! -x $PULUMI/pulumi ]] || return 0
  did=built
  remedy="no Go to be had: install Go (any version) and put it on the PATH"
  go=$(any_go) || return
  remedy="Pulumi wants the Go of $here/pulumi/go.mod: install that one and put it on the PATH"
  go=$(new_go "$go" "$(awk '$1 == "go" { print $2 }' "$here/pulumi/go.mod")") || return
  remedy="Pulumi did not build; the log says why"
  compile_go "$go" "$here/pulumi" "$PULUMI/pulumi" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi "-X $version=$PULUMI_VERSION"
}
