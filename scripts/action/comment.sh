#!/usr/bin/env bash
# Writes the report as a comment on the pull request, or over the one it wrote
# before: a mark that nobody sees tells it from others.
set -euo pipefail

api=${GITHUB_API_URL:?}/repos/${GITHUB_REPOSITORY:?}/issues
mark="<!-- heapdiff ${COMMENT_ID:-default} -->"

# call METHOD URL [BODY-FILE]
call() {
  curl -fsS --retry 3 -X "$1" -H "Authorization: Bearer ${TOKEN:?}" -H 'Accept: application/vnd.github+json' \
    -H 'X-GitHub-Api-Version: 2022-11-28' ${3:+-H 'Content-Type: application/json' --data-binary "@$3"} "$2"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
{ printf '%s\n' "$mark"; cat "${REPORT:?}"; } | jq -Rs '{body: .}' >"$scratch/body"

id=
for ((page = 1; page <= 30; page++)); do
  call GET "$api/${PULL_REQUEST:?}/comments?per_page=100&page=$page" >"$scratch/page"
  id=$(jq -r --arg mark "$mark" '[.[] | select(.body | startswith($mark))][0].id // empty' "$scratch/page")
  [ -z "$id" ] || break
  [ "$(jq length "$scratch/page")" -eq 100 ] || break
done

if [ -n "$id" ]; then
  call PATCH "$api/comments/$id" "$scratch/body" >/dev/null
  echo "comment $id updated"
else
  call POST "$api/$PULL_REQUEST/comments" "$scratch/body" >/dev/null
  echo 'comment written'
fi
