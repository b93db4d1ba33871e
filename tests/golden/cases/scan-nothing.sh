# When a scan that read nothing says so, once: not beside a refusal, not for a log that is empty yet, but when logs were there before and cannot be read.
scan() {
    echo "--- $1"
    shift
    "$NGXERR" scan -d a.db --tz UTC "$@" 2>&1
    echo "exit $?"
}
mkdir logs
echo "no record" >other
scan "no log in a directory" logs
scan "a file that is refused" other
touch logs/error.log
scan "an empty log" logs
echo '2026/11/20 03:12:45 [error] 1#1: a' >logs/error.log
scan "a log" logs
rm logs/error.log
scan "the log is gone" logs
ln -s error.log logs/error.log
scan "the log cannot be read: a link to itself" logs
cp "$samples/error.log" logs/b.log
scan "one of two can be read" logs
echo '2026/11/20 03:12:46 [error] 1#1: b' >logs/c.log
scan "one is read, one is as it was" logs
