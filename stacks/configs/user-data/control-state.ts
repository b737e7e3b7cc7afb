// Where does the control plane keep its state? On a disk of its own, which outlives the machine.

/** Everything that services keep lies there (systemd's folder for users that exist while they run). */
const place = '/var/lib/private/muster';

/** Never touches a disk that holds something else. Waits for as long as it takes: nobody may begin with an empty state. */
export const stateScript = `#!/bin/sh
# Mounts the disk with the state, a blank one as new. Run by muster-state.service, which all wait for that keep something.
set -eu
place=${place} label=muster-state
say() { printf 'muster: %s\\n' "$*"; }

# A whole disk that nobody uses, and that no cloud lends for the life of the machine alone
is_free() {
  case $(cat "$1/device/model" 2>/dev/null) in
    *'Instance Storage'* | EphemeralDisk* | nvme_card | nvme_card[!-]*) return 1 ;;
  esac
  [ -b "/dev/\${1##*/}" ] && [ "$(cat "$1/ro")" = 0 ] && [ "$(cat "$1/size")" != 0 ] && [ -z "$(ls "$1/holders")" ] &&
    ! ls "$1"/*/partition >/dev/null 2>&1 && ! findmnt --source "/dev/\${1##*/}" >/dev/null
}

# Nothing that anybody knows, and nothing at all at its beginning: a disk that cannot be read has no label either.
is_blank() { cmp -s -n 1048576 "$1" /dev/zero; }

# One that has the label, else the one that is blank
look() {
  ours='' blank='' others=''
  for each in /sys/block/*; do
    is_free "\${each}" || continue
    disk=/dev/\${each##*/}
    found=$(blkid -p -o export "\${disk}") && code=0 || code=$?
    case "\${code} \${found}" in
      *LABEL=\${label}*) ours="\${ours} \${disk}" ;;
      '2 ') if is_blank "\${disk}"; then blank="\${blank} \${disk}"; else others="\${others} \${disk}"; fi ;;
      *) others="\${others} \${disk}" ;;
    esac
  done
  # shellcheck disable=SC2086 # words
  set -- \${ours:-\${blank}}
  [ $# -eq 1 ] && disk=$1
}

state_is_there() {
  mountpoint -q "\${place}" && return
  now="waiting for one disk with the label \${label}, or one that is blank"
  if look; then
    if [ -z "\${ours}" ]; then
      say "\${disk} is blank and becomes the disk with the state"
      mkfs.ext4 -q -L "\${label}" "\${disk}" || return
    fi
    install -d -m 0700 /var/lib/private && install -d "\${place}" || return
    mount -o nodev,nosuid "\${disk}" "\${place}" && say "the state is on \${disk}" && return
    now="\${disk} cannot be mounted"
  fi
  now="\${now} (with the label:\${ours:- none}; blank:\${blank:- none}; with something else:\${others:- none})"
  [ "\${now}" = "\${said}" ] || say "\${now}"
  said=\${now}
  return 1
}

said=''
until state_is_there; do sleep 5; done
`;

/** `services`: units whose state lies there. */
export const stateUnit = (services: readonly string[]): string => `[Unit]
Description=Muster: mounts the disk with the state
Before=${services.join(' ')}
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/lib/muster/state
[Install]
WantedBy=multi-user.target
RequiredBy=${services.join(' ')}
`;
