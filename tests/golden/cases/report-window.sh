# A bare report of a database is about the last 24 hours: not about an event that is ten minutes older, but about one that is ten minutes younger.
for minutes in 1450 1430; do
    date -u -d "-$minutes minutes" '+%Y/%m/%d %H:%M:%S [error] 1#1: *1 an event' >>error.log
done
"$NGXERR" scan -d a.db --tz UTC error.log
"$NGXERR" report -d a.db -f json | grep -o '"assumed":[a-z]*\|"events":{"count":[0-9]*'
