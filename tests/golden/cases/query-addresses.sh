# An IPv4 network holds clients that an IPv6 socket wrote as ::ffff:..., and the reverse; an upstream without a port is of any port.
record() { echo "2026/11/20 03:12:00 [error] 7#7: *$1 connect() failed (111: Connection refused) while connecting to upstream, client: $2, server: s, request: \"GET / HTTP/1.1\", upstream: \"$3\", host: \"h\""; }
{
    record 1 ::ffff:10.1.2.3 http://127.0.0.1:8080/
    record 2 10.1.2.4 http://127.0.0.1:8081/
    record 3 2001:db8::1 'http://[::1]:8080/'
    record 4 ::ffff:11.1.2.3 http://backend/
} >error.log
by() { echo "$*"; "$NGXERR" query -f csv --by connection "$@" error.log; }
by --client 10.0.0.0/8
by --client 10.1.2.3
by --client ::ffff:10.1.2.4
by --client ::ffff:0:0/96
by --not-client 10.0.0.0/8
by --client ::/0
by --upstream 127.0.0.1
by --upstream '[::1]'
by --upstream ::1
by --upstream backend
by --upstream 127.0.0.1:8081
by --not-upstream '127.0.0.*'
