# What may be removed, and what is said when the words are wrong.
mkdir logs
cp "$samples/error.log" logs/
echo 'no record' >logs/other.log
: >logs/empty.log
"$NGXERR" scan -d a.db --tz UTC --node web1 logs
"$NGXERR" db info -d a.db --utc -f json | sed -n '1,/"files":/s/.*"severities"/"severities"/p; /"left_total"/,$p'
"$NGXERR" db prune -d a.db
"$NGXERR" db prune -d a.db --older-than soon
"$NGXERR" db prune -d a.db --older-than 1d --until today
"$NGXERR" db prune -d a.db --severity nose
"$NGXERR" db info -d a.db --class 'upstream-*'
"$NGXERR" db retime -d a.db
"$NGXERR" db retime -d a.db --tz Europe/Berlim
"$NGXERR" db retime -d a.db --tz Europe/Berlin --grep x
echo "--- as many events as what is none"
printf '%s\n' 'no record' '2020/11/20 03:12:45 [error] 1#1: a' >one.log
"$NGXERR" scan -v -d one.db --tz UTC --keep all=90d one.log | tail -1
echo "--- given twice, both hold"
left='SELECT severity, count(*) AS count FROM events GROUP BY severity ORDER BY count DESC'
"$NGXERR" scan -d twice.db --tz UTC --keep act=100y --keep all=1s logs
"$NGXERR" query -d twice.db -f csv --sql "$left" 2>/dev/null
"$NGXERR" scan -d twice.db --keep noise=1d --keep noise=2d logs || echo "exit $?"
for keep in nose=7d noise=7x noise noise=7d,noise=8d ''; do
    "$NGXERR" scan -d a.db --keep "$keep" logs || echo "exit $?"
done
"$NGXERR" scan -d a.db --max-size 5X logs || echo "exit $?"
"$NGXERR" scan -d a.db --min-free lots logs || echo "exit $?"
"$NGXERR" scan -d a.db --wait long logs || echo "exit $?"
"$NGXERR" db prune -d a.db --severity noise --dry-run
"$NGXERR" db prune -d a.db --severity noise
"$NGXERR" db prune -d a.db --severity noise
"$NGXERR" query -d a.db --utc -f csv --by severity
"$NGXERR" query -d a.db -f csv --sql "$left" 2>/dev/null
"$NGXERR" query -d a.db -f csv --sql "SELECT sum(count) FROM counts"
# a scan that has no room says so, removes what it was told to, and stores nothing new
cp "$samples/error.log.1" logs/
"$NGXERR" scan -d a.db --node web1 --min-free 8000000T --keep tune=1s logs 2>&1 | sed 's/[0-9.]* of [0-9.]* MB/N of N MB/; s/leaves [0-9.]* MB/leaves N MB/'
"$NGXERR" query -d a.db -f csv --sql "$left" 2>/dev/null
"$NGXERR" db retime -d a.db --tz Europe/Berlin
"$NGXERR" db retime -d a.db --tz Europe/Berlin --log nothing
# smaller than an empty database cannot be: 5 for 5G would remove all that there is
"$NGXERR" scan -d a.db --node web1 --max-size 5 --min-free 0 logs || echo "exit $?"
"$NGXERR" scan -d a.db --node web1 --max-size 511K --min-free 0 logs || echo "exit $?"
"$NGXERR" scan -d a.db --node web1 --max-size 1M --min-free 0 logs || echo "exit $?"
"$NGXERR" query -d a.db -f csv --sql "SELECT (SELECT count(*) FROM events), (SELECT sum(count) FROM counts)"
# what a large scan removed is gone from the disk at once: its copying from the write-ahead log is waited for, and nothing warns
awk 'BEGIN {
    for (i = 0; i < 20000; i++)
        printf "2026/11/20 %02d:%02d:%02d [error] 7#7: *%d open() \"/srv/%d\" failed (2: No such file or directory), client: 10.0.%d.%d, server: s, request: \"GET /%d HTTP/1.1\", host: \"h\"\n",
            i / 3600, i / 60 % 60, i % 60, i, i, i / 256, i % 256, i
}' >many.log
"$NGXERR" scan -d many.db --node web1 --max-size 1M --min-free 0 many.log
"$NGXERR" query -d many.db -f csv --sql 'SELECT count(*) BETWEEN 1 AND 19999 FROM events'
