#!/bin/sh
# The data volume: found by its label; where none has it, the one that fits the patterns is formatted, if it is blank.
set -eu

say() { echo "btc-pinata: $*"; }
label=btc-pinata
place=/var/lib/btc-pinata-volume
data=/var/lib/btc-pinata

mkdir -p "$place" "$data"
# Where a resumed machine is told of. Node may read in a folder that is there when it starts, and in no other.
mkdir -p /run/btc-pinata
if ! mountpoint --quiet "$place"; then
  labelled=$(blkid --cache-file /dev/null --match-token "LABEL=$label" --output device || true)
  case $(echo "$labelled" | wc --words) in
    0)
      set --
      # shellcheck disable=SC2086 # patterns, each a word
      for device in $VOLUME_PATTERNS; do [ ! -b "$device" ] || set -- "$@" "$device"; done
      if [ $# -eq 0 ]; then
        say "no volume is labelled $label, and there is none at $VOLUME_PATTERNS; waiting for one to be attached"
        exit 1
      fi
      if [ $# -gt 1 ]; then
        say "which volume? None is labelled $label, and there are $#: $*. Detach all but one"
        exit 1
      fi
      if [ -n "$(wipefs --no-act --noheadings "$1")" ] || ! cmp --quiet --bytes=1048576 "$1" /dev/zero; then
        say "the volume $1 has no label $label, and it is not blank. It is left alone: attach ours, or a blank one"
        exit 1
      fi
      say "the volume $1 is blank: formatted"
      mkfs.ext4 -q -m 0 -L "$label" "$1"
      labelled=$1
      ;;
    1) ;;
    *)
      say "which volume? $(echo "$labelled" | tr '\n' ' ')are all labelled $label. Detach all but one"
      exit 1
      ;;
  esac
  e2fsck -p "$labelled" >/dev/null || [ $? -eq 1 ]
  mount --options nodev,nosuid,noexec "$labelled" "$place"
  say "data volume $labelled"
fi
chmod 0700 "$place"
mkdir -p "$place/data" "$place/seal"
chmod 0700 "$place/seal"
chown btc-pinata:btc-pinata "$place/data"
chmod 0700 "$place/data"
mountpoint --quiet "$data" || mount --bind "$place/data" "$data"
# What is sealed on one machine is opened on the next: systemd-creds(1) ties its secret to the id of a machine, so the volume
# has one of its own.
[ -e "$place/seal/machine-id" ] || systemd-id128 new >"$place/seal/machine-id"
