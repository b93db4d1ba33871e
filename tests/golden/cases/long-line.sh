# A line over the limit is stored in pieces, all for the same reason, and said once for a file.
record='2026/11/20 03:12:00 [error] 7#7: *1 open() "/srv/x" failed (2: No such file or directory), client: 10.0.0.1, server: s'
{
    echo "$record"
    head -c 2500000 /dev/zero | tr '\0' x
    echo
    echo "$record"
    head -c 1100000 /dev/zero | tr '\0' y
} >error.log
"$NGXERR" scan -d a.db --node n error.log
echo end >>error.log
"$NGXERR" scan -d a.db --node n error.log
"$NGXERR" query -d a.db -f csv --sql 'SELECT bytes, reason FROM unparsed'
"$NGXERR" query -d a.db -f csv --sql 'SELECT lines, records, unparsed FROM files'
"$NGXERR" query -d a.db -f raw | cmp - error.log
echo "--- a record at the end of such a line: the line counts as its own, not as unparsed"
{
    head -c 2500000 /dev/zero
    echo "$record"
} >zeros.log
"$NGXERR" scan -d b.db --node n -v zeros.log
"$NGXERR" query -d b.db -f csv --sql 'SELECT bytes, reason FROM unparsed'
