#!/usr/bin/env bash
# Measures heapdiff beside other tools and prints a Markdown table.
#
#   scripts/bench.sh [-n RUNS] [-d DIR] [-t TIME] [WORK…]
#
# Work, and how often it is run unless -n says otherwise:
#
#   small     diff of   11 and   14 MB (0.13 and 0.16 M nodes)        5
#   mid       diff of  146 and  183 MB (1.9 and 2.4 M nodes)          5   (the default)
#   big       diff of 1.20 and 1.35 GB (15.6 and 17.5 M nodes)        3
#   inspect   the larger file of big alone                            3
#   shapes    peculiar heaps of 1 M nodes, each beside an ordinary
#             heap of as many edges                                   3
#   huge      one synthetic file of 5 GB, 77 M nodes, 231 M edges     1
#   largest   one of 268 M nodes, the most that V8 can write          1
#   pairs     nothing: only makes the snapshots of small, mid and big
#
# -d DIR is where snapshots, peers and results are kept and found again
# (${TMPDIR:-/tmp}/heapdiff-bench); big needs 2.6 GB there, and 7 GB of memory
# while Node writes it, huge 5 GB, shapes 2 GB, largest 20 GB. -t TIME ends a
# run that takes longer (30m).
#
# Needs Node with npm, and Go. Environment:
#
#   PEERS   which tools run: "heapdiff toolkit rust memlab" (the default; for
#           shapes, huge and largest "heapdiff", since some peers never end there)
#   RUST    program to run as the Rust tool instead of the one from npm
#
# Every run reads files that are in the page cache, all tools on the same two
# cores, taking turns; the table has medians, and × says how many times heapdiff
# (or the first tool that ran) the tool took. What each does is not quite the
# same: the Rust tool's diff has no retained sizes, and memlab looks at the
# second file, with only the ids of the first.
set -euo pipefail

tree=$(cd "$(dirname "$0")/.." && pwd)
dir=${TMPDIR:-/tmp}/heapdiff-bench
runs='' time=30m

usage() { sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p;}' "$0"; }
say() { printf 'bench: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

while getopts 'n:d:t:h' flag; do
  case $flag in
    n) runs=$OPTARG ;;
    d) dir=$OPTARG ;;
    t) time=$OPTARG ;;
    h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- mid
for work; do
  case $work in
    small | mid | big | inspect | shapes | huge | largest | pairs) ;;
    *) say "no work named $work"; usage >&2; exit 2 ;;
  esac
done

for program in node npm go; do
  command -v "$program" >/dev/null || die "$program is not on the PATH"
done
mkdir -p "$dir/bin"
dir=$(cd "$dir" && pwd)

# ---- what is measured with and on ------------------------------------------

build() {
  (cd "$tree" && go build -o "$dir/bin/" ./scripts/bench/measure ./scripts/gensnapshot)
}

# pair NAME SHOPS MORE LEAK: NAME-before and NAME-after, made once by one process.
pair() {
  if [ -s "$dir/$1-before.heapsnapshot" ] && [ -s "$dir/$1-after.heapsnapshot" ]; then return; fi
  say "making the pair $1"
  local new=$dir/new-$1
  mkdir -p "$new"
  node --max-old-space-size=12000 "$tree/scripts/bench/seedapp.js" "$new/$1" "$2" "$3" "$4"
  mv "$new/$1"-* "$dir/"
  rmdir "$new"
}
make_pair() {
  case $1 in
    small) pair small 14 3 0.1 ;;
    mid) pair mid 435 46 1 ;;
    big) pair big 3615 395 1 ;;
  esac
}

# synthetic NAME ARG…: a synthetic snapshot, made once.
synthetic() {
  local file=$dir/synth-$1.heapsnapshot
  shift
  [ -s "$file" ] || "$dir/bin/gensnapshot" -o "$file" "$@"
}

# edges FILE: how many it has, from its head.
edges() { head -c 8192 "$1" | sed -n 's/.*"edge_count":\([0-9]*\).*/\1/p' | head -n 1; }

# ---- the tools ---------------------------------------------------------------

peers=$dir/peers
install_peers() {
  if [ ! -e "$peers/installed" ]; then
    say 'installing the peers from npm'
    mkdir -p "$peers"
    # Without install scripts: no browser, nothing compiled. memlab's own program
    # would never end then, but below it is Node that starts memlab.
    (cd "$peers" && { [ -e package.json ] || npm init -y; } &&
      PUPPETEER_SKIP_DOWNLOAD=1 npm install --ignore-scripts --no-audit --no-fund \
        heap-snapshot-toolkit@1.1.3 @heap-snapshot/tool@0.0.10 memlab@2.0.5) >"$dir/npm.log" 2>&1 ||
      die "npm install failed: see $dir/npm.log"
    touch "$peers/installed"
  fi
}

# find_rust sets rust to the Rust tool. The one from npm asks for glibc 2.39, for
# two functions that it can do without: on older systems a copy that says so runs.
find_rust() {
  if [ -n "${RUST:-}" ]; then rust=$RUST; return; fi
  rust=$peers/node_modules/.bin/heap-snapshot
  if "$rust" --help >/dev/null 2>&1; then return; fi
  local program
  for program in "$peers"/node_modules/@heap-snapshot/linux-*/heap-snapshot; do
    rust=$dir/bin/heap-snapshot
    if node "$tree/scripts/bench/weaken.js" "$program" "$rust" GLIBC_2.39 && "$rust" --help >/dev/null 2>&1; then
      say "$program needs glibc 2.39: measuring a copy that does not ask for it"
      return
    fi
  done
  say 'the Rust tool does not start here: left out'
  rust=
}

