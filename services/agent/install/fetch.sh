# How does a file come from the orchestrator? Past no other key than the pinned one, and with the token out of sight.

# NAME FILE
fetch() {
  set -- "$1" "$2" -sS --connect-timeout 10 --retry 3 --max-time 900 --write-out '%{http_code}' --output "$2"
  [ -z "${pin}" ] || set -- "$@" --insecure --pinnedpubkey "${pin}"
  # Beside the file curl would take the authorities of the machine.
  [ -z "${ca}" ] || set -- "$@" --cacert "${ca}" --capath /dev/null
  path=/downloads/$1
  [ "$1" != install.sh ] || path=/install.sh
  target=$2
  shift 2
  # By standard input: what stands in the arguments of a program is seen by every user.
  status=$(printf 'header = "Authorization: Bearer %s"\n' "${secret}" | curl "$@" --config - "${url}${path}") ||
    fail 5 "${path} could not be fetched from ${url}" 'is the address right, and does this machine reach it?'
  [ "${status}" = 200 ] && return 0
  said=$(head -c 300 "${target}" | tr -d '[:cntrl:]')
  rm -f "${target}"
  case ${status} in
    401 | 403) refuse_unknown ;;
    410) fail 4 'this invite was used a while ago, has expired or was revoked' 'ask for another one: muster workers invite' ;;
    *) fail 5 "${url}${path} was answered with ${status}: ${said}" ;;
  esac
}

sum_of() { sha256sum "$1" | cut -c 1-64; }

# NAME: its checksum in the list.
listed_sum() { sed -n "s/^\([0-9a-f]\{64\}\) [ *]$1\$/\1/p" "${home}/SHA256SUMS.new"; }

agent_sha256=${agent_sha256:-}

check_sum() {
  case ${agent_sha256} in
    '') ;;
    *[!0-9a-f]*) fail 2 'agent_sha256: expected 64 hex digits, found another text' ;;
    *) [ "${#agent_sha256}" -eq 64 ] || fail 2 "agent_sha256: expected 64 hex digits, got ${#agent_sha256}" ;;
  esac
}

release_of() { printf '%s' "$1" | cut -c 1-12; }

# The agent of that sum.
is_here() {
  program=${home}/releases/$(release_of "${sum}")/muster-agent
  [ -x "${program}" ] && [ "$(sum_of "${program}")" = "${sum}" ]
}

# Puts the executable into a folder named after its content, and the link to it.
fetch_agent() {
  name=muster-agent-linux-${arch}
  fetch SHA256SUMS "${home}/SHA256SUMS.new"
  sum=$(listed_sum "${name}")
  script_sum=$(listed_sum install.sh)
  release_sum=$(listed_sum RELEASE)
  rm "${home}/SHA256SUMS.new"
  [ -n "${sum}" ] || fail 5 "the orchestrator offers no ${name}" 'muster build-executables, on its machine'
  # What it should be, somebody else has said; what is here already is not asked for again.
  if [ -n "${agent_sha256}" ] && [ "${sum}" != "${agent_sha256}" ]; then
    offered=${sum}
    sum=${agent_sha256}
    is_here || fail 5 "${name}: expected $(release_of "${sum}") (agent_sha256), the orchestrator offers $(release_of "${offered}")" \
      'Muster was built anew since: give this machine the checksum of its SHA256SUMS; for a pool: muster cloud up'
  fi
  release=${home}/releases/$(release_of "${sum}")
  if ! is_here; then
    say "downloading ${name}"
    make_folder "${release}"
    fetch "${name}" "${release}/muster-agent.new"
    [ "$(sum_of "${release}/muster-agent.new")" = "${sum}" ] || {
      rm "${release}/muster-agent.new"
      fail 5 "${name} has another checksum than the list says" 'try again; if it stays so, somebody changed it on the way'
    }
    chmod 755 "${release}/muster-agent.new"
    "${release}/muster-agent.new" --version >/dev/null || fail 3 "${name} does not run on this machine"
    sync "${release}/muster-agent.new" 2>/dev/null || :
    mv "${release}/muster-agent.new" "${release}/muster-agent"
  fi
  make_folder "${home}/bin"
  previous=$(readlink "${home}/bin/muster-agent" || :)
  if [ "${previous}" != "${release}/muster-agent" ]; then
    ln -sf "${release}/muster-agent" "${home}/bin/muster-agent.new"
    mv "${home}/bin/muster-agent.new" "${home}/bin/muster-agent"
    changed=yes
  fi
}

# Of older agents the last one stays, to go back to.
drop_releases() {
  [ "${previous}" != "${release}/muster-agent" ] && [ -n "${previous}" ] || return 0
  for file in "${home}"/releases/*/muster-agent; do
    case ${file} in
      "${previous}" | "${release}/muster-agent") ;;
      *) drop_release "${file}" ;;
    esac
  done
}

drop_release() {
  folder=$(dirname "$1")
  rm "$1"
  rmdir "${folder}"
  forget "${folder}"
}

# For --uninstall.
fetch_installer() {
  if [ -n "${agent_sha256}" ] && grep -qs '^# Makes this machine a worker of a Muster cluster' "$0"; then
    # Somebody else has said what this script is, too.
    cat "$0" >"${home}/agent-install.sh.new"
  else
    fetch install.sh "${home}/agent-install.sh.new"
    [ "$(sum_of "${home}/agent-install.sh.new")" = "${script_sum}" ] || fail 5 'the installer has another checksum than the list says'
  fi
  before=${changed}
  settle "${home}/agent-install.sh" 755
  changed=${before}
}
