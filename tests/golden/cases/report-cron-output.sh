# Only what was written is told: a full disk, a directory that is not there, a database that cannot be written.
: >log
for i in 1 2 3; do
    echo "2026/11/20 03:12:4$i [error] 1#1: *1 open() \"/srv/x\" failed (2: No such file or directory), client: 10.0.0.1, server: s" >>log
done
"$NGXERR" scan -d a.db --tz UTC --node web1 log
told() { "$NGXERR" report -d a.db --since-last -f json | grep -o '"events":{"count":[0-9]*'; }
"$NGXERR" report -d a.db --since-last >/dev/full
echo "exit $?"
"$NGXERR" report -d a.db --since-last -o missing/report
echo "exit $?"
"$NGXERR" report -d a.db --since-last >&-
echo "exit $?"
told
told
"$NGXERR" report -d missing.db --since-last
echo "exit $?"
