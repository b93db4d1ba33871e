# A single event of act does not stand above many failing requests.
{
    echo '2026/11/20 00:00:00 [crit] 1#1: *1 connect() to unix:/run/php.sock failed (2: No such file or directory) while connecting to upstream, client: 192.0.2.1, server: a, request: "GET / HTTP/1.1", upstream: "fastcgi://unix:/run/php.sock:", host: "a"'
    awk 'BEGIN {
        for (i = 0; i < 50000; i++)
            printf "2026/11/20 %02d:%02d:%02d [error] 1#1: *%d recv() failed (104: Connection reset by peer) while reading response header from upstream, client: 10.0.%d.%d, server: a, request: \"GET /%d HTTP/1.1\", upstream: \"http://10.0.0.1:80/\", host: \"a\"\n",
                1 + i / 3600, i / 60 % 60, i % 60, i, i % 7, i % 251, i % 11
    }'
} >log
"$NGXERR" report --utc -f json log | grep -o '"class":"[a-z-]*"\|"severity":"[a-z]*"\|"new":[a-z]*,"weight":[0-9]*,"clients":[0-9]*,"count":[0-9]*'
# More files than are listed: of a database db info has them all, of logs nothing has.
mkdir many
for second in $(seq 10 22); do echo "2026/11/20 03:12:$second [warn] 1#1: a warning" >many/$second.log; done
"$NGXERR" report --utc many | tail -1
"$NGXERR" scan --utc -d a.db many
"$NGXERR" report --utc --since 2026-11-20 -d a.db | tail -1
