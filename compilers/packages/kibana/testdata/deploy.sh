#!/bin/sh
# Deploys the rules of this folder, and before them what their queries read. It reads from the environment:
#   KIBANA_URL       for example https://kibana.example:5601, or with /s/SPACE behind it
#   ELASTIC_URL      for example https://elastic.example:9200; only if there is a folder assets
#   ELASTIC_API_KEY  an API key for both, encoded
# Pipelines, watches and rules are replaced. Indices, transforms and enrich policies that exist are kept, since Elasticsearch cannot replace them:
# delete one to have it made anew. Enrich policies copy their index each time that this script runs: run it again on a schedule.
# Call each ingest pipeline from the @custom pipeline of the data streams that the rules read: the script does not touch those.
set -eu
cd "$(dirname "$0")"
: "${KIBANA_URL:?set it to the address of Kibana}"
: "${ELASTIC_API_KEY:?set it to an API key}"
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# request METHOD URL [OPTION ...] prints the status, and keeps the answer. The key is no argument: other users of the host could read it.
request() {
  method=$1
  address=$2
  shift 2
  printf 'header = "Authorization: ApiKey %s"\n' "$ELASTIC_API_KEY" |
    curl --silent --show-error --config - --request "$method" --output "$answer" --write-out '%{http_code}' "$@" "$address"
}

fail() {
  echo "$1: status $status" >&2
  cat "$answer" >&2
  exit 1
}

# send METHOD PATH [FILE] asks Elasticsearch, and ends the script if it refuses.
send() {
  echo "$1 $2"
  if [ $# -eq 3 ]; then
    status=$(request "$1" "${ELASTIC_URL:?set it to the address of Elasticsearch}/$2" --header 'Content-Type: application/json' --data-binary "@assets/$3.json")
  else
    status=$(request "$1" "${ELASTIC_URL:?set it to the address of Elasticsearch}/$2")
  fi
  case $status in
  2??) ;;
  *) fail "$1 $2" ;;
  esac
}

# missing PATH tells whether Elasticsearch has nothing there. For an enrich policy it answers with an empty list.
missing() {
  status=$(request GET "${ELASTIC_URL:?set it to the address of Elasticsearch}/$1")
  case $status in
  404) return 0 ;;
  2??)
    if grep -q '"policies":\[\]' "$answer"; then return 0; fi
    echo "kept $1"
    return 1
    ;;
  *) fail "GET $1" ;;
  esac
}

index() {
  if missing "$1"; then send PUT "$1" "index.$1"; fi
}

transform() {
  if missing "_transform/$1"; then send PUT "_transform/$1" "transform.$1"; fi
  echo "POST _transform/$1/_start"
  status=$(request POST "$ELASTIC_URL/_transform/$1/_start")
  case $status in
  2?? | 409) ;; # 409: it has started before
  *) fail "POST _transform/$1/_start" ;;
  esac
}

enrich_policy() {
  if missing "_enrich/policy/$1"; then send PUT "_enrich/policy/$1" "enrich-policy.$1"; fi
  send PUT "_enrich/policy/$1/_execute"
}

watch() { send PUT "_watcher/watch/$1" "watch.$1"; }

ingest_pipeline() { send PUT "_ingest/pipeline/$1" "ingest-pipeline.$1"; }

import_rules() {
  echo "import $1"
  status=$(request POST "$KIBANA_URL/api/detection_engine/rules/_import?overwrite=true" --header 'kbn-xsrf: decree' --form "file=@$1")
  case $status in
  2??) ;;
  *) fail "import $1" ;;
  esac
  if ! grep -q '[{,]"success":true' "$answer"; then fail "import $1"; fi
}

index 'decree-reputation'
enrich_policy 'decree-reputation'
transform 'decree-count-sql-server-suspicious-grandchild-rare-unsigned'
enrich_policy 'decree-count-sql-server-suspicious-grandchild-rare-unsigned'
index 'decree-rank-sql-server-suspicious-grandchild-rare-unsigned'
watch 'decree-rank-sql-server-suspicious-grandchild-rare-unsigned'
enrich_policy 'decree-rank-sql-server-suspicious-grandchild-rare-unsigned'
ingest_pipeline 'decree-sql-server-suspicious-grandchild-rare-unsigned'
import_rules 'rules.ndjson'
