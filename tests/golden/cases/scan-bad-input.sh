# Damage is named, what can be read is stored, the others go on.
printf 'not a log\n' >other.txt
head -c 900 "$samples/error.log.2.gz" >cut.gz
touch -d '2026-11-20' cut.gz
: >empty.log
"$NGXERR" scan -d a.db --tz UTC other.txt missing.log cut.gz empty.log "$samples/error.log"
echo "exit $?"
"$NGXERR" query -d a.db -f csv --sql 'SELECT log, records > 0, unparsed FROM files ORDER BY log'
"$NGXERR" scan -d b.db --tz UTC --force other.txt
echo "exit $?"
"$NGXERR" query -d b.db -f csv --sql 'SELECT reason, bytes FROM unparsed'
echo "--- as Windows' PowerShell writes what it is piped"
iconv -f UTF-8 -t UTF-16 "$samples/error.log" >utf16.log
"$NGXERR" query utf16.log
echo "exit $?"
