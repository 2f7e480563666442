#!/bin/bash
# check.sh <manifest> <version file, or ''> <sluice> <options and files …>: the action of flink_release.
set -euo pipefail
manifest="$1" version_file="$2" sluice="$3"
shift 3
# A placeholder stands for the checkout's version, because an action sees declared files only.
version=unversioned
if [[ -n "$version_file" ]]; then
  version="$(<"$version_file")"
fi
check=("$sluice" publish --dry-run --version "$version" "$@")
if ! "${check[@]}" -o json > "$manifest"; then
  # The second run prints for people, because Bazel shows the output of a failed action.
  "${check[@]}" >&2
fi
