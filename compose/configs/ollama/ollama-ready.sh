#!/bin/sh
# Is ollama ready? Ends with 0 when it answers and has every model of its list.
set -eu
export OLLAMA_HOST=127.0.0.1:11434
has() { ollama show "$1" >/dev/null 2>&1 || { echo "$1 is not there yet"; exit 1; }; }
has qwen3:0.6b
