# Local times: years, seconds out of order, the hour that is missing and the one that occurs twice, dates that do not exist.
record() {
    echo "$1 [error] 7#7: *$2 open() \"/srv/x\" failed (2: No such file or directory), client: 192.0.2.1, server: a.example"
}
{
    record '2011/12/31 23:59:59' 1
    record '2012/01/01 00:00:00' 2
    record '2024/02/29 12:00:00' 3
    record '2026/03/29 01:59:59' 4
    record '2026/03/29 02:30:00' 5 # is missing in Berlin: with the offset before it
    record '2026/03/29 03:00:00' 6
    record '2026/10/25 01:59:59' 7
    record '2026/10/25 02:10:00' 8  # first or second: not told
    record '2026/10/25 02:09:59' 9  # a second out of order is no second pass
    record '2026/10/25 02:50:00' 10
    record '2026/10/25 02:05:00' 11 # the second pass
    record '2026/10/25 02:04:59' 12
    record '2026/10/25 02:50:00' 13
    record '2026/10/25 03:00:00' 14
    record '2026/10/25 02:59:59' 15 # of a slower worker: still the second pass
    record '2026/12/31 23:59:60' 16 # a leap second
    record '2026/13/45 10:00:00' 17
    record '2026/02/30 10:00:00' 18
    record '2025/02/29 10:00:00' 19
    record '2026/11/20 25:00:00' 20
    record '2026/11/20 10:60:00' 21
    record '2026/11/20 10:00:61' 22
    record '2026/00/20 10:00:00' 23
    record '1970/01/01 00:00:05' 24 # a clock that was never set
    record '2026/11/20 10:00:00' 25
} >error.log
"$NGXERR" scan -d a.db --tz Europe/Berlin --node web1 error.log
"$NGXERR" query -d a.db -f csv --sql 'SELECT connection, time, flags FROM events ORDER BY offset' 2>/dev/null
"$NGXERR" query -d a.db -f csv --sql 'SELECT offset, bytes, reason FROM unparsed ORDER BY offset' 2>/dev/null
"$NGXERR" query -d a.db -f csv --sql 'SELECT lines, records, unparsed, first_time, last_time FROM files' 2>/dev/null
"$NGXERR" query -d a.db -f raw >raw.log 2>/dev/null
cmp error.log raw.log && echo 'the same bytes'
echo "--- a report from before 1970"
"$NGXERR" report --since 1960-01-01 --until 1965-01-01 --utc "$samples/error.log" | grep Window
"$NGXERR" report --since 1960-01-01 --utc -f json "$samples/error.log" | grep -o '"since":"[^"]*"'
# nothing in a file but nonsense: it is no log
record '2026/13/45 10:00:00' 1 >nonsense.log
"$NGXERR" scan -d a.db --tz UTC nonsense.log
