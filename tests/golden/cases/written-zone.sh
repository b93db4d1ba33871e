# Logs that were written in another zone than this system's: report, query, db info and db prune show and take their times.
printf '2026/11/20 %s [error] 7#7: *1 open() "/srv/x" failed (2: No such file or directory), client: 192.0.2.1, server: a.example\n' \
    23:10:00 23:40:00 >a.log
sed 's/23:/22:/' a.log >b.log
export TZ=Asia/Tokyo
"$NGXERR" scan -d n.db --tz Europe/Berlin a.log
show() {
    echo "--- report $*"
    "$NGXERR" report -d n.db --since 2026-11-20 --until 2026-11-20 "$@" |
        sed -nE '/^## Files/q; s/<[^>]*>/ /g; /Window|Time zone|First|Peak|Last seen/p'
    "$NGXERR" report -d n.db -f json --since 2026-11-20 "$@" | grep -o '"zone":"[^"]*"'
}
show
show --utc
show --tz Asia/Tokyo
"$NGXERR" report -d n.db --around '2026-11-20 23:40,1m' -f html | grep -o 'Europe/Berlin\|<dd>2026-[^<]*</dd>'
echo "--- query"
"$NGXERR" query -d n.db --around '2026-11-20 23:40,1m' 2>&1
"$NGXERR" query -d n.db --by hour,day 2>&1
"$NGXERR" query -d n.db --by day --utc 2>&1
"$NGXERR" query -d n.db --by day -f csv 2>/dev/null
echo "--- db"
"$NGXERR" db info -d n.db | sed -n '/times/p; /events .*from/p'
"$NGXERR" db prune -d n.db --dry-run --until '2026-11-20 23:30'
"$NGXERR" db prune -d n.db --dry-run --until '2026-11-20 23:30' --tz Asia/Tokyo
echo "--- a report that scans: the new log is of this system's zone, and then there are two"
"$NGXERR" report --scan -d n.db --since 2026-11-20 --until 2026-11-21 b.log 2>&1 | grep 'Window\|Time zone\|First'
"$NGXERR" query -d n.db 2>&1
"$NGXERR" query -d n.db --by log,hour 2>&1
echo "--- a zone that this system does not have, a rule that was in TZ: what the filters let pass is what is shown"
rm -f n.db*
TZ='CET-1CEST,M3.5.0,M10.5.0/3' "$NGXERR" scan -d n.db a.log
"$NGXERR" query -d n.db --since '2026-11-21 07:30' 2>&1
"$NGXERR" report -d n.db --since 2026-11-21 2>&1 | grep '^ngxerr\|Window\|Time zone\|First'
"$NGXERR" db info -d n.db 2>&1 | sed -n '/^ngxerr/p; /^  times/p; /events .*from/p'
"$NGXERR" db prune -d n.db --dry-run --until '2026-11-21 07:30' 2>&1
"$NGXERR" query -d n.db --tz Europe/Berlin --since '2026-11-20 23:30' 2>&1
echo "--- the help says so"
"$NGXERR" query --help | grep -e '--tz ZONE'
