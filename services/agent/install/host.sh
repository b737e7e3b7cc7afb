# Does this machine fit, and who will keep the agent alive on it?

arch='' form=''

# Sets arch.
check_host() {
  for program in curl sha256sum sed grep cmp mkfifo; do
    command -v "${program}" >/dev/null 2>&1 || fail 3 "this machine lacks ${program}" 'install it with the package manager'
  done
  [ "$(uname -s)" = Linux ] || fail 3 "expected Linux, found $(uname -s)"
  case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) fail 3 "expected a machine with x86_64 or aarch64, found $(uname -m)" ;;
  esac
  libc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || libc=''
  version=${libc#glibc }
  minor=${version#*.}
  case ${libc} in
    glibc\ 2.*) [ "${minor%%[!0-9]*}" -ge 28 ] || fail 3 "expected glibc 2.28 or newer, found ${version}" 'Debian 10, Ubuntu 20.04, Fedora 29 and what is newer' ;;
    *) fail 3 'expected glibc 2.28 or newer, found another C library' 'Alpine cannot run the agent; Debian, Ubuntu, Fedora and Arch can' ;;
  esac
  name=$(sed -n 's/^PRETTY_NAME=//p' /etc/os-release 2>/dev/null | tr -d "\"'") || name=''
  say "${name:-Linux}, $(uname -m), glibc ${version}"
}

systemd_version() { systemctl --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p'; }

# Sets form: system, user, or alone where no systemd can be told to keep the agent.
choose_form() {
  form=alone
  [ -d /run/systemd/system ] || return 0
  version=$(systemd_version)
  if [ "$(id -u)" -eq 0 ]; then
    # Older ones do not know LoadCredential.
    [ "${version:-0}" -ge 247 ] || fail 3 "expected systemd 247 or newer, found ${version:-none}" 'run the line as a user who is not root'
    form=system
    return 0
  fi
  : "${XDG_RUNTIME_DIR:=/run/user/$(id -u)}"
  export XDG_RUNTIME_DIR
  # Nobody is logged in as this user: allowed to stay, its manager starts.
  if [ ! -S "${XDG_RUNTIME_DIR}/systemd/private" ] && loginctl enable-linger >/dev/null 2>&1; then
    linger_is_ours=yes
    wait_for 5 [ -S "${XDG_RUNTIME_DIR}/systemd/private" ] || :
  fi
  ! systemctl --user show-environment >/dev/null 2>&1 || form=user
}

# SECONDS COMMAND…: true as soon as the command is, false when it never was.
wait_for() {
  until=$(($(date +%s) + $1))
  shift
  until "$@"; do
    [ "$(date +%s)" -le "${until}" ] || return 1
    sleep 0.1
  done
}
