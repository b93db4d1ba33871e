# Records of a pipe are printed as they come, with every filter and format that needs no look at all of them.
line() { echo "2026/11/20 $1 [$2] 1#1: *$3 $4"; }
refused='connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, server: a.example, request: "GET / HTTP/1.1", upstream: "http://10.0.0.1:80/", host: "a.example"'
{
    line 03:12:45 error 1 "$refused"
    echo "tail: error.log: file truncated"
    echo
    line 03:12:47 warn 2 'a message 17 that no class has'
    line 03:12:46 crit 3 'open() "/srv/www/x" failed (13: Permission denied), client: 2001:db8::1, server: b, request: "GET /x HTTP/1.1"'
    line 03:12:48 error 4 'FastCGI sent in stderr: "PHP message: first
Stack trace:
#0 /srv/a.php(1)" while reading response header from upstream, client: 192.0.2.4, server: c, request: "GET / HTTP/1.1", upstream: "fastcgi://unix:/run/php.sock:", host: "c"'
    printf '%s' "$(line 03:12:49 error 5 "$refused")"
} >log
try() {
    status=0
    cat log | "$NGXERR" query --tz UTC "$@" - >answer || status=$?
    sed "s/\([,\"]\)$(uname -n)\([,\"]\)/\1NODE\2/" answer
    echo "exit $status"
}
try -v
try -f csv --level crit
try -f ndjson --client 2001:db8::/32
try -f raw --grep 'Stack trace'
cat log | "$NGXERR" query -f raw - | cmp - log
try -f raw --class unclassified
try -f csv --since '2026-11-20 03:12:49' --class 'upstream-*'
try -f table --host nobody
echo "--- as it comes: the next record tells that one is complete, or a short quiet time"
mkfifo in out
"$NGXERR" query --tz UTC -f raw --level error - <in >out &
exec 3>in 4<out
line 03:12:45 error 1 "$refused" >&3
read -r got <&4
echo "$got"
{ line 03:12:46 info 1 'of no interest' && line 03:12:47 error 2 "$refused" && printf '2026/11/20 03:12:48 [error] 1#1: half a line' ; } >&3
read -r got <&4
echo "$got"
echo ' and its rest' >&3
read -r got <&4
echo "$got"
exec 3>&-
wait $!
echo "exit $?"
echo "--- one header for all that comes, and a line that comes in parts is one"
"$NGXERR" query --tz UTC -f csv - <in >out &
exec 3>in 4<out
printf '2026/11/20 03:12:45 [error] 1#1: *1 half' >&3
sleep 1 # the parts are read apart; what is printed does not depend on it
echo ' a line' >&3
for i in header row; do
    read -r got <&4
    echo "$got" | cut -d, -f 1,8
done
line 03:12:46 error 2 "$refused" >&3
exec 3>&-
cut -d, -f 1,8 <&4
wait $!
echo "exit $?"
echo "--- a compressed stream as well"
"$NGXERR" query --tz UTC -f raw - <in >out &
exec 3>in 4<out
line 03:12:45 error 1 "$refused" | gzip >&3
read -r got <&4
echo "$got"
{ line 03:12:46 error 2 "$refused" && line 03:12:47 error 3 "$refused" ; } | gzip >&3
read -r got <&4
echo "$got"
read -r got <&4
echo "$got"
exec 3>&-
wait $!
echo "exit $?"
echo "--- a reader that leaves"
yes "$(line 03:12:45 error 1 "$refused")" | "$NGXERR" query --tz UTC -f raw - | head -1
echo "--- no record at all, nothing at all, a filter that is wrong"
echo 'not a log' | "$NGXERR" query --tz UTC -
echo "exit $?"
echo 'not a log' | "$NGXERR" query --tz UTC --force -f csv - | wc -l
"$NGXERR" query --tz UTC -f csv - </dev/null | wc -l
try --client nobody
