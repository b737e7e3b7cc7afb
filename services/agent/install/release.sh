# Which programs may the agent become later, and what brings the one before back? Written before it starts.

release_sum=''

# Machine or user: the key is theirs to read, and nobody's of the agent's to change.
choose_key_place() {
  key_file=${home}/release.pub
  [ "$(id -u)" -ne 0 ] || key_file=/etc/muster/release.pub
}

bring_release() {
  choose_key_place
  # What a rack brought, it renews.
  if is_shared; then return 0; fi
  rollback_script >"${home}/agent-rollback.new"
  settle "${home}/agent-rollback" 755
  release_key >"${key_file}.new"
  # Whoever built this installer signs nothing.
  if [ -s "${key_file}.new" ]; then settle "${key_file}" 644; else rm "${key_file}.new"; fi
  [ -n "${release_sum}" ] || return 0
  # An older release than this one is refused from now on.
  fetch RELEASE "${home}/RELEASE.new"
  [ "$(sum_of "${home}/RELEASE.new")" = "${release_sum}" ] || fail 5 'the release has another checksum than the list says'
  before=${changed}
  settle "${home}/RELEASE" 644
  changed=${before}
}

remove_release() {
  choose_key_place
  if is_shared; then return 0; fi
  for file in agent-rollback RELEASE update-pending update-failed; do rm -f "${home}/${file}" "${home}/${file}.new"; done
  rm -f "${key_file}" "${key_file}.new"
}
