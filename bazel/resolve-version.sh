#!/bin/bash
# resolve-version.sh <version> <stable status> <volatile status> <output>: replaces the keys in braces.
set -euo pipefail
version="$1"
while IFS=' ' read -r key value || [[ -n "$key" ]]; do
  if [[ -n "$key" ]]; then
    version="${version//"{$key}"/$value}"
  fi
done < <(cat "$2" "$3")
if [[ "$version" == *[{}]* ]]; then
  echo "version: Bazel's workspace status does not have all keys of \"$version\": see --workspace_status_command" >&2
  exit 1
fi
printf %s "$version" > "$4"
