# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with hosts, lab and their other parts
# Where does the disk of a host come from, and what is written on it before the first start?

# One archive for all hosts, made by hosts-rootfs. Its name tells the recipe and the month, so that Debian's updates come in.
rootfs_key() { { cat "$here/hosts-rootfs"; echo "${MUSTER_LAB_MONTH:-$(date +%Y-%m)}"; } | sha256sum | cut -c1-12; }
rootfs_path() { echo "$CACHE/hosts-$(rootfs_key).tar.zst"; }

build_rootfs() {
  local archive fresh
  archive=$(rootfs_path)
  [[ ! -s $archive ]] || return 0
  did=built remedy="Debian's packages did not come: check with apt-get update"
  fresh=$CACHE/hosts-$BASHPID.tar
  if ! { nice "$here/hosts-rootfs" "$fresh" && nice zstd -q -T0 --rm -f "$fresh" -o "$fresh.zst"; }; then
    rm -f "$fresh"
    return 1
  fi
  rm -f "$CACHE"/hosts-????????????.tar.zst && mv "$fresh.zst" "$archive"   # of older recipes and months
}

# For `lab up`: made beside what takes minutes, and tried once more should it fail.
ROOTFS_JOB=''
begin_rootfs() {
  [[ ! -s $(rootfs_path) ]] || return 0
  build_rootfs >"$LOGS/rootfs-beside.log" 2>&1 &
  ROOTFS_JOB=$!
}
finish_rootfs() {
  if [[ -n $ROOTFS_JOB ]] && wait "$ROOTFS_JOB"; then did=built; fi
  build_rootfs
}

host_folder() { echo "$STATE/$1"; }

# The archive unpacked: what all disks of a set lie upon, because they hold only what differs.
unpack_base() {
  local base=$STATE/base
  [[ ! -e $base ]] || return 0
  did=unpacked
  rm -rf --one-file-system "$base.new" && mkdir "$base.new" && zstd -dc "$(rootfs_path)" | tar -x -C "$base.new" &&
    rootfs_key >"$base.new/.key" && mv "$base.new" "$base"
}

# A newer archive is the end of the older disks.
drop_old_base() {
  local host
  [[ -e $STATE/base && $(<"$STATE/base/.key") != "$(rootfs_key)" ]] || return 0
  did=removed
  for host in "${HOSTS[@]}"; do sweep_host "$host" && empty_disk "$host" || return; done
  rm -rf --one-file-system "$STATE/base"
}

# Docker cannot keep its layers on an overlay: that folder of a host is one of this machine.
empty_disk() {
  local folder
  folder=$(host_folder "$1")
  rm -rf --one-file-system "$folder" && mkdir -p "$folder"/{disk,work,root,docker}
}

# What a provider gives a new machine: a name, its neighbours, and the key of who may enter. Empty disks alone get it.
furnish_disk() {
  local folder disk host
  folder=$(host_folder "$1") disk=$(host_folder "$1")/disk
  [[ ! -e $disk/etc/hostname ]] || return 0
  [[ -d $folder/docker ]] || empty_disk "$1" || return
  install -d -m 755 "$disk" "$disk/etc" "$disk/etc/ssh" && install -d -m 700 "$disk/root" "$disk/root/.ssh" || return
  install -m 600 "$STATE/ssh/key.pub" "$disk/root/.ssh/authorized_keys" &&
    install -m 600 "$STATE/ssh/host-$1" "$disk/etc/ssh/ssh_host_ed25519_key" &&
    install -m 644 "$STATE/ssh/host-$1.pub" "$disk/etc/ssh/ssh_host_ed25519_key.pub" || return
  { echo '127.0.0.1 localhost'
    for host in "${HOSTS[@]}"; do echo "$(host_address "$host") $host"; done
    echo "$MACHINE_ADDRESS machine"; } >"$disk/etc/hosts"
  # Names of the outside fail at once: a name server that stays silent would hold up whoever asks.
  echo 'nameserver 127.0.0.1' >"$disk/etc/resolv.conf"
  md5sum <<<"$LAB $1" | cut -c1-32 >"$disk/etc/machine-id"
  echo "$1" >"$disk/etc/hostname"
}
