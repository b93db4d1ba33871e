# files as log collectors write them, one for each form of theirs: the lines of nginx are its records, those of others are passed by
mkdir logs && cp "$data"/collected/* logs
"$NGXERR" scan -v --tz UTC --node here -d test.db logs
columns="file, time, level, class, client, node, extra, flags, lines"
"$NGXERR" query -d test.db --sql "SELECT $columns FROM events ORDER BY file, offset" -f ndjson 2>/dev/null
"$NGXERR" query -d test.db --sql "SELECT file, offset, reason FROM unparsed ORDER BY file, offset" -f csv 2>/dev/null
# the bytes come back, from a file and from a pipe, and the same is read of what is compressed and of what grows
for log in logs/*; do
    case $log in */access.json) continue ;; esac
    "$NGXERR" query -f raw "$log" | cmp - "$log" && "$NGXERR" query -f raw - <"$log" | cmp - "$log" && echo "same bytes of $log"
done
gzip -k logs/filebeat.ndjson && "$NGXERR" report --tz UTC logs/filebeat.ndjson.gz | sed 's/ndjson\.gz/ndjson/' >gz.txt && "$NGXERR" report --tz UTC logs/filebeat.ndjson >plain.txt
diff gz.txt plain.txt
for lines in 1 2 3 4 5; do
    head -n $lines logs/filebeat.ndjson >grown.log
    "$NGXERR" scan --tz UTC -q -d grown.db grown.log
done
"$NGXERR" query -d grown.db --by class -f csv 2>/dev/null
# a file in which nginx has no line is named
"$NGXERR" report logs/access.json >/dev/null
# a line of JSON in nginx's own log is what somebody logged
{ printf '2026/11/20 03:12:40 [error] 1#1: *3 [lua] a.lua:3: body:\n' && sed -n 1p logs/vector.json; } >plain.log
"$NGXERR" scan -v --tz UTC --node here -d plain.db plain.log
# by other rules a record is read again as it stands in its file
cat logs/access.json logs/vector.json >shop.json
"$NGXERR" scan --tz UTC --node here -q -d plain.db shop.json
"$NGXERR" db reclassify -d plain.db
"$NGXERR" query -d plain.db --sql "SELECT offset, class, node, extra FROM events ORDER BY id" -f ndjson 2>/dev/null
for log in filebeat.ndjson fluentd.txt fluent-bit.txt logcli.txt; do
    sed -n 1p "logs/$log" | "$NGXERR" explain | sed -n '1p; s/^  [A-Z][a-z]* *192.*/&/p'
done
