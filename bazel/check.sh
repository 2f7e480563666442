#!/bin/bash
# check.sh <manifest> <version file, or ''> <sluice> <options and files …>: the action of flink_release.
set -euo pipefail
manifest="$1" version_file="$2" sluice="$3"
shift 3
# The version of a checkout is not known here: an action sees declared files only.
version=unversioned
if [[ -n "$version_file" ]]; then
  version="$(<"$version_file")"
fi
check=("$sluice" publish --dry-run --version "$version" "$@")
if ! "${check[@]}" -o json > "$manifest"; then
  # Once more, for people: Bazel shows what a failed action said.
  "${check[@]}" >&2
fi
