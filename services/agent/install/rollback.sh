#!/bin/sh
# Which agent ran before an update that did not come to its end? It is linked again, and says so when it starts.
#   rollback.sh HOME start    before an agent starts: unless whoever renews it is still there
#   rollback.sh HOME ended    whoever renewed it has ended; its name follows
set -u
cd "$1" || exit 0
note=update-pending
[ -e "${note}" ] || exit 0
said() { sed -n "s/^$1 //p" "${note}"; }

case $2 in
  start)
    # A number of a process of another boot is anybody's.
    [ "$(said boot)" != "$(cat /proc/sys/kernel/random/boot_id)" ] || ! kill -0 "$(said pid)" 2>/dev/null || exit 0
    ;;
  *) [ "$(said helper)" = "${3:-}" ] || exit 0 ;;
esac
before=$(said before)
manager=$(said manager)
unit=muster-$(said service).service
[ -x "${before}" ] || exit 1
ln -sf "${before}" bin/muster-agent.back
mv bin/muster-agent.back bin/muster-agent
mv "${note}" update-failed
echo "muster: ${before} is the agent again"
[ "$2" = ended ] || exit 0
case ${manager} in
  system) set -- systemctl ;;
  user) set -- systemctl --user ;;
  *) exit 0 ;;
esac
# It has no job, and one that hangs would not end otherwise.
"$@" kill --kill-whom=all --signal=KILL "${unit}" 2>/dev/null
"$@" --no-block restart "${unit}"
