# A last line without its newline: report and query on logs take it, scan leaves it for the next time and says so with -v.
record='2026/11/20 03:12:00 [error] 7#7: *1 open() "/srv/x" failed (2: No such file or directory), client: 10.0.0.1, server: s'
printf '%s\n%s' "$record" "$record" >error.log
"$NGXERR" query -f csv --by class error.log
"$NGXERR" scan -d a.db --node n -v error.log 2>&1
"$NGXERR" query -d a.db -f csv --sql 'SELECT records, bytes FROM files'
"$NGXERR" scan -d a.db --node n --final error.log
"$NGXERR" query -d a.db -f csv --sql 'SELECT records, bytes FROM files'
echo "--- the last record of a log that grows is read once more, since lines may follow it, and is one"
echo "$record" >grown.log
"$NGXERR" scan -d b.db --node n grown.log
echo "$record" >>grown.log
"$NGXERR" scan -d b.db --node n -v grown.log
"$NGXERR" query -d b.db -f csv --sql 'SELECT records, lines, bytes FROM files'
echo "--- the same in the first scan, which meets the log twice: its rows keep their ids, and what follows gets the next"
record_of() { echo "2026/11/20 03:12:0$1 [error] 7#7: *$1 open() \"/srv/x\" failed (2: No such file or directory), client: 10.0.0.1, server: s"; }
{ record_of 1 && record_of 2; } >once.log
{ cat once.log && record_of 3; } >again.log
{ record_of 7 && record_of 8; } >other.log
"$NGXERR" scan -d c.db --node n once.log other.log again.log
"$NGXERR" query -d c.db -f csv --sql 'SELECT id, connection, lines, file FROM events ORDER BY id'
