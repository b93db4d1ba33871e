# Shares are to the nearest tenth of a percent; what is not all is under 100 %, and what is there is not 0.
awk 'BEGIN {
    head = "2026/11/20 03:12:45 [error] 7#7: *"
    tail = ", client: 192.0.2.1, server: s, request: \"GET / HTTP/1.1\", host: \"s\""
    for (i = 0; i < 2998; i++)
        print head i " access forbidden by rule" tail
    print head i " directory index of \"/srv/\" is forbidden" tail
}' >log
share() { "$NGXERR" report --utc "$@" | grep ' % '; }
share log
head -n 5 log | share -
(head -n 5 log && tail -n 1 log) | share -
