#!/usr/bin/env bash
# Runs the shell script of docs/ci.md, as it stands there, against a server that
# leaks and against one that does not: red, then green. Needs Go, Node and curl.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

die() { printf 'ci-example: %s\n' "$*" >&2; exit 1; }

mkdir "$scratch/bin"
go build -o "$scratch/bin/heapdiff" ./cmd/heapdiff
sed -n '/^<!-- scripts\/ci-example.sh runs/,/^```$/p' docs/ci.md | sed '1,2d;$d' >"$scratch/leak-check.sh"
grep -q 'heapdiff check' "$scratch/leak-check.sh" || die 'docs/ci.md has no shell script'

# free_port: one that nobody listens on.
free_port() { node -e 'const s = require("net").createServer().listen(0, () => { console.log(s.address().port); s.close(); })'; }

# run LEAK: the script in a folder with the server; prints its report.
run() {
  local folder=$scratch/leak-$1 status=0
  mkdir "$folder"
  cp scripts/ci-example/server.js "$folder/"
  (cd "$folder" && unset GITHUB_ACTIONS GITLAB_CI && PATH="$scratch/bin:$PATH" LEAK=$1 PORT=$(free_port) sh ../leak-check.sh) >"$folder/log" 2>&1 || status=$?
  cat "$folder/log"
  printf 'exit status %s\n' "$status"
  grep -q '<testsuites' "$folder/leak.xml" || die 'no test results were written'
  return "$status"
}

status=0
run 1 >"$scratch/red" || status=$?
grep -E '^(FAIL|PASS|INCONCLUSIVE|heapdiff)' "$scratch/red" || true
[ "$status" -eq 1 ] || { cat "$scratch/red"; die "the server that leaks exits with $status, not 1"; }
grep -q '^FAIL growth .* > 1 MiB: global\.app\.sessions ' "$scratch/red" || { cat "$scratch/red"; die 'the leak is not named'; }

status=0
run 0 >"$scratch/green" || status=$?
grep -E '^(FAIL|PASS|INCONCLUSIVE|heapdiff)' "$scratch/green" || true
[ "$status" -eq 0 ] || { cat "$scratch/green"; die "the server that does not leak exits with $status, not 0"; }
grep -q '^PASS growth ' "$scratch/green" || { cat "$scratch/green"; die 'no verdict'; }
echo 'red, then green'
