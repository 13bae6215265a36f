#!/usr/bin/env bash
# Runs the pipelines of docs/ci.md, as they stand there, on runners: first red, then green.
#
#   scripts/pipelines.sh [github|gitlab]…
#
#   github   the workflow, and the action with it, on act, without containers; the actions of others are stood in for. It must say so in
#            one comment, which is updated, in an annotation and in the job summary
#   gitlab   the job, on gitlab-ci-local, with its shell. It must fold the report and leave it with the job
#
# Needs Go, Node 22 or later, npm, git, curl, jq and rsync.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
die() { printf 'pipelines: %s\n' "$*" >&2; exit 1; }

# pipeline HEADING: the first YAML below it.
pipeline() { awk -v heading="## $1" '$0 == heading {found = 1} found && /^```yaml/ {code = 1; next} code && /^```/ {exit} code' docs/ci.md; }

# repository FOLDER: a program whose test takes two snapshots. Its remote is nowhere.
repository() {
  mkdir -p "$1/scripts"
  cp scripts/ci-example/work.js "$1/scripts/"
  cat >"$1/scripts/take-snapshots.js" <<'JS'
const v8 = require('v8');
const work = require('./work.js');
for (let i = 0; i < 50; i++) work(i);
v8.writeHeapSnapshot('before.heapsnapshot');
for (let i = 0; i < 2000; i++) work(i);
v8.writeHeapSnapshot('after.heapsnapshot');
JS
  echo '{"name": "shop", "version": "1.0.0"}' >"$1/package.json"
  (
    cd "$1"
    npm install --silent --package-lock-only
    git init -q && git remote add origin https://git.example.com/some/where.git && git add -A
    git -c user.name=shop -c user.email=shop@example.com commit -qm shop
  )
}

# holds STATUS PATTERN…: what the last run exited with, and what its log says.
holds() {
  [ "$status" -eq "$1" ] || { cat "$work/log"; die "exits with $status, not $1"; }
  for pattern in "${@:2}"; do
    grep -qE "$pattern" "$work/log" || { cat "$work/log"; die "no $pattern"; }
  done
}

# stand_in ACTION: one that does nothing.
stand_in() {
  mkdir -p "$work/$1"
  printf 'name: %s\ndescription: stands in for it\nruns: { using: composite, steps: [{ run: "true", shell: bash }] }\n' "$1" >"$work/$1/action.yml"
}

# act LEAK
act() {
  status=0
  (cd "$work/github" && "$work/act" pull_request -P ubuntu-latest=-self-hosted -e "$work/event.json" -s GITHUB_TOKEN=secret \
    --env "GITHUB_API_URL=http://127.0.0.1:$PORT" --env "LEAK=$1" --action-cache-path "$work/cache" \
    --local-repository "actions/setup-go@v5=$work/setup-go" --local-repository "actions/setup-node@v4=$work/setup-node" \
    --local-repository "github/codeql-action@v3=$work/codeql-action" --local-repository "heapdiff/heapdiff@v1=$root") >"$work/log" 2>&1 || status=$?
  grep -E '::(error|warning)|Summary - |comment .*(written|updated)|Job (failed|succeeded)' "$work/log" | cut -c1-200
}

run_github() {
  GOBIN=$work go install github.com/nektos/act@v0.2.89
  stand_in setup-go
  stand_in setup-node
  stand_in codeql-action/upload-sarif
  mkdir -p "$work/github/.github/workflows"
  pipeline 'GitHub Actions' >"$work/github/.github/workflows/memory.yml"
  repository "$work/github"
  echo '{"pull_request": {"number": 7}}' >"$work/event.json"
  PORT=$(node -e 'const s = require("net").createServer().listen(0, () => { console.log(s.address().port); s.close(); })')
  export PORT
  node scripts/ci-example/comments.js >"$work/comments" &
  server=$!
  act 1
  holds 1 '::error .*growth .* > 5 MiB: orders\[\]' 'Summary - ### FAIL' 'comment written'
  act 0
  holds 0 'Summary - ### PASS' 'comment 2 updated'
  tail -n 1 "$work/comments" | jq -es 'length == 2 and (.[1] | startswith("<!-- heapdiff default -->\n### PASS"))' >/dev/null ||
    { cat "$work/comments"; die 'the comments are others'; }
  echo 'red, then green, in one comment'
}

# gitlab LEAK
gitlab() {
  status=0
  (cd "$work/gitlab" && PATH="$work/bin:$PATH" "$work/tools/node_modules/.bin/gitlab-ci-local" --force-shell-executor \
    --variable GITLAB_CI=true --variable "LEAK=$1" leaks) >"$work/log" 2>&1 || status=$?
  grep -E '> (FAIL|PASS) |heapdiff_report' "$work/log"
}

run_gitlab() {
  npm install --silent --no-audit --no-fund --prefix "$work/tools" gitlab-ci-local@4.75.1
  go build -o "$work/bin/heapdiff" ./cmd/heapdiff
  mkdir -p "$work/gitlab"
  pipeline 'GitLab CI' >"$work/gitlab/.gitlab-ci.yml"
  repository "$work/gitlab"
  gitlab 1
  holds 1 'FAIL growth .*: orders\[\]' 'heapdiff_report took '
  grep -q '<failure ' "$work/gitlab/leaks.xml" && jq -e 'length == 1' "$work/gitlab/leaks.json" >/dev/null || die 'the reports do not tell the leak'
  gitlab 0
  holds 0 'PASS growth' 'heapdiff_report took '
  jq -e 'length == 0' "$work/gitlab/leaks.json" >/dev/null || die 'the report tells a leak'
  grep -q 'PASS' "$work/gitlab/.gitlab-ci-local/artifacts/leaks/leaks.md" || die 'the report was not kept'
  echo 'red, then green'
}

runners=("$@")
[ $# -gt 0 ] || runners=(github gitlab)
for runner in "${runners[@]}"; do
  declare -F "run_$runner" >/dev/null || die "no runner named $runner"
  echo "$runner:"
  "run_$runner"
done
