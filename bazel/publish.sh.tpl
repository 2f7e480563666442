#!/bin/bash
# Written by flink_release(): publishes what Bazel built. Arguments are passed on to `sluice publish`.
set -euo pipefail

runfiles="${RUNFILES_DIR:-$0.runfiles}"
if [[ ! -d "$runfiles" ]]; then
  echo "$0: its files are not in $runfiles: run it with 'bazel run', or set RUNFILES_DIR" >&2
  exit 1
fi
# Absolute, since what follows runs where the user is: paths in the user's arguments mean what they say.
runfiles="$(cd "$runfiles/%{workspace}" && pwd)"
files=(%{files})
options=(--project %{project})
version_file=%{version_file}
if [[ -n "$version_file" ]]; then
  options+=(--version "$(<"$runfiles/$version_file")")
fi
# Without a version, it is that of the checkout; with one, the commit is recorded beside it where there is a checkout.
checkout="${BUILD_WORKSPACE_DIRECTORY:-$PWD}"
if [[ -z "$version_file" ]] || git -C "$checkout" rev-parse --verify --quiet HEAD >/dev/null 2>&1; then
  options+=(--git-directory "$checkout")
fi
cd "${BUILD_WORKING_DIRECTORY:-$PWD}"
exec "$runfiles/%{command}" publish "${files[@]/#/$runfiles/}" "${options[@]}" "$@"
