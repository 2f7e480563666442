#!/bin/bash
# flink_release() wrote this script. It publishes Bazel's output, and passes its arguments to `sluice publish`.
set -euo pipefail

runfiles="${RUNFILES_DIR:-$0.runfiles}"
if [[ ! -d "$runfiles" ]]; then
  echo "$0: its files are not in $runfiles: run it with 'bazel run', or set RUNFILES_DIR" >&2
  exit 1
fi
# The path is absolute, because the command runs in the user's folder, where relative paths in the user's arguments hold.
runfiles="$(cd "$runfiles/%{workspace}" && pwd)"
files=(%{files})
options=(--project %{project})
version_file=%{version_file}
if [[ -n "$version_file" ]]; then
  options+=(--version "$(<"$runfiles/$version_file")")
fi
# Without a version, `sluice publish` takes the checkout's. With a version, it records the commit too if there is one.
checkout="${BUILD_WORKSPACE_DIRECTORY:-$PWD}"
if [[ -z "$version_file" ]] || git -C "$checkout" rev-parse --verify --quiet HEAD >/dev/null 2>&1; then
  options+=(--git-directory "$checkout")
fi
cd "${BUILD_WORKING_DIRECTORY:-$PWD}"
exec "$runfiles/%{command}" publish "${files[@]/#/$runfiles/}" "${options[@]}" "$@"
