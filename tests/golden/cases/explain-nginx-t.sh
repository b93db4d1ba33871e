"$NGXERR" explain <"$data/nginx-t.txt"
printf 'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n' | "$NGXERR" explain
printf 'nginx: configuration file /etc/nginx/nginx.conf test failed\n' | "$NGXERR" explain
