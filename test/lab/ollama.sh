# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# Where does Ollama come from? From its Go module with its own llama.cpp, for processors alone.

OLLAMA_VERSION=v0.17.4
# Without AVX2 it runs anywhere and is several times slower.
OLLAMA_MARCH=x86-64
grep -qw avx2 /proc/cpuinfo && grep -qw f16c /proc/cpuinfo && OLLAMA_MARCH=x86-64-v3
OLLAMA=$CACHE/ollama-$OLLAMA_VERSION-$OLLAMA_MARCH

# Go modules leave out folders named vendor/. What llama.cpp has there is headers alone: Debian's, and those of a Go module.
build_ollama() {
  local headers=$CACHE/headers go audio
  [[ ! -x $OLLAMA ]] || return 0
  remedy="no Go to be had: install Go (any version) and put it on the PATH"
  go=$(any_go) || return
  remedy="the Go module of miniaudio.h did not come; the log says why"
  audio=$(module_file "$go" github.com/gen2brain/malgo@v0.11.24 Dir)
  [[ -d $audio ]] && mkdir -p "$headers/miniaudio" && install -m 644 "$audio/miniaudio.h" "$headers/miniaudio/" || return
  CGO_ENABLED=1 CGO_CPPFLAGS=-I$headers CGO_CFLAGS="-O3 -march=$OLLAMA_MARCH" CGO_CXXFLAGS="-O3 -march=$OLLAMA_MARCH" \
    build_go "$OLLAMA" "github.com/ollama/ollama@$OLLAMA_VERSION" . "-X=github.com/ollama/ollama/version.Version=${OLLAMA_VERSION#v}" &&
    rm -rf "$headers"
}
