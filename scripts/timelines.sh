#!/usr/bin/env bash
# Makes testdata/tracked afresh: a snapshot of a program and, a thousand visits later, the .heaptimeline of what V8 saw
# being allocated meanwhile. scripts/timelines.sh [VERSION...]   default: 26.10.0
# Needs Node with npm, and zstd; SCRATCH (default /tmp/heapdiff) keeps the fetched versions of Node.
# V8 now and then loses the stacks of what lives when it moves objects, and writes 0: then the program runs again.
set -euo pipefail
ROOT=$(cd "$(dirname "$0")/.." && pwd)
SCRATCH=${SCRATCH:-/tmp/heapdiff}
source "$ROOT/scripts/oracle/node.sh"
[[ $# -gt 0 ]] || set -- 26.10.0
mkdir -p "$SCRATCH/app" "$ROOT/testdata/tracked"
cp "$ROOT/testdata/tracked/timeline.js" "$SCRATCH/app/"
cd "$SCRATCH/app"

# traced FILE: whether a thousand nodes have a stack.
traced() {
  node -e '
    const { nodes, snapshot: { meta } } = JSON.parse(fs.readFileSync(process.argv[1]));
    const width = meta.node_fields.length, at = meta.node_fields.indexOf("trace_node_id");
    process.exit(nodes.filter((id, i) => i % width === at && id !== 0).length >= 1000 ? 0 : 1);' "$1"
}

for version in "$@"; do
  name=node${version%%.*}
  node=$(node_binary "$version")
  for try in {1..40}; do
    quiet_env "$node" --no-node-snapshot --single-threaded timeline.js "$name-before.heapsnapshot" "$name-after.heaptimeline" >/dev/null
    ! traced "$name-after.heaptimeline" || break
    echo "$name: no stacks in try $try"
  done
  for file in "$name-before.heapsnapshot" "$name-after.heaptimeline"; do
    zstd -q -f --ultra -22 "$file" -o "$ROOT/testdata/tracked/$file.zst"
  done
done
ls -l "$ROOT/testdata/tracked"
