# one file with lines in every kind of wrapper, recognised by content: each its record, and what is none
log=$data/wrapped.log
mkdir logs && cp "$log" logs/container.log && printf 'nginx-1  | 192.0.2.1 - - [20/Nov/2026:03:12:46 +0000] "GET / HTTP/1.1" 200 5\n' >logs/access.log
"$NGXERR" scan -v --tz UTC --node here -d test.db logs
columns="id, time, level, class, substr(message, 1, 30) AS message, client, node, extra, flags, lines"
"$NGXERR" query -d test.db --sql "SELECT $columns FROM events ORDER BY id" -f ndjson 2>/dev/null
"$NGXERR" query -d test.db --sql "SELECT offset, bytes, reason FROM unparsed" -f csv 2>/dev/null
"$NGXERR" query -d test.db --sql "SELECT node, sum(count) AS count FROM counts GROUP BY node" -f csv 2>/dev/null
"$NGXERR" query -d test.db --node 'web*' --by node,class -f csv 2>/dev/null
"$NGXERR" query -f raw "$log" | cmp - "$log" && echo same bytes
"$NGXERR" query -f raw - <"$log" | cmp - "$log" && echo same bytes of standard input
for line in 3 9 10 14; do
    sed -n "${line}p" "$log" | "$NGXERR" explain | sed -n '1p; s/^  [A-Z][a-z]* *192.*/&/p'
done
# a time with its offset in the line does not depend on the zone that was given
"$NGXERR" db retime --tz Europe/Berlin -d test.db 2>&1
"$NGXERR" query -d test.db --sql "SELECT id, time FROM events WHERE id IN (1, 6, 9, 10) ORDER BY id" -f csv 2>/dev/null
