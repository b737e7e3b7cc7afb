#!/bin/sh
# Starts ollama: it answers at once, and its models come while it does.
set -eu
export HOME=/var/lib/muster
export OLLAMA_HOST=0.0.0.0:11434
export OLLAMA_MODELS=/var/lib/muster/models
export OLLAMA_NO_CLOUD=1
mkdir -p "$OLLAMA_MODELS"
say() { echo "muster: $*"; }
# What ollama said last, without what moves the cursor.
last_words() { printf '%s' "$1" | tr '\r' '\n' | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' | grep . | tail -n 1 || true; }
# Replicas share the folder: one of them pulls, the others find the model there.
alone() { if command -v flock >/dev/null; then flock "$OLLAMA_MODELS/.muster-pull" "$@"; else "$@"; fi; }
serving() { kill -0 "$$" 2>/dev/null; }
there() { ollama show "$1" >/dev/null 2>&1; }
pull() {
  if there "$1"; then say "$1 is there"; return 0; fi
  say "pulling $1"
  if words=$(alone ollama pull "$1" 2>&1 </dev/null) && there "$1"; then say "$1 is there"; return 0; fi
  say "$1 did not come, again in $pause s: $(last_words "$words")"
  return 1
}
pull_all() {
  until ollama list >/dev/null 2>&1; do serving || return 0; sleep 1; done
  set -- qwen3:0.6b
  pause=5
  while serving; do
    # One that cannot come keeps none of the others away.
    for model in "$@"; do
      shift
      pull "$model" || set -- "$@" "$model"
    done
    [ $# -gt 0 ] || return 0
    sleep "$pause"
    pause=$((pause * 2 < 300 ? pause * 2 : 300))
  done
}
(pull_all &)
exec ollama serve
