# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with hosts and its other parts
# How does this machine enter a host? With keys made once per set, so that a host is known by its key also when it is new.

make_key() { [[ -s $1 ]] || ssh-keygen -q -t ed25519 -N '' -C "$LAB" -f "$1"; }

make_keys() {
  local folder=$STATE/ssh host
  install -d -m 700 "$folder" && make_key "$folder/key" || return
  for host in "${HOSTS[@]}"; do make_key "$folder/host-$host" || return; done
  for host in "${HOSTS[@]}"; do
    echo "$(host_address "$host"),$host $(<"$folder/host-$host.pub")"
  done >"$folder/known_hosts"
  { for host in "${HOSTS[@]}"; do printf 'Host %s\n  HostName %s\n' "$host" "$(host_address "$host")"; done
    cat <<END
Host $SUBNET.0.* ${HOSTS[*]}
  User root
  IdentityFile $folder/key
  IdentitiesOnly yes
  UserKnownHostsFile $folder/known_hosts
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  BatchMode yes
  ConnectTimeout 5
  LogLevel ERROR
END
  } >"$folder/config"
}

ssh_to() { ssh -F "$STATE/ssh/config" "$@"; }

print_inventory() {
  local host
  echo '[lab]'
  for host in "${HOSTS[@]}"; do echo "$host ansible_host=$(host_address "$host")"; done
  printf '\n[lab:vars]\n'
  echo "ansible_user=root"
  echo "ansible_python_interpreter=/usr/bin/python3"
  echo "ansible_ssh_common_args='-F $STATE/ssh/config'"
}
