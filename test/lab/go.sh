# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# How is a Go program built from its module, and which Go builds it?

# is_at_least NEEDED FOUND, as 1.26.8
is_at_least() { [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]; }

go_version() { GOTOOLCHAIN=local "$1" env GOVERSION | sed 's/^go//; s/[^0-9.].*//'; }

# module_file GO MODULE FIELD: downloads a module; Dir is its folder, GoMod its go.mod
module_file() {
  (cd / && GOFLAGS='' GOTOOLCHAIN=local "$1" mod download -json "$2") | sed -n "s/^\t\"$3\": \"\(.*\)\",\{0,1\}$/\1/p"
}

# Any Go at all, to download with: the one on the PATH, the usual place, else Debian's (old, which is enough for that)
any_go() {
  local go
  go=$(command -v go) || go=/usr/local/go/bin/go
  if [[ ! -x $go ]]; then
    install_packages golang-go >&2 || return
    go=/usr/bin/go
  fi
  echo "$go"
}

# new_go GO VERSION: that Go if it is new enough, else the wanted one, which is a Go module too
new_go() {
  local dir
  if is_at_least "$2" "$(go_version "$1")"; then echo "$1"; return; fi
  dir=$(module_file "$1" "golang.org/toolchain@v0.0.1-go$2.linux-amd64" Dir)
  [[ -n $dir ]] || return
  # modules are stored without execute bits
  chmod +x "$dir"/bin/* "$dir"/pkg/tool/linux_amd64/* && echo "$dir/bin/go"
}

# source_of GO MODULE@VERSION: its folder; a copy where the go.mod goes by another name, as in docker/cli
source_of() {
  local dir copy
  dir=$(module_file "$1" "$2" Dir)
  if [[ -d $dir && -e $dir/vendor.mod ]]; then
    copy=$CACHE/source-${2//[^a-z0-9.]/-}
    rm -rf "$copy" && cp -r --no-preserve=mode "$dir" "$copy" && mv "$copy/vendor.mod" "$copy/go.mod" &&
      mv "$copy/vendor.sum" "$copy/go.sum" && rm -rf "$copy/vendor" || return
    dir=$copy
  fi
  [[ -d $dir ]] && echo "$dir"
}

# compile_go GO FOLDER OUT PACKAGE LDFLAGS [TAGS]: twice, because a download among hundreds may break off.
compile_go() {
  compile() { (cd "$2" && CGO_ENABLED=${CGO_ENABLED:-0} GOWORK=off GOTOOLCHAIN=local \
    GOFLAGS='-mod=readonly -buildvcs=false' \
    nice "$1" build -trimpath -tags "${6:-}" -ldflags "-s -w $5" -o "$3.new" "$4"); }
  mkdir -p "$(dirname "$3")" && { compile "$@" || compile "$@"; } && mv "$3.new" "$3"
}

# build_go OUT MODULE@VERSION PACKAGE LDFLAGS [TAGS]: nothing where OUT is there. CGO_… of the caller hold.
build_go() {
  local out=$1 module=$2 package=$3 flags=$4 tags=${5:-} go source
  [[ ! -x $out ]] || return 0
  did=built
  remedy="no Go to be had: install Go (any version) and put it on the PATH"
  go=$(any_go) || return
  remedy="the Go module $module did not come: check with (cd / && go mod download -x $module)"
  source=$(source_of "$go" "$module") || return
  remedy="$module wants the Go of its go.mod: install that one and put it on the PATH"
  go=$(new_go "$go" "$(awk '$1 == "go" { print $2 }' "$source/go.mod")") || return
  remedy="$module did not build; the log says why"
  # Inside the module's own folder, because `go install` refuses a go.mod with exclude lines.
  compile_go "$go" "$source" "$out" "$package" "$flags" "$tags" || return
  [[ $source != "$CACHE"/* ]] || rm -rf "$source"
}
