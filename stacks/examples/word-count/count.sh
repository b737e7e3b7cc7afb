#!/bin/sh
# How many words has a text, and which? The first line is what `wc -w` says; then `COUNT WORD`, the most frequent first.
# Needs what every Debian has: sh, wc, tr, sort, uniq. LC_ALL says which characters are spaces, as it does for `wc`.
set -eu
wc -w <"$1"
# From here on bytes: letters of other scripts stay whole, only ASCII changes its case, any machine sorts alike.
LC_ALL=C
export LC_ALL
tr 'A-Z' 'a-z' <"$1" | tr -cs "a-z0-9'\\200-\\377" '\n' | sed "s/^'*//; s/'*\$//; /^\$/d" | sort | uniq -c | sort -k1,1nr -k2
