"$NGXERR" scan -d a.db --tz UTC --node web1 "$samples"
"$NGXERR" query -d a.db --sql "SELECT class, severity, count(*) AS n FROM events GROUP BY 1 ORDER BY n DESC, 1 LIMIT 4"
echo "--- numbers that are no whole ones, and a title that is not for a terminal"
"$NGXERR" query -d a.db -f csv --sql 'SELECT 0.1 + 0.2 AS sum'
"$NGXERR" query -d a.db -f ndjson --sql 'SELECT 0.1 + 0.2 AS sum, 9e999 AS endless'
"$NGXERR" query -d a.db --sql "SELECT 1 AS '$(printf 'a\033[2Jb')'"
for statement in 'SELEC 1' 'SELECT nothing FROM events' "ATTACH 'x.db' AS x" 'DELETE FROM event' 'PRAGMA user_version = 7' "SELECT load_extension('x')" 'SELECT 1; DROP TABLE event' ''; do
    "$NGXERR" query -d a.db --sql "$statement"
    echo "exit $?"
done
ls
