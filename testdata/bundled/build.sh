#!/usr/bin/env bash
# Makes app.min.js and its source map anew, with esbuild out of npm.
set -euo pipefail
cd "$(dirname "$0")"
npx --yes esbuild@0.28.2 src/index.mjs --bundle --minify --platform=node --sourcemap --outfile=app.min.js
