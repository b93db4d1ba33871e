# A .gz that ends in its middle and is being written to is read on by the next scan; for report, query and --final there is no next time.
head -c 900 "$samples/error.log.2.gz" >cut.gz
for given in 'scan -v -d a.db' 'scan -d b.db' 'scan --final -d c.db' 'query -f csv --by area' 'report -f json -o report.json'; do
    "$NGXERR" $given cut.gz 2>&1
    echo "exit $?"
done
# Times of the future, as of a clock that was wrong, are no sign of that.
touch -d '+2 days' cut.gz
"$NGXERR" scan -d d.db cut.gz 2>&1
echo "exit $?"
