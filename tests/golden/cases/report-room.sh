# A report of a log keeps what it may show in a temporary file: where that finds no room, it says so and tells nothing.
awk 'BEGIN {
    filling = sprintf("%1200s", "")
    gsub(/ /, "x", filling)
    for (i = 0; i < 6000; i++)
        printf "2026/11/20 03:%02d:%02d [error] 7#7: *%d limiting requests, excess: 5.000 by zone \"z\", client: 10.0.0.1, server: s, request: \"GET /%d%s HTTP/1.1\", host: \"s\"\n",
            i / 100, i % 60, i, i % 3000, filling
}' >log
(
    trap '' XFSZ
    ulimit -f 3000
    TMPDIR=. "$NGXERR" report --utc log || echo "exit $?"
)
"$NGXERR" report --utc -f json log | grep -o '"class":"limit-req-rejected"[^{]*"count":[0-9]*'
