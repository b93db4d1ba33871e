# Where a query's answer goes and in which order: a file that appears when it is complete, raw lines newest first, several zones in one table, one
# document of JSON for a stream.
printf 'no record\n2026/11/20 03:12:45 [error] 1#1: *1 a\n2026/11/20 03:12:46 [error] 1#1: *1 b\n' >a.log
printf '2026/11/20 03:12:45 [error] 1#1: *1 c\n' >c.log
echo "--- a file"
"$NGXERR" query -f csv -o out.csv a.log
cut -d , -f 2,8 out.csv
echo "--- newest first: events alone, without what is none"
"$NGXERR" query -f raw -r a.log
echo "--- two zones"
"$NGXERR" scan -d z.db --tz UTC --node n a.log
"$NGXERR" query -d z.db 2>/dev/null
"$NGXERR" scan -d z.db --tz Asia/Tokyo --node n c.log
"$NGXERR" query -d z.db 2>/dev/null
echo "--- a stream with a pause"
{ cat a.log && sleep 1 && cat c.log; } | "$NGXERR" query -f json - | sed 's/"id":.*"message"/"message"/; s/,"doing".*/}/'
echo "--- a file on standard input is put in order"
printf '2026/11/20 03:12:46 [error] 1#1: *1 b\n2026/11/20 03:12:45 [error] 1#1: *1 a\n' >d.log
"$NGXERR" query -f csv - <d.log | cut -d , -f 2,8
echo "--- a log or a database"
"$NGXERR" query -d z.db a.log || echo "exit $?"
"$NGXERR" query -d z.db - <a.log || echo "exit $?"
cat c.log | "$NGXERR" query -d z.db - || echo "exit $?"
