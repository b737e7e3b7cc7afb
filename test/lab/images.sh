# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# Which images does an engine hold, and what makes one? images/<name>/ is the recipe: either `build`, a script that writes
# a root filesystem as a tar, or a Dockerfile with, where its context needs more, `prepare`, a script that fetches it.

BASE_IMAGES=(debian node python)   # in the order in which they build on each other
SERVICE_IMAGES=(nginx prometheus alertmanager dask ollama registry open-webui)
LARGEST_IMAGE=open-webui           # 1.5 GB: the main engine alone has it

image_tag() {
  case $1 in
    debian) echo debian:bookworm-slim ;;
    node) echo node:24-bookworm-slim ;;
    python) echo python:3-slim-bookworm ;;
    nginx) echo nginx:1.28.0 ;;
    prometheus) echo prom/prometheus:v3.5.0 ;;
    alertmanager) echo prom/alertmanager:v0.28.1 ;;
    dask) echo ghcr.io/dask/dask:2026.8.0 ;;
    ollama) echo "ollama/ollama:${OLLAMA_VERSION#v}" ;;
    registry) echo registry:2.8.3 ;;
    open-webui) echo ghcr.io/open-webui/open-webui:v0.12.4 ;;
    *) return 1 ;;
  esac
}

# A program or folder that another step made and that an image takes in, as `part`. Its name holds its version.
image_part() {
  case $1 in
    dask | open-webui) venv_path "$1" ;;
    ollama) echo "$OLLAMA" ;;
    *) ;;
  esac
}

# What an image depends on: its recipe, that of the base, its part, and the month, so that Debian's updates come in
image_key() {
  local part
  part=$(image_part "$1")
  { find "$here/images/debian" "$here/images/$1" -type f -print0 | sort -zu | xargs -0 cat
    [[ -z $part ]] || basename "$part"
    echo "${MUSTER_LAB_MONTH:-$(date +%Y-%m)}"; } | sha256sum | cut -c1-12
}

# build_image NAME TAG LABEL
build_image() {
  local recipe=$here/images/$1 context=$CACHE/context-$1 part built
  part=$(image_part "$1")
  rm -rf "$context" && cp -r "$recipe" "$context" && { [[ -z $part ]] || cp -rl "$part" "$context/part"; } || return
  if [[ -x $recipe/build ]]; then
    "$recipe/build" "$context/root.tar" &&
      docker_cli import -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' -c 'CMD ["bash"]' \
        -c "LABEL $3" "$context/root.tar" "$2"
  else
    { [[ ! -x $recipe/prepare ]] || (cd "$context" && ./prepare); } &&
      DOCKER_BUILDKIT=0 docker_cli build --label "$3" --tag "$2" "$context"
  fi
  built=$?
  rm -rf "$context"
  return "$built"
}

provide_image() {
  local tag key kept
  tag=$(image_tag "$1") && key=$(image_key "$1") || return
  [[ $(docker_cli image inspect -f '{{index .Config.Labels "muster.lab.key"}}' "$tag" 2>/dev/null) != "$key" ]] || return 0
  kept=$CACHE/image-$1-$key.tar.zst
  if [[ -s $kept ]]; then
    did=loaded
    zstd -dc "$kept" | docker_cli load || return
  else
    did=built
    build_image "$1" "$tag" "muster.lab.key=$key" || return
    rm -f "$CACHE/image-$1-"*.tar.zst   # of older recipes and months
    docker_cli save "$tag" | zstd -q -T0 -f -o "$kept.new" && mv "$kept.new" "$kept" || return
  fi
  docker_cli image prune --force --filter label=muster.lab.key   # the older image that lost its tag
}
