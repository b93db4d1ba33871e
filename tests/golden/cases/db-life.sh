"$NGXERR" scan -d a.db --tz UTC --node web1 "$samples"
"$NGXERR" db info -d a.db --utc | sed 's/^\(  current to  \).*/\1NOW/; s/^\(  size        \).*/\1SIZE/; s/^\(  files       \).*/\1SIZES/; s/texts [0-9]*, counts [0-9]*/texts N, counts N/; s/^\(  patterns    \).*/\1HASH/'
"$NGXERR" db reclassify -d a.db
"$NGXERR" query -d a.db -f csv --sql 'SELECT sum(count) FROM counts'
touch -d '2026-11-23' now
"$NGXERR" db prune -d a.db --older-than 1s
echo "exit $?"
"$NGXERR" query -d a.db -f csv --sql 'SELECT count(*), (SELECT sum(count) FROM counts), (SELECT sum(records - pruned_records) FROM files) FROM events'
echo "--- what is pruned cannot be reached, and nothing is known of what it could not show"
"$NGXERR" report -d a.db --utc | sed -n '/^Findings/,/^Files/p'
