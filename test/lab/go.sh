# shellcheck shell=bash
# Which Go builds Compose?

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
