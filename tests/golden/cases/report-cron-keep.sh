# What a line of crontab wants beside the report: the scan's --wait, --keep, --max-size, --min-free and --group.  What is removed was told of.
line() { echo "2020/11/20 03:12:4$1 [error] 1#1: *1 open() \"/srv/x\" failed (2: No such file or directory), client: 10.0.0.1, server: s" >>logs/error.log; }
nightly() {
    "$NGXERR" report --scan -d a.db --utc --since-last "$@" logs >report
    echo "exit $?, $(wc -c <report | sed 's/[1-9][0-9]*/some/') bytes$(sed -n 's/^  Events  */, /p' report)"
}
stored() { "$NGXERR" query -d a.db --sql 'SELECT (SELECT count(*) FROM events) AS stored, (SELECT sum(count) FROM counts) AS counted' -f csv; }
mkdir logs
line 1
line 2
echo "--- told of first, removed then; by the group's number, so that no name is needed"
nightly -v --group "$(id -g)" --wait 1 --min-free 1K --keep all=90d
stat -c %a a.db
stored
echo "--- what does not meet --if is removed all the same: it keeps the database small"
line 3
echo "no record" >>logs/error.log # as many as events
nightly -v --if act --keep all=90d
stored
echo "--- and so is what a report that cannot be written did not tell of"
line 4
"$NGXERR" report --scan -d a.db --utc --since-last --keep all=90d -o missing/report logs
echo "exit $?"
stored
echo "--- a size that is kept"
line 5
nightly --max-size 1M
stored
echo "--- no room: nothing is read, exit 4, and what is old is removed"
line 6
nightly
stored
line 7
nightly --min-free 9000T --keep all=90d 2>err
sed 's/has [^,;]* free/has N free/; s/[0-9]* bytes/N bytes/g' err >&2
stored
echo "--- what cannot be meant"
for option in --wait=1 --keep=all=1d --max-size=1G --min-free=1G --group=root; do
    "$NGXERR" report -d a.db "$option"
    echo "exit $?"
done
nightly --wait x
nightly --keep some=1d
nightly --max-size 5X
nightly --max-size 5
nightly --group 'no such group'
