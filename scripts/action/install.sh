#!/usr/bin/env bash
# Puts heapdiff on the path of the steps that follow: a release if VERSION names
# one, checked against the list of sums beside it, or else built from here.
set -euo pipefail

bin=${RUNNER_TEMP:?}/heapdiff-bin
mkdir -p "$bin"
if [ -z "${VERSION:-}" ]; then
  cd "$(dirname "$0")/../.."
  go build -trimpath -o "$bin/heapdiff" ./cmd/heapdiff
else
  [[ $VERSION =~ ^v?[0-9]+\.[0-9]+\.[0-9]+([-.][0-9A-Za-z.]+)?$ ]] || { echo "heapdiff: $VERSION is no version" >&2; exit 2; }
  case $(uname -s) in Linux) os=linux ;; Darwin) os=darwin ;; *) os=windows ;; esac
  case $(uname -m) in x86_64 | amd64) arch=amd64 ;; *) arch=arm64 ;; esac
  from=${GITHUB_SERVER_URL:-https://github.com}/heapdiff/heapdiff/releases/download/v${VERSION#v}
  archive=heapdiff_${os}_${arch}.tar.gz
  cd "$bin"
  curl -fsSL --retry 3 -O "$from/$archive" -O "$from/SHA256SUMS"
  grep " \*\{0,1\}$archive\$" SHA256SUMS | { sha256sum -c - || shasum -a 256 -c -; }
  tar -xzf "$archive"
fi
"$bin/heapdiff" version
echo "$bin" >>"${GITHUB_PATH:?}"
