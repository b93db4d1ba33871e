# --by turned round, counts of the last stretch, equal column names in JSON, what is pruned, and which database it was.
"$NGXERR" scan -d a.db --tz UTC --node web1 "$samples"
"$NGXERR" query -d a.db --by severity -f csv -n 2
"$NGXERR" query -d a.db --by severity -f csv -n 2 -r
"$NGXERR" query -d a.db --utc --by day,severity -f csv -r
"$NGXERR" query -d a.db -f ndjson --sql 'SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS a, 5 AS b'
echo '2019/11/20 03:12:00 [error] 7#7: *1 open() "/srv/x" failed (2: No such file or directory), client: 10.0.0.1, server: s' >old.log
"$NGXERR" scan -d a.db --tz UTC --node web1 old.log
"$NGXERR" db prune -d a.db --older-than 365d
since=$(date -d '364 days ago' +%Y-%m-%d)
"$NGXERR" query -d a.db --by log -f csv 2>&1 | sed 's/before [0-9: -]*/before TIME /; s/current to [0-9: -]*/current to TIME /'
"$NGXERR" query -d a.db --by log -f csv --since "$since"
mkdir empty
"$NGXERR" scan -d b.db --tz UTC empty
for command in query report; do
    "$NGXERR" $command -d b.db
    echo "exit $?"
done
