"$NGXERR" scan -d a.db --tz UTC --node web1 "$samples"
"$NGXERR" query -d a.db --sql "SELECT class, severity, count(*) AS n FROM events GROUP BY 1 ORDER BY n DESC, 1 LIMIT 4"
for statement in 'SELEC 1' 'SELECT nothing FROM events' "ATTACH 'x.db' AS x" 'DELETE FROM event' 'PRAGMA user_version = 7' "SELECT load_extension('x')" 'SELECT 1; DROP TABLE event' ''; do
    "$NGXERR" query -d a.db --sql "$statement"
    echo "exit $?"
done
ls
