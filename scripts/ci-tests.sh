#!/usr/bin/env bash
# Runs the tests of docs/ci.md, as they stand there, against code that leaks and code that does not: red, then green.
#
#   scripts/ci-tests.sh [node|inspector|playwright|go]…
#
# Needs Go, Node 20 or later, npm and Chromium. PLAYWRIGHT is where Playwright is, or is put to stay.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
playwright=@playwright/test@1.65.1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

die() { printf 'ci-tests: %s\n' "$*" >&2; exit 1; }

# block TEXT: the code that follows the line with the text.
block() {
  awk -v text="$1" 'index($0, text) {found = 1} found && /^```[a-z]/ {code = 1; next} code && /^```/ {exit} code' "$root/docs/ci.md"
}

test_node() {
  { echo "const { test } = require('node:test'); const work = require('./work.js');"; block '**From within Node.**'; } >unit.test.js
  node --test unit.test.js
}

test_inspector() {
  { block '**Over the inspector**' && cat <<'JS'; } >inspector.js
const { execFileSync } = require('node:child_process');
const work = require('./work.js');
(async () => {
  for (let i = 0; i < 50; i++) await work(i);
  await snapshot('before.heapsnapshot');
  for (let i = 0; i < 500; i++) await work(i);
  await snapshot('after.heapsnapshot');
  execFileSync('heapdiff', ['check', 'before.heapsnapshot', 'after.heapsnapshot'], { stdio: 'inherit' });
})();
JS
  node inspector.js
}

test_playwright() {
  { echo "const { test } = require('@playwright/test'); const fs = require('fs'); const { execFileSync } = require('child_process');"
    block '**Of a page, with Playwright**'; } >dialog.spec.js
  ln -s "$PLAYWRIGHT/node_modules" node_modules
  PORT=$(node -e 'const s = require("net").createServer().listen(0, () => { console.log(s.address().port); s.close(); })') \
    CHROMIUM=$(command -v chromium) npx playwright test
}

test_go() {
  cat >shop.go <<'GO'
package shop

import "os"

type order struct{ lines [512]int }

var orders []*order

func work(n int) {
	for range n {
		o := &order{}
		if os.Getenv("LEAK") == "1" {
			orders = append(orders, o)
		}
	}
}
GO
  { printf 'package shop\n\nimport ("os"; "os/exec"; "runtime"; "runtime/pprof"; "testing")\n\n'; block '## Profiles'; } >shop_test.go
  go mod init example.com/shop 2>/dev/null
  go test
}

# verdict KIND LEAK STATUS PATTERN…: runs a kind of test in a folder of its own and holds what it says.
verdict() {
  local kind=$1 leak=$2 status=0 folder=$scratch/$1-$2
  mkdir "$folder"
  cp scripts/ci-example/*.js "$folder/"
  (
    export LEAK=$leak PATH="$scratch/bin:$PATH"
    unset GITHUB_ACTIONS GITLAB_CI CI
    cd "$folder" && "test_$kind"
  ) >"$folder/log" 2>&1 </dev/null || status=$?
  grep -hoE '(FAIL|PASS) [a-z]+ .*' "$folder/log" | head -n 1 || true
  [ "$((status != 0))" -eq "$3" ] || { cat "$folder/log"; die "$kind with LEAK=$leak exits with $status"; }
  for pattern in "${@:4}"; do
    grep -qE "$pattern" "$folder/log" || { cat "$folder/log"; die "$kind with LEAK=$leak does not say $pattern"; }
  done
}

run_node() {
  verdict node 1 1 'FAIL growth .*: orders\[\] .*500' 'Matched by identity'
  verdict node 0 0
}

run_inspector() {
  verdict inspector 1 1 'FAIL growth .*: orders\[\] .*500' 'Matched by identity'
  verdict inspector 0 0 'PASS growth' 'Matched by identity'
}

run_playwright() {
  export PLAYWRIGHT=${PLAYWRIGHT:-$scratch/playwright}
  [ -d "$PLAYWRIGHT/node_modules/@playwright/test" ] || npm install --silent --no-audit --no-fund --prefix "$PLAYWRIGHT" "$playwright"
  verdict playwright 1 1 'FAIL detached .* > 50: .*closed\[\] ' 'Matched by identity'
  verdict playwright 0 0 'PASS detached 0' 'Matched by identity'
}

run_go() {
  verdict go 1 1 'FAIL growth .*: example\.com/shop\.work '
  verdict go 0 0
}

kinds=("$@")
[ $# -gt 0 ] || kinds=(node inspector playwright go)
mkdir "$scratch/bin"
go build -o "$scratch/bin/heapdiff" ./cmd/heapdiff
for kind in "${kinds[@]}"; do
  declare -F "run_$kind" >/dev/null || die "no test named $kind"
  echo "$kind:"
  "run_$kind"
done
echo 'red, then green'
