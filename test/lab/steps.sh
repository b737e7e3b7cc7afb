# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab, swarm and hosts
# How does a command of the lab say what it does, what it took, and what to do when it fails?

# fail WHAT REMEDY
fail() {
  printf '%s: %s\n%*s%s\n' "$TOOL" "$1" $((${#TOOL} + 2)) '' "$2" >&2
  exit 3
}

# misuse WHAT
misuse() {
  printf '%s: %s\n%*ssee %s --help\n' "$TOOL" "$1" $((${#TOOL} + 2)) '' "$here/$TOOL" >&2
  exit 2
}

# step LABEL FUNCTION [ARGUMENT…]: one line that says what was done and in how many seconds.
# The function's output goes to a log. It sets `did`, and before it returns 1, `remedy`.
step() {
  local label=$1 began=${EPOCHREALTIME/./} log took
  shift
  log=${label,,}
  log=$LOGS/${log//[^a-z0-9.]/-}.log
  did=present remedy="once the cause above is gone, say it again: $here/$TOOL $command"
  printf '%-40s ' "$label"
  if ! "$@" >"$log" 2>&1; then
    echo failed
    tail -n 15 "$log" >&2
    fail "$label: failed (log: $log)" "$remedy"
  fi
  took=$((${EPOCHREALTIME/./} - began))
  printf '%-9s %4d.%d s\n' "$did" $((took / 1000000)) $((took / 100000 % 10))
}

# each FUNCTION MEMBER…: for all of them at once. What one sets in `did` or `remedy` comes back through a file.
each() {
  local work=$1 member failed=0 its_did
  local -A pids
  shift
  for member; do
    { "$work" "$member"; failed=$?; printf '%s\n%s\n' "$did" "$remedy" >"$LOGS/$member"; exit "$failed"; } &
    pids[$member]=$!
  done
  for member; do
    wait "${pids[$member]}"
    case $? in
      0) { read -r its_did && [[ $its_did == present ]] || did=$its_did; } <"$LOGS/$member" ;;
      *) { read -r its_did; read -r remedy; } <"$LOGS/$member"; failed=1 ;;
    esac
  done
  return "$failed"
}

# until_true SECONDS COMMAND…
until_true() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [[ $SECONDS -lt $deadline ]] || return 1
    sleep 0.1
  done
}
