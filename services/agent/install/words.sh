#!/bin/sh
# Makes this machine a worker of a Muster cluster, or with --uninstall takes every trace of that away.
# Asks nothing, needs no package, may be run again at any time. `muster workers invite` prints the line that runs it.
# Functions are asked in conditions on purpose, and what they print is looked at, also when it is nothing.
# shellcheck disable=SC2310,SC2312
set -eu

usage() {
  cat <<'END'
  sh install.sh --url URL [--pin sha256//KEY] [options]     with invite=mi_… set in the shell
  sh install.sh --uninstall

  --url URL         where the orchestrator is
  --pin PIN         the only key that it may show, for curl --pinnedpubkey
  --class CLASS     the class that the worker belongs to
  --labels K=V,…    its labels
  --cpus N          at most so many CPUs for jobs
  --memory SIZE     at most so much memory for jobs: 500MiB, 8GiB
  --gpus N          at most so many GPUs for jobs; none; auto: all (the default)
  --packages        as root: installs what this machine lacks by its package manager
  --uninstall       stops the agent and removes all that was installed
As root it installs for the machine, else for the user. Exit codes: 1 failed, 2 wrong options, 3 this machine does not
fit, 4 the invite does not open the door, 5 a download is not what it should be.
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

url='' pin='' class='' labels='' cpus='' memory='' gpus='' packages='' uninstall=''

read_options() {
  while [ "$#" -gt 0 ]; do
    case $1 in
      --help) usage && exit 0 ;;
      --uninstall) uninstall=yes && shift && continue ;;
      --packages) packages=yes && shift && continue ;;
      --url | --pin | --class | --labels | --cpus | --memory | --gpus) ;;
      *) fail 2 "there is no option $1" 'sh install.sh --help' ;;
    esac
    [ "$#" -gt 1 ] || fail 2 "$1: expected a value, got nothing"
    one_line "$1" "$2"
    case $1 in
      --url) url=${2%/} ;;
      --pin) pin=$2 ;;
      --class) class=$2 ;;
      --labels) labels=$2 ;;
      --cpus) cpus=$2 ;;
      --gpus) gpus=$2 ;;
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
  case ${gpus} in
    '' | auto | none) ;;
    *[!0-9]* | ????*) fail 2 "--gpus: expected auto, none or a count, got \"${gpus}\"" ;;
    *) ;;
  esac
  labels_told='' memory_told=''
  [ -z "${labels}" ] || labels_told=$(labels_json "${labels}")
  [ -z "${memory}" ] || memory_told=$(memory_mib "${memory}")
  case ${invite:-} in
    mi_*[!A-Za-z0-9_-]* | mi_) fail 4 'invite: expected mi_ and letters, found another text' ;;
    mi_*) ;;
    *) fail 4 'there is no invite' 'run the line that "muster workers invite" prints' ;;
  esac
}
