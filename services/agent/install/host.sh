# Does this machine fit, and which command of its distribution brings what it lacks?

# Stands before /etc, /run, /usr and /proc; empty but in tests.
machine=''
arch='' family=''

# NAME: its value, read as text and never run.
os_release() {
  for file in "${machine}/etc/os-release" "${machine}/usr/lib/os-release"; do
    [ ! -e "${file}" ] || {
      sed -n "s/^$1=//p" "${file}" | head -n 1 | tr -d "\"'" | tr -d '[:cntrl:]'
      return 0
    }
  done
}

# Whose packages it takes: its own, or those of a distribution that it is like.
family_of() {
  { os_release ID && echo && os_release ID_LIKE && echo; } | tr ' ' '\n' | sed -n \
    -e '/^debian$/p' -e 's/^ubuntu$/debian/p' -e '/^arch$/p' -e 's/^archlinux$/arch/p' \
    -e '/^fedora$/p' -e 's/^rhel$/fedora/p' -e 's/^centos$/fedora/p' | head -n 1
}

# PROGRAM: the package that has it.
package_of() {
  case ${family}-$1 in
    *-sha256sum | *-mkfifo | *-head | *-tail) echo coreutils ;;
    *-cmp) echo diffutils ;;
    *-flock | *-setsid) echo util-linux ;;
    debian-getconf) echo libc-bin ;;
    fedora-getconf) echo glibc-common ;;
    arch-getconf) echo glibc ;;
    debian-libstdc++) echo libstdc++6 ;;
    arch-libstdc++) echo gcc-libs ;;
    *) echo "$1" ;;
  esac
}

has_library() {
  for file in "${machine}"/usr/lib/"$1" "${machine}"/usr/lib64/"$1" "${machine}"/lib/*/"$1" "${machine}"/usr/lib/*/"$1"; do
    [ ! -e "${file}" ] || return 0
  done
  [ -z "${machine}" ] && { ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | grep -qF "$1"
}

# Prints what is not there, one a line.
lacking() {
  for program in curl sha256sum mkfifo head tail sed grep cmp flock setsid getconf; do
    command -v "${program}" >/dev/null 2>&1 || echo "${program}"
  done
  has_library libstdc++.so.6 || echo libstdc++
}

# PACKAGE…: the command that brings them.
bring_command() {
  case ${family} in
    debian) echo "apt-get install -y $*" ;;
    fedora) echo "dnf install -y $*" ;;
    arch) echo "pacman -S --needed --noconfirm $*" ;;
    *) return 1 ;;
  esac
}

check_programs() {
  missing=$(lacking)
  [ -n "${missing}" ] || return 0
  wanted=$(printf '%s\n' "${missing}" | while IFS= read -r program; do package_of "${program}"; done | sort -u | tr '\n' ' ')
  missing=$(printf '%s\n' "${missing}" | tr '\n' ' ')
  command=$(bring_command "${wanted% }") ||
    fail 3 "this machine lacks ${missing% }" "install with its package manager: ${wanted% }"
  if [ "$(id -u)" -ne 0 ]; then
    fail 3 "this machine lacks ${missing% }" "as root: ${command}"
  elif [ -z "${packages}" ]; then
    fail 3 "this machine lacks ${missing% }" "${command}, or the line with --packages at its end"
  fi
  say "${command}"
  [ "${family}" != debian ] || apt-get update -q >/dev/null || :
  DEBIAN_FRONTEND=noninteractive sh -c "${command}" >/dev/null || fail 3 "this machine lacks ${missing% }" "${command}"
  missing=$(lacking | tr '\n' ' ')
  [ -z "${missing}" ] || fail 3 "this machine still lacks ${missing% }"
}

# Sets arch.
check_machine() {
  [ "$(uname -s)" = Linux ] || fail 3 "expected Linux, found $(uname -s)"
  case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) fail 3 "expected a machine with x86_64 or aarch64, found $(uname -m)" ;;
  esac
  # A kernel of 64 bits may run a system of 32.
  bits=$(getconf LONG_BIT 2>/dev/null) || bits=unknown
  [ "${bits}" = 64 ] || fail 3 "expected a system of 64 bits, found ${bits} on $(uname -m)"
}

# Sets version, of the C library.
check_libc() {
  libc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || libc=''
  version=${libc#glibc }
  minor=${version#*.}
  case ${libc} in
    glibc\ 2.*) [ "${minor%%[!0-9]*}" -ge 28 ] || fail 3 "expected glibc 2.28 or newer, found ${version}" 'Debian 10, Ubuntu 20.04, Fedora 29 and what is newer' ;;
    *) fail 3 'expected glibc 2.28 or newer, found another C library' 'Alpine cannot run the agent; Debian, Ubuntu, Fedora and Arch can' ;;
  esac
}

check_host() {
  family=$(family_of)
  command -v getconf >/dev/null 2>&1 || check_programs
  check_machine
  check_libc
  check_programs
  system=$(os_release PRETTY_NAME)
  say "${system:-Linux}, $(uname -m), glibc ${version}"
}
