#!/bin/sh
# Serves on every address of this machine, port 8000, as `npm start` does on 127.0.0.1. Flags are passed on:
#   run_autoglm_server.sh --port 9000 --profile edge
set -eu

# The repository, also when this script was called through links (such as one in /usr/local/bin).
self=$0
while [ -L "$self" ]; do
  target=$(readlink "$self")
  case $target in
    /*) self=$target ;;
    *) self=$(dirname "$self")/$target ;;
  esac
done
root=$(cd "$(dirname "$self")" && pwd -P)

if ! command -v node >/dev/null 2>&1; then
  echo 'Node was not found: install Node 20.19 or newer from nodejs.org, then run this again.' >&2
  exit 1
fi
# Says what this machine has, which engine serves and why, and what to mend. Serving goes on all the same: it says itself what it
# cannot do without.
node "$root/scripts/start.mjs" doctor --brief --host 0.0.0.0 --port 8000 "$@" || true
echo
echo 'warning: no authentication is set: whoever can reach this machine on the network can use this server.' >&2
exec node "$root/scripts/start.mjs" --host 0.0.0.0 --port 8000 "$@"
