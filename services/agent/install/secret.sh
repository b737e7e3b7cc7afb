# By what does this machine come in? By an invite of its own or the secret of its class, which no other program sees.

kind='' secret=''

# First of all, so that nothing that is started has it in its environment.
take_secret() {
  unset kind secret
  kind=${token:+token}${invite:+invite}
  secret=${token:-${invite:-}}
  unset token invite
}

check_secret() {
  case ${kind}-${secret} in
    -*) fail 4 'there is no invite' 'run the line that "muster workers invite" prints, or set token= to the secret of a class' ;;
    tokeninvite-*) fail 2 'there are token= and invite=' 'set one of them' ;;
    *-m?_*[!A-Za-z0-9_-]* | *-m?_) refuse_text ;;
    token-mc_* | invite-mi_*) ;;
    *) refuse_text ;;
  esac
}

refuse_text() {
  [ "${kind}" = invite ] || fail 4 'token: expected mc_ and letters, the secret of a class, found another text'
  fail 4 'invite: expected mi_ and letters, found another text'
}

# The orchestrator knows nobody by it.
refuse_unknown() {
  [ "${kind}" = invite ] || fail 4 "the orchestrator at ${url} does not know this class secret" \
    "token= takes what .muster/secrets/classes/${class:-CLASS}/token holds where the cluster is run, or its copy in the cloud"
  fail 4 "the orchestrator at ${url} does not know this invite" 'ask for another one: muster workers invite'
}

# Sets secret_file: of root alone, and under systemd a credential of the unit.
write_secret() {
  secret_file=${secret_place}-${kind}
  printf '%s\n' "${secret}" | (umask 077 && cat >"${secret_file}.new")
  settle "${secret_file}" 600
}

# The variable that says where the agent finds it.
secret_setting() {
  credential=${secret_file}
  [ "${form}" != system ] || credential=/run/credentials/muster-agent.service/${kind}
  case ${kind} in
    token) setting MUSTER_TOKEN_FILE "${credential}" ;;
    *) setting MUSTER_INVITE_FILE "${credential}" ;;
  esac
}

# An earlier run came with one of the other kind; KIND… are those to remove.
drop_secrets() {
  for each in "$@"; do
    [ "${each}" = "${kind}" ] || rm -f "${secret_place}-${each}" "${secret_place}-${each}.new"
  done
}