# prepare makes the tools ready and sets tools to those that can run.
prepare() {
  local wanted=$1 tool
  tools=()
  case " $wanted " in *' toolkit '* | *' rust '* | *' memlab '*) install_peers ;; esac
  for tool in $wanted; do
    case $tool in
      heapdiff)
        if ! ls "$tree"/cmd/heapdiff/*.go >/dev/null 2>&1; then say 'no cmd/heapdiff in this tree: left out'; continue; fi
        (cd "$tree" && go build -o "$dir/bin/" ./cmd/heapdiff)
        ;;
      rust) find_rust; [ -n "$rust" ] || continue ;;
      toolkit | memlab) ;;
      *) die "no tool named $tool" ;;
    esac
    tools+=("$tool")
  done
  [ ${#tools[@]} -gt 0 ] || die 'no tool to run'
}

cores=()
if command -v taskset >/dev/null && [ "$(nproc)" -gt 2 ]; then cores=(taskset -c 0,1); fi

# run WORK EDGES TOOL FILE [FILE]: one run of the tool on one file or a pair. The
# commands stand in this order since the Rust tool wants the newer file first.
run() {
  local work=$1 edges=$2 tool=$3 before=$4 after=${5:-} label command
  local node=(node --expose-gc --max-old-space-size=16000)
  case $tool in
    heapdiff)
      label=heapdiff
      if [ -n "$after" ]; then command=("$dir/bin/heapdiff" "$before" "$after")
      else command=("$dir/bin/heapdiff" inspect --max-memory 90GiB "$before"); fi # what the machine has is for the user to know
      ;;
    toolkit)
      label='heap-snapshot-toolkit 1.1.3'
      command=("${node[@]}" "$tree/scripts/bench/toolkit.mjs" "$before" ${after:+"$after"})
      ;;
    rust)
      label='heap-snapshot (Rust) 0.0.10'
      if [ -n "${RUST:-}" ]; then label="heap-snapshot (Rust) $RUST"; fi
      if [ -n "$after" ]; then command=("$rust" diff "$after" "$before")
      else command=("$rust" summary "$before"); fi
      ;;
    memlab)
      [ -n "$after" ] || return 0 # it has no command for one file that compares
      label='memlab 2.0.5 find-leaks'
      rm -rf "$dir/memlab"
      command=("${node[@]}" node_modules/memlab/bin/memlab find-leaks --work-dir "$dir/memlab"
        --baseline "$before" --target "$after" --final "$after")
      ;;
  esac
  cat "$before" ${after:+"$after"} >/dev/null # into the page cache
  # The toolkit and memlab are found from the working directory. What a tool has
  # to say about its progress goes to a file.
  mkdir -p "$peers"
  (cd "$peers" && "$dir/bin/measure" -o "$results" -work "$work" -edges "$edges" -tool "$label" -timeout "$time" -- \
    ${cores[@]+"${cores[@]}"} "${command[@]}") 2>&1 | tee -a "$results.log" | tail -n 1 >&2
}

# turns RUNS WORK FILE [FILE]: all tools take turns.
turns() {
  local n=${runs:-$1} work=$2 count i tool
  shift 2
  count=$(edges "$1")
  for ((i = 0; i < n; i++)); do
    for tool in "${tools[@]}"; do run "$work" "$count" "$tool" "$@"; done
  done
}

diff_pair() { turns "$1" "diff $2" "$dir/$2-before.heapsnapshot" "$dir/$2-after.heapsnapshot"; }

shapes() {
  local shape file nodes
  for shape in list shared-list promises closures array map; do
    nodes=1000000
    case $shape in array | map) nodes=0 ;; esac # a million and what is around them
    synthetic "$shape" -shape "$shape" -nodes "$nodes"
    file=$dir/synth-$shape.heapsnapshot
    # An ordinary heap has 305 edges for 100 nodes.
    synthetic "$shape-twin" -nodes "$(($(edges "$file") * 100 / 305))"
    turns 3 "$shape" "$file"
    turns 3 "$shape (ordinary)" "$dir/synth-$shape-twin.heapsnapshot"
  done
}

# ---- the machine, the runs, the table ----------------------------------------

machine() {
  local model load
  model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
  load=$(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo unknown)
  echo "$(uname -sm), ${model:-unknown processor}, Node $(node --version), $(go env GOVERSION), heapdiff $(git -C "$tree" describe --always --dirty 2>/dev/null || echo unknown)."
  echo "Load average when it began: $load."
}

build
small_peers=${PEERS-heapdiff toolkit rust memlab}
large_peers=${PEERS-heapdiff}
stamp=$(date +%Y%m%d-%H%M%S)
for work; do
  case $work in
    pairs) for name in small mid big; do make_pair "$name"; done; continue ;;
    inspect) make_pair big ;;
    *) make_pair "$work" ;;
  esac
  results=$dir/results-$stamp-$work.tsv
  case $work in
    shapes | huge | largest) prepare "$large_peers" ;;
    *) prepare "$small_peers" ;;
  esac
  head=$(machine)
  case $work in
    small | mid) diff_pair 5 "$work" ;;
    big) diff_pair 3 big ;;
    inspect) turns 3 'inspect big' "$dir/big-after.heapsnapshot" ;;
    shapes) shapes ;;
    huge)
      synthetic huge -nodes 77000000
      turns 1 'inspect huge' "$dir/synth-huge.heapsnapshot"
      ;;
    largest)
      synthetic largest -nodes 268000000
      turns 1 'inspect largest' "$dir/synth-largest.heapsnapshot"
      ;;
  esac
  table=-table
  if [ "$work" = shapes ]; then table=-shapes; fi
  printf '%s\n\n' "$head"
  "$dir/bin/measure" "$table" "$results"
  echo
done
