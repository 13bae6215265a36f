#!/usr/bin/env bash
# Writes the report as a comment on the pull request, or over the one it wrote
# before: a mark that nobody sees tells it from others.
set -euo pipefail

api=${GITHUB_API_URL:?}/repos/${GITHUB_REPOSITORY:?}/issues
mark="<!-- heapdiff ${COMMENT_ID:-default} -->"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# call METHOD URL [BODY-FILE]: the answer is in $scratch/answer. The token of a pull
# request from a fork may not write, which is no fault of who made it.
call() {
  local code
  code=$(curl -sS --retry 3 -X "$1" -o "$scratch/answer" -w '%{http_code}' -H "Authorization: Bearer ${TOKEN:?}" \
    -H 'Accept: application/vnd.github+json' -H 'X-GitHub-Api-Version: 2022-11-28' \
    ${3:+-H 'Content-Type: application/json' --data-binary "@$3"} "$2")
  case $code in
    2??) ;;
    403)
      echo '::warning title=heapdiff::no comment: the token may not write one (in a fork, or without pull-requests: write); the report is in the job summary'
      exit
      ;;
    *)
      echo "heapdiff: no comment: $1 $2 answers $code" >&2
      exit 1
      ;;
  esac
}

{ printf '%s\n' "$mark"; cat "${REPORT:?}"; } | jq -Rs '{body: .}' >"$scratch/body"

id=
for ((page = 1; page <= 30; page++)); do
  call GET "$api/${PULL_REQUEST:?}/comments?per_page=100&page=$page"
  id=$(jq -r --arg mark "$mark" '[.[] | select(.body | startswith($mark))][0].id // empty' "$scratch/answer")
  [ -z "$id" ] || break
  [ "$(jq length "$scratch/answer")" -eq 100 ] || break
done

if [ -n "$id" ]; then
  call PATCH "$api/comments/$id" "$scratch/body"
  echo "comment $id updated"
else
  call POST "$api/$PULL_REQUEST/comments" "$scratch/body"
  echo 'comment written'
fi
