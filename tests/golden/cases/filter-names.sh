# A class or an area that there is none of is said, with what resembles it, so that an empty answer does not hide the slip; the status stays.
"$NGXERR" scan -d a.db --tz UTC "$samples/error.log"
answer() {
    echo "--- $*"
    "$NGXERR" "$@" >out 2>err
    echo "exit $?"
    grep warning err | sed 's/\(near it: [a-z-]*\).*/\1/'
}
answer query -d a.db -f csv --class upstream-timeout --class 'upstream-*' --by area
answer query -d a.db --not-class upstream-refussed -n 1
answer query -d a.db --area upstream --class 'zzz-*'
answer query --class unclassified --area upstream-tls --not-area no-such-area "$samples/error.log"
answer report --class no-such-class "$samples/error.log"
answer report --class no-such-class -d a.db
answer db prune --class no-such-class -d a.db
echo "--- areas that are near, each once"
"$NGXERR" query -d a.db --area 'upstream-*z' >out 2>err
sed 's/.*near it: //; s/;.*//' err | tr ',' '\n' | sort | uniq -d
echo "--- a stream"
printf '2026/11/20 03:12:45 [error] 1#1: x\n' | "$NGXERR" query --class no-such-class - 2>&1 >/dev/null
echo "--- a class of one's own, and one that was stored when it was known"
mkdir own
cat >own/own.conf <<'CONF'
area own;
class own-peculiar-class {
    title     "A peculiar class of one's own";
    severity  fix;
    logged-at error;
    match     'connect\(\) failed';
    cause     "A cause.";
    doc       https://example.org/;
    proof     docs;
    example   '2026/11/20 03:12:45 [error] 1#1: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: a, request: "GET / HTTP/1.1", upstream: "http://10.0.0.2:80/", host: "a"';
}
CONF
answer query -d a.db --class own-peculiar-class
answer query --patterns own --class own-peculiar-clas --area own "$samples/error.log"
sed 's/area own/area own-other/; s/class own-peculiar/class other-peculiar/; s/connect\\(\\) failed/no such text/; s/connect() failed/no such text/' own/own.conf >own/other.conf
answer query -d a.db --patterns own --area own
answer query -d a.db --patterns own --area own-other
"$NGXERR" scan -d b.db --tz UTC --patterns own "$samples/error.log"
answer query -d b.db --class own-peculiar-class
