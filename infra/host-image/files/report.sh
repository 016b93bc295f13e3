#!/bin/sh
# One line for the console, once the service answers: what everybody may know.
set -eu

for _ in $(seq 60); do
  if status=$(curl --fail --silent --max-time 5 http://127.0.0.1/status.json); then
    address=$(echo "$status" | sed --quiet 's/^ *"address": "\([A-Za-z0-9]*\)".*/\1/p' | head --lines=1)
    echo "btc-pinata: serving on 80, 443, 10000, 10001 and 10002; wallet $address"
    exit 0
  fi
  sleep 1
done
echo "btc-pinata: the service does not answer; it is tried again"
exit 1
