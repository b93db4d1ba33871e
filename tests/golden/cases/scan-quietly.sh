# Cron's contract: silent when all is well, the second scan finds nothing new, a copy adds nothing.
"$NGXERR" scan -d a.db --tz UTC --node web1 "$samples"
"$NGXERR" query -d a.db -f csv --sql 'SELECT count(*) FROM events'
"$NGXERR" scan -d a.db --tz UTC --node web1 "$samples"
cp "$samples/error.log.1" copy.log
"$NGXERR" scan -v -d a.db --tz UTC --node web1 "$samples" copy.log
"$NGXERR" query -d a.db -f csv --sql 'SELECT count(*) FROM events'
stat -c %a a.db
echo "--- a log that was truncated is no copy of itself"
cp "$samples/error.log" shrinks.log
head -n 20 "$samples/error.log" >begin.log
"$NGXERR" scan -d b.db --tz UTC --node web1 shrinks.log
cat begin.log >shrinks.log
"$NGXERR" scan -v -d b.db --tz UTC --node web1 shrinks.log begin.log
