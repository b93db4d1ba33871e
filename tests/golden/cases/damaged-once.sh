# Damage in a file of a directory, for which nothing can be done, is told once, and again when the file has changed: cron has no mail of it
# every night. -v, db info and doctor still tell it, and so does a scan of the file itself.
mkdir logs
cp "$samples/error.log" logs/error.log
head -c 900 "$samples/error.log.2.gz" >logs/error.log.1.gz
head -c 30 "$samples/error.log.2.gz" >logs/nothing.gz
touch -d '2026-11-24 12:00' logs/*
night() {
    echo "--- $1"
    shift
    "$NGXERR" scan -d a.db --tz UTC "$@" 2>&1
    echo "exit $?"
}
night 'named' logs
night 'not again' logs
mv logs/error.log.1.gz logs/error.log.2.gz
mv logs/nothing.gz logs/nothing.gz.1
cp "$samples/error.log.1" logs/error.log.1.gz
night 'rotated' logs
night 'with -v' -v logs
night 'the file itself' logs/error.log.2.gz
echo "--- db info, doctor"
"$NGXERR" db info -d a.db | sed -n '/Left unread/,$p'
"$NGXERR" doctor -d a.db --nginx-conf /dev/null logs | grep -v newest
head -c 1000 "$samples/error.log.2.gz" >logs/error.log.2.gz
touch -d '2026-11-25 12:00' logs/error.log.2.gz
night 'another state' logs
night 'not again' logs
touch -d 'tomorrow' logs/error.log.2.gz
night 'written just now, or by another clock' logs
night 'not again' logs
echo "--- a report from cron"
"$NGXERR" report --scan -d a.db --tz UTC --if new --since 2030-01-01 logs 2>&1
echo "exit $?"
echo "--- a report of the directory, which has no night before"
"$NGXERR" report logs -o report.txt 2>&1
echo "exit $?"
