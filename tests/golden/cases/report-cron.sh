# One line of crontab: scan, then a report of what no report told of yet, if a condition is met; else not a byte.
connect='connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, server: a, request: "GET / HTTP/1.1", upstream: "http://10.0.0.1:80/", host: "a"'
reset='recv() failed (104: Connection reset by peer) while reading response header from upstream, client: 192.0.2.9, server: a, request: "GET / HTTP/1.1", upstream: "http://10.0.0.1:80/", host: "a"'
line() { echo "2026/11/20 $1 [$2] 1#1: *1 $3" >>logs/error.log; }
# what is about the time of the run is masked
nightly() {
    "$NGXERR" report --scan -d a.db --utc "$@" logs >report
    echo "exit $?, $(wc -c <report | sed 's/[1-9][0-9]*/some/') bytes"
    sed -n '/^  Window/s/report of 20.* (/report of TIME (/p; /^  Window.*first/p; /^  Events/p; /^New$/,/^  act: /p' report
}
mkdir logs
line 03:12:45 error "$connect"
echo "--- the first report of a name: everything is new"
nightly --since-last --if fix:10,new
echo "--- nothing new"
nightly --since-last --if fix:10,new
echo "--- nine, then the tenth: what was not printed is carried on"
for second in 01 02 03 04 05; do line "04:00:$second" error "$connect"; done
nightly --since-last --if fix:10,new
for second in 11 12 13 14; do line "04:00:$second" error "$connect"; done
nightly --since-last --if fix:10,new
line 04:00:20 error "$connect"
nightly --since-last --if fix:10,new
echo "--- a new class and a new shape, found late in a rotated log"
{
    echo "2025/01/01 00:00:00 [error] 1#1: *1 $reset"
    echo '2025/01/01 00:00:01 [alert] 1#1: a message 17 that no class has'
} >logs/error.log.7
line 05:00:00 error "$connect"
nightly --since-last --if fix:10,new
echo "--- of another name, with a filter, by level"
nightly --since-last=resets --class upstream-conn-reset --if alert
nightly --since-last=resets --class upstream-conn-reset --if error:1
nightly --since-last=resets --class upstream-conn-reset --if error:1
echo "--- a failing condition, printed or not"
line 06:00:00 error "$connect"
nightly --since-last --if act:5 --fail-on act
nightly --since-last --if act --fail-on tune:2,warn:2
nightly --since-last --fail-on noise
echo "--- markdown and json say new"
for format in markdown json; do
    "$NGXERR" report --scan -d a.db --utc --since-last=$format -f $format logs >/dev/null
done
line 07:00:00 error 'another message 18 that no class has'
line 07:00:01 error 'upstream timed out (110: Connection timed out) while connecting to upstream, client: 192.0.2.1, server: a, request: "GET / HTTP/1.1", upstream: "http://10.0.0.1:80/", host: "a"'
line 07:00:02 error "$reset"
"$NGXERR" report --scan -d a.db --utc --since-last=markdown -f markdown logs | sed -n '/^## New/,/^act: /p; /New shape/p'
"$NGXERR" report --scan -d a.db --utc --since-last=json -f json logs | grep -o '"new":[a-z]*,"[^,]*\|"new_shapes":[0-9]*\|"since_last":"[a-z]*"\|"class":"[^"]*"'
echo "--- new, counted by time"
"$NGXERR" report -d a.db --utc --since '2026-11-20 07:00' --if new | sed -n '/^New$/,/^  act: /p'
"$NGXERR" report -d a.db --utc --since '2026-11-20 06:00' --until '2026-11-20 07:00' --if new
echo "exit $?"
echo "--- what was pruned was seen"
"$NGXERR" report -d a.db --since-last=pruned >/dev/null
"$NGXERR" db prune -d a.db --older-than 1s >/dev/null
line 08:00:00 error "$reset"
nightly --since-last=pruned --if new
nightly --since-last=pruned
