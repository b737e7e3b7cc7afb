# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# Which base images does the engine hold, and what makes one? images/<name>/ is the recipe: either `build`, a script that
# writes a root filesystem as a tar, or a Dockerfile with, where its context needs more, `prepare`, a script that fetches it.

IMAGES=(debian node python)   # in the order in which they build on each other

image_tag() {
  case $1 in
    debian) echo debian:bookworm-slim ;;
    node) echo node:24-bookworm-slim ;;
    python) echo python:3-slim-bookworm ;;
    *) return 1 ;;
  esac
}

# What an image depends on: its recipe, that of the base, and the month, so that Debian's updates come in
image_key() {
  { find "$here/images/debian" "$here/images/$1" -type f -print0 | sort -zu | xargs -0 cat
    echo "${MUSTER_LAB_MONTH:-$(date +%Y-%m)}"; } | sha256sum | cut -c1-12
}

# build_image NAME TAG LABEL
build_image() {
  local recipe=$here/images/$1 context=$CACHE/context-$1 built
  rm -rf "$context" && cp -r "$recipe" "$context" || return
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
