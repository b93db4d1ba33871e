# A configuration has no upstream: the directive in the record tells whose module's directives help.
"$NGXERR" explain <<'END' | sed -n '/^  Class/p; /^  Do this/,/^  Cost/p'
nginx: [emerg] "fastcgi_busy_buffers_size" must be less than the size of all "fastcgi_buffers" minus one buffer in /etc/nginx/nginx.conf:14
nginx: [emerg] "scgi_cache" zone "foo" is unknown in /etc/nginx/nginx.conf:15
nginx: [emerg] no grpc_ssl_trusted_certificate for grpc_ssl_verify
nginx: [emerg] "uwsgi_cache_path" must have "keys_zone" parameter in /etc/nginx/nginx.conf:12
2013/11/23 06:13:27 [error] 16813#0: *1 fastcgi_buffer_size 4096 is not enough for cache key, it should increased at least to 5120, client: 127.0.0.1, server: localhost, request: "GET /x HTTP/1.1", host: "localhost"
END
