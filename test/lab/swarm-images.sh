# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with swarm and its other parts
# How do images get to the nodes, which can pull nothing?
#
# Two engines may give the same image two ids (an id is that of the configuration, or of the manifest, as the engine
# stores images). So each node keeps a note of what came from where: NAME, id in the lab's engine, id on the node.

image_id() { docker_on "$1" image inspect --format '{{.Id}}' "$2" 2>/dev/null; }
notes() { echo "$(node_folder "$1")/images"; }

# node_has NODE NAME ID: the note is there, and the node still holds the image that it speaks of
node_has() { grep -sqxF "$2 $3 $(image_id "$1" "$2")" "$(notes "$1")"; }

load_images() {
  local lab image
  [[ $# -gt 0 ]] || misuse "load: expected the names of images"
  lab=$("$here/lab" env) || exit
  step "images: $#" ship "$lab" "$@"
}

# ship ENVIRONMENT IMAGE…: one archive holds what any node lacks, so layers that images share travel once
ship() {
  local lab=$1 image node
  shift
  WANTED=() ARCHIVE=$STATE/images.tar
  for image; do
    remedy="the lab's engine has no image $image: build it there, with eval \"\$($here/lab env)\""
    WANTED+=("$image $(eval "$lab"; docker image inspect --format '{{.Id}}' "$image")") || return
    [[ ${WANTED[-1]} == *' sha256:'* ]] || return
  done
  remedy="the reason is above; docker load's own words too"
  for node in "${NODES[@]}"; do lacks_any "$node" && break; done || return 0
  did=loaded
  (eval "$lab"; docker save --output "$ARCHIVE" "$@") && each receive
  node=$?
  rm -f "$ARCHIVE"
  return "$node"
}

lacks_any() {
  local wanted
  for wanted in "${WANTED[@]}"; do node_has "$1" "${wanted% *}" "${wanted#* }" || return 0; done
  return 1
}

receive() {
  local wanted
  lacks_any "$1" || return 0
  docker_on "$1" load --quiet --input "$ARCHIVE" || return
  for wanted in "${WANTED[@]}"; do
    touch "$(notes "$1")" && sed -i "\|^${wanted% *} |d" "$(notes "$1")" &&
      echo "$wanted $(image_id "$1" "${wanted% *}")" >>"$(notes "$1")" || return
  done
}
