#!/bin/sh
# Makes this machine a worker of a Muster cluster, or with --uninstall takes every trace of that away.
# Asks nothing, needs no package, may be run again at any time. `muster workers invite` prints the line that runs it.
# Functions are asked in conditions on purpose, and what they print is looked at, also when it is nothing.
# shellcheck disable=SC2310,SC2312
set -eu

usage() {
  cat <<'END'
  sh install.sh --url URL [--pin sha256//KEY] [options]     with invite=mi_…, for one machine
  sh install.sh --url URL [--ca FILE] [options]             with token=mc_…, the secret of a class
  sh install.sh --uninstall

  --url URL         where the orchestrator is
  --pin PIN         the only key that it may show, for curl --pinnedpubkey
  --ca FILE         the only authority that may have signed its certificate (PEM)
  --class CLASS     the class that the worker belongs to
  --name NAME       the name that it asks for: CLASS-…
  --labels K=V,…    its labels
  --cpus N          at most so many CPUs for jobs
  --memory SIZE     at most so much memory for jobs: 500MiB, 8GiB
  --gpus N          at most so many GPUs for jobs; none; auto: all (the default)
  --health ADDRESS  HOST:PORT of /health and /metrics; 127.0.0.1 and a free port otherwise
  --packages        as root: installs what this machine lacks by its package manager
  --uninstall       stops the agent and removes all that was installed
invite, token, and agent_sha256=HEX for the only agent that it may run, are set in the shell or the environment.
As root it installs for the machine, else for the user. Exit codes: 1 failed, 2 wrong options, 3 this machine does not
fit, 4 neither invite nor token opens the door, 5 a download is not what it should be.
END
}

say() { printf 'muster: %s\n' "$*"; }

# CODE SENTENCE [REMEDY]
fail() {
  printf 'muster: %s\n' "$2" >&2
  [ -z "${3:-}" ] || printf '   → %s\n' "$3" >&2
  exit "$1"
}

# NAME VALUE: what is written to files must stay on its line.
one_line() {
  case $2 in
    *[[:cntrl:]]*) fail 2 "$1: expected text without control characters" ;;
    *) ;;
  esac
}

url='' pin='' ca='' class='' worker_name='' labels='' cpus='' memory='' gpus='' health='' packages='' uninstall=''

# HOST:PORT
is_address() {
  port=${1##*:}
  [ "${1%?:*}" != "$1" ] || return 1
  case ${port} in
    '' | *[!0-9]* | ??????*) return 1 ;;
    *) [ "${port}" -le 65535 ] ;;
  esac
}

read_options() {
  while [ "$#" -gt 0 ]; do
    case $1 in
      --help) usage && exit 0 ;;
      --uninstall) uninstall=yes && shift && continue ;;
      --packages) packages=yes && shift && continue ;;
      --url | --pin | --ca | --class | --name | --labels | --cpus | --memory | --gpus | --health) ;;
      *) fail 2 "there is no option $1" 'sh install.sh --help' ;;
    esac
    [ "$#" -gt 1 ] || fail 2 "$1: expected a value, got nothing"
    one_line "$1" "$2"
    case $1 in
      --url) url=${2%/} ;;
      --pin) pin=$2 ;;
      --ca) ca=$2 ;;
      --class) class=$2 ;;
      --name) worker_name=$2 ;;
      --labels) labels=$2 ;;
      --cpus) cpus=$2 ;;
      --gpus) gpus=$2 ;;
      --health) health=$2 ;;
      *) memory=$2 ;;
    esac
    shift 2
  done
  [ -z "${uninstall}" ] || return 0
  case ${url} in
    http://?* | https://?*) ;;
    *) fail 2 "--url: expected a web address, got \"${url}\"" ;;
  esac
  case ${pin} in
    '' | sha256//?*) ;;
    *) fail 2 "--pin: expected sha256//…, got \"${pin}\"" ;;
  esac
  if [ -n "${ca}" ]; then
    [ -z "${pin}" ] || fail 2 '--ca and --pin: expected one of them'
    grep -qs '^-----BEGIN CERTIFICATE-----' "${ca}" || fail 2 "--ca: expected a file with a certificate (PEM), got \"${ca}\""
  fi
  [ -z "${health}" ] || is_address "${health}" || fail 2 "--health: expected HOST:PORT, got \"${health}\""
  case ${gpus} in
    '' | auto | none) ;;
    *[!0-9]* | ????*) fail 2 "--gpus: expected auto, none or a count, got \"${gpus}\"" ;;
    *) ;;
  esac
  labels_told='' memory_told=''
  [ -z "${labels}" ] || labels_told=$(labels_json "${labels}")
  [ -z "${memory}" ] || memory_told=$(memory_mib "${memory}")
  check_sum
  check_secret
  # What an authority is to it, an invite brings along.
  [ "${kind}-${pin:+pin}" != token-pin ] || fail 2 '--pin: expected --ca FILE with token=, for only an invite brings the authority'
}
