# curl is told https:// where a request came by HTTP/2 or HTTP/3, in the report of a log and in that of a database.
for REQUEST in "GET /x HTTP/1.1" "GET /x HTTP/2.0" "PROPFIND /x HTTP/3.0"; do
    for NUMBER in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        echo '2026/11/20 03:12:45 [error] 7#7: *'"$NUMBER"' user "bob": password mismatch, client: 192.0.2.1, server: a, request: "'"$REQUEST"'", host: "a.example"'
    done > log
    rm -f base.db
    "$NGXERR" scan -d base.db log
    { "$NGXERR" report log; "$NGXERR" report -d base.db --since 2026-11-01; } | grep -o "https*://a\.example.*"
done
