#!/usr/bin/env bash
# Lints for the action. Findings are no failure of this script: they are to be
# uploaded first. Its outputs:
#
#   exit-code   what nginxlint exited with
#   findings    how many there are
#   sarif-file  all of them, for code scanning
#
# and its inputs:
#
#   NGINXLINT                the program
#   INPUT_PATHS              what to lint, one a line
#   INPUT_ARGS               further flags, one a line
#   INPUT_FAIL_ON            severity to fail on, or empty
#   INPUT_WORKING_DIRECTORY  where paths count from
set -euo pipefail

# The lines of $1 that are not blank, in the array "lines". They are taken as
# they are: nothing in them is run, expanded or split.
lines_of() {
  lines=()
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    [ -z "${line//[[:blank:]]/}" ] || lines+=("$line")
  done <<<"$1"
}

reports=$(mktemp -d "${RUNNER_TEMP:?}/nginxlint.XXXXXX")
sarif=$reports/nginxlint.sarif
command=("${NGINXLINT:?}" --color always --format text
  "--format=github=$reports/commands" "--format=jsonl=$reports/findings.jsonl" "--format=sarif=$sarif")
if [ -n "${INPUT_FAIL_ON:-}" ]; then
  command+=("--fail-on=$INPUT_FAIL_ON")
fi
lines_of "${INPUT_ARGS:-}"
# The form with "+" is for bash 3 of macOS, to which an empty array is unset.
command+=(${lines[@]+"${lines[@]}"} --)
lines_of "${INPUT_PATHS:-}"
command+=("${lines[@]-.}")

# The text shows lines of the configuration, and what is linted may be somebody
# else's: none of it must be taken for a command of GitHub's runner.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '::stop-commands::%s\n' "$token"
status=0
(
  CDPATH='' cd -- "${INPUT_WORKING_DIRECTORY:-.}" >/dev/null || exit 2
  exec "${command[@]}"
) </dev/null 2>&1 || status=$?
printf '\n::%s::\n' "$token"

# These are commands, and they are escaped.
findings=0
if [ -f "$reports/commands" ]; then cat "$reports/commands"; fi
if [ -f "$reports/findings.jsonl" ]; then findings=$(wc -l <"$reports/findings.jsonl"); fi
if [ ! -f "$sarif" ]; then sarif=; fi

printf 'exit-code=%d\nfindings=%d\nsarif-file=%s\n' "$status" "$findings" "$sarif" >>"${GITHUB_OUTPUT:?}"
