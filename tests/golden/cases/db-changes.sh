# What changes a database makes none, of an empty file neither; --older-than takes along what is no record; names of files that a scan left do nothing to a terminal.
: >empty.db
for file in none.db none/none.db empty.db; do
    for action in 'prune --older-than 1d' 'prune --older-than 1d --dry-run' reclassify 'retime --utc'; do
        "$NGXERR" db $action -d $file
        echo "exit $?"
    done
done
wc -c *
echo "--- what is no record"
printf 'no record\n2026/11/20 03:12:45 [error] 1#1: a\n' >a.log
"$NGXERR" scan -d a.db --tz UTC a.log
before=$(cksum <a.db)
"$NGXERR" db prune -d a.db --older-than 1s --dry-run
[ "$before" = "$(cksum <a.db)" ] && echo "the same"
"$NGXERR" db prune -d a.db --older-than 1s
"$NGXERR" query -d a.db -f csv --sql 'SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM unparsed)'
echo "--- names"
mkdir logs
echo "no record" >"logs/$(printf 'a\033[2Jb')"
"$NGXERR" scan -d a.db --tz UTC logs
"$NGXERR" db info -d a.db --utc | tail -1
