# A log is closed when it is read, so that no number of logs needs more than a few descriptors.
mkdir logs
i=10
while [ $i -lt 60 ]; do
    echo "2026/11/20 03:12:$i [error] 7#7: *$i open() \"/srv/$i\" failed (2: No such file or directory), client: 192.0.2.$i, server: a.example" >"logs/$i.log"
    i=$((i + 1))
done
ulimit -n 32
"$NGXERR" scan -d a.db --tz UTC --node web1 logs
"$NGXERR" query -d a.db -f csv --sql 'SELECT count(*) FROM events'
"$NGXERR" report --tz UTC --since 2026-01-01 logs | grep "^ *50 \|events"
