#!/bin/sh
# Keeps the Muster agent running while the file agent-run says that it is this loop's turn.
# shellcheck disable=SC1091,SC2310,SC2312
set -u
cd "$(dirname "$0")" || exit 3
umask 077
turn="$$ $(date +%s)"
printf '%s\n' "${turn}" >agent-run

is_turn() {
  : >agent-alive
  [ "$(cat agent-run 2>/dev/null)" = "${turn}" ]
}

# An update that was broken off, or whose new agent is not well, is taken back.
is_taken_back() { [ -e update-pending ] && [ -n "$(sh ./agent-rollback . start)" ]; }

pause=1
while is_turn; do
  [ ! -e agent-log ] || [ "$(wc -c <agent-log)" -lt 1000000 ] || mv agent-log agent-log.old
  is_taken_back || :
  started=$(date +%s)
  (
    set -a
    . ./agent.env
    exec bin/muster-agent
  ) </dev/null >>agent-log 2>&1 &
  child=$!
  while is_turn && kill -0 "${child}" 2>/dev/null; do
    ! is_taken_back || kill -KILL "${child}"
    sleep 0.5
  done
  if ! is_turn; then
    kill -TERM "${child}" 2>/dev/null
    wait "${child}"
    break
  fi
  wait "${child}"
  code=$?
  # Wrong settings and a refused invite stay as they are, however often it starts.
  [ ! -e update-pending ] || code=1
  case ${code} in
    2 | 4)
      echo "${code}" >agent-ended
      break
      ;;
    *) ;;
  esac
  [ "$(($(date +%s) - started))" -lt 60 ] || pause=1
  waited=0
  while [ "${waited}" -lt "${pause}" ] && is_turn; do
    sleep 1
    waited=$((waited + 1))
  done
  [ "${pause}" -ge 60 ] || pause=$((pause * 2))
done
rm -f agent-alive
