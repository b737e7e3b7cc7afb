# Completion of muster for bash: eval "$(muster completion)"
# shellcheck shell=bash
_muster() {
  local path='' word words=''
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) ;; *) path="$path $word" ;; esac
  done
  case "$path" in
    # one line per verb is put here
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _muster muster
