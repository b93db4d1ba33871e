# What is pasted without its tail has no kind of upstream: a way for PHP-FPM or uWSGI alone is not chosen, with the tail it is.
set -- 'recv() failed (104: Connection reset by peer) while reading response header from upstream' \
    'connect() to unix:/run/app.sock failed (13: Permission denied) while connecting to upstream' \
    'connect() to unix:/run/app.sock failed (11: Resource temporarily unavailable) while connecting to upstream'
for record; do
    "$NGXERR" explain "$record" | grep 'Do this'
    for kind in fastcgi uwsgi; do
        "$NGXERR" explain "2026/11/23 06:00:00 [error] 7#7: *1 $record, client: 10.0.0.8, server: a, request: \"GET / HTTP/1.1\", upstream: \"$kind://unix:/run/app.sock:\"" |
            grep 'Do this'
    done
done
