#!/usr/bin/env bash
# Runs the workflow of docs/ci.md, as it stands there, and the action with it, on a runner: first red, then green. It must say so in one
# comment, which is updated, in an annotation and in the job summary.
#
# Needs Go, Node, curl and jq. The runner is act, without containers; the actions of others that the workflow uses are stood in for.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
die() { printf 'act: %s\n' "$*" >&2; exit 1; }

GOBIN=$work go install github.com/nektos/act@v0.2.89
stand_in() { # NAME: an action that does nothing
  mkdir -p "$work/$1"
  printf 'name: %s\ndescription: stands in for it\nruns: { using: composite, steps: [{ run: "true", shell: bash }] }\n' "$1" >"$work/$1/action.yml"
}
stand_in setup-go
stand_in setup-node
stand_in codeql-action/upload-sarif

repository=$work/repository
mkdir -p "$repository/.github/workflows" "$repository/scripts"
awk '/^## GitHub Actions/ {found = 1} found && /^```yaml/ {code = 1; next} code && /^```/ {exit} code' docs/ci.md >"$repository/.github/workflows/memory.yml"
cp scripts/ci-example/work.js "$repository/scripts/"
cat >"$repository/scripts/take-snapshots.js" <<'JS'
const v8 = require('v8');
const work = require('./work.js');
for (let i = 0; i < 50; i++) work(i);
v8.writeHeapSnapshot('before.heapsnapshot');
for (let i = 0; i < 2000; i++) work(i);
v8.writeHeapSnapshot('after.heapsnapshot');
JS
echo '{"name": "shop", "version": "1.0.0"}' >"$repository/package.json"
echo '{"pull_request": {"number": 7}}' >"$work/event.json"
(
  cd "$repository"
  npm install --silent --package-lock-only
  git init -q && git remote add origin https://github.com/some/where.git && git add -A
  git -c user.name=shop -c user.email=shop@example.com commit -qm shop
)

export PORT=$(node -e 'const s = require("net").createServer().listen(0, () => { console.log(s.address().port); s.close(); })')
node scripts/ci-example/comments.js >"$work/comments" &
server=$!

# run LEAK STATUS PATTERN…: the workflow, what it exits with, and what its log says.
run() {
  local status=0
  (cd "$repository" && "$work/act" pull_request -P ubuntu-latest=-self-hosted -e "$work/event.json" -s GITHUB_TOKEN=secret \
    --env "GITHUB_API_URL=http://127.0.0.1:$PORT" --env "LEAK=$1" --action-cache-path "$work/cache" \
    --local-repository "actions/setup-go@v5=$work/setup-go" --local-repository "actions/setup-node@v4=$work/setup-node" \
    --local-repository "github/codeql-action@v3=$work/codeql-action" --local-repository "heapdiff/heapdiff@v1=$OLDPWD") >"$work/log" 2>&1 || status=$?
  grep -E '::(error|warning)|Summary - |comment .*(written|updated)|Job (failed|succeeded)' "$work/log" | cut -c1-200
  [ "$status" -eq "$2" ] || { cat "$work/log"; die "exits with $status, not $2"; }
  for pattern in "${@:3}"; do
    grep -qE "$pattern" "$work/log" || { cat "$work/log"; die "no $pattern"; }
  done
}
run 1 1 '::error .*growth .* > 5 MiB: orders\[\]' 'Summary - ### FAIL' 'comment written'
run 0 0 'Summary - ### PASS' 'comment 2 updated'
tail -n 1 "$work/comments" | jq -es 'length == 2 and (.[1] | startswith("<!-- heapdiff default -->\n### PASS"))' >/dev/null ||
  { cat "$work/comments"; die 'the comments are others'; }
echo 'red, then green, in one comment'
