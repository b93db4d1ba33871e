# An output that cannot be is told before anything is read: of a log, a database or an input that is not there is no word.
for file in none/out . /dev/null/out; do
    echo "--- $file"
    "$NGXERR" report -o "$file" missing.log || echo "exit $?"
    "$NGXERR" report -o "$file" -d missing.db || echo "exit $?"
    "$NGXERR" query -o "$file" missing.log || echo "exit $?"
    "$NGXERR" query -o "$file" --sql 'SELECT 1' -d missing.db || echo "exit $?"
    "$NGXERR" explain -o "$file" <&- || echo "exit $?"
    "$NGXERR" db info -o "$file" -d missing.db || echo "exit $?"
done 2>&1
echo "--- a format of explain too"
"$NGXERR" explain -f pdf <&- || echo "exit $?"
echo "--- a pipe is opened when there is something to write"
mkfifo pipe
printf '2026/11/20 03:12:45 [error] 1#1: *1 a\n' >a.log
"$NGXERR" report --if act -o pipe a.log && echo "nobody had to read it"
ls
echo "--- with --scan what is new is stored all the same, and reported when it can be"
"$NGXERR" report --scan --since-last -o none/out -d n.db --tz UTC a.log || echo "exit $?"
"$NGXERR" report --since-last -d n.db | grep -c '^    2026.* a$'
echo "--- a log that is read is not replaced"
ln -s a.log link
for command in report 'report --scan -d n.db' query; do
    for file in a.log ./a.log link; do
        "$NGXERR" $command -o "$file" a.log 2>&1 || echo "exit $?"
    done
done
"$NGXERR" report -o a.log - <a.log 2>&1 || echo "exit $?"
cat a.log
echo "--- nor one in a directory that is read, while what else is there may be written again"
mkdir -p logs/old
cp a.log logs/old
echo 'the report of yesterday' >logs/report.txt
for command in report 'report --scan -d n.db' query; do
    "$NGXERR" $command -o logs/old/a.log logs 2>&1 || echo "exit $?"
    "$NGXERR" $command -o logs/report.txt logs 2>&1 || echo "exit $?"
done
cat logs/old/a.log
grep -c yesterday logs/report.txt
echo "--- and a report is no log, though it shows lines of one"
for format in text markdown html json; do
    "$NGXERR" report -f $format -o logs/report.$format logs
done
"$NGXERR" query --by log logs
echo "--- a database is not replaced, whichever it is"
cp n.db other.db
for command in 'report -d n.db' 'report --scan -d n.db a.log' 'query -d other.db' 'db info -d n.db' 'explain pid-file-missing' 'report a.log'; do
    "$NGXERR" $command -o n.db 2>&1 || echo "exit $?"
done
"$NGXERR" query -d n.db --by class 2>&1 | tail -1
for file in n.db-wal n.db-shm n.db-journal; do
    "$NGXERR" report -o "$file" a.log 2>&1 || echo "exit $?"
done
"$NGXERR" report -o none.db-wal a.log && ls none.db-wal
