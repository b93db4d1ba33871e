# The queries that a report prints work when they are copied: they name the database or the logs, quoted for a shell, and say how to read them.
printf '2026/11/20 23:10:00 [error] 7#7: *%s limiting requests, excess: 5.100 by zone "one", client: 192.0.2.1, server: a.example, request: "GET /x HTTP/1.1", host: "a.example"\n' \
    1 2 >"it's a log"
cp "it's a log" ./-x.log
cp "it's a log" "$(printf 'tab\tx.log')"
"$NGXERR" scan --tz UTC -d "n 1.db" "it's a log"
PATH=$(dirname "$NGXERR"):$PATH
show() {
    echo "--- $*"
    "$NGXERR" report "$@" | grep 'name them' | sed 's/^ *//'
    "$NGXERR" report "$@" | grep -o 'ngxerr query .*' | grep -v 'below too' | sort -u >queries
    cat queries
    while read -r query; do sh -c "$query" 2>&1; done <queries
}
show -d "n 1.db" --since 2026-11-20
show -d "n 1.db" --since 2026-11-20 --utc
show "it's a log"
show --tz Asia/Tokyo --force -- -x.log "it's a log"
mkdir p 'q 2'
show --patterns p --patterns 'q 2' "it's a log"
NGXERR_DATABASE="n 1.db"
export NGXERR_DATABASE
show --since 2026-11-20
echo "--- those that cannot be named again"
"$NGXERR" report - <"it's a log" | grep 'ngxerr query'
"$NGXERR" report "$(printf 'tab\tx.log')" | grep 'ngxerr query'
mkfifo pipe
cat "it's a log" >pipe &
"$NGXERR" report pipe | grep 'ngxerr query'
"$NGXERR" report /dev/stdin <"it's a log" | grep 'ngxerr query'
cp "n 1.db" "$(printf 'tab\tx.db')"
"$NGXERR" report -d "$(printf 'tab\tx.db')" --since 2026-11-20 | grep -A 1 '^  Read from' | sed 's/last scan [^;]*;/last scan TIME;/'
echo "--- json"
"$NGXERR" report "it's a log" -f json | grep -o '"command":"ngxerr query[^"]*"' | head -1
