# The path of a key, not the word before it: "cannot load certificate key" begins like "cannot load certificate".
for reason in '80000002:system library::No such file or directory' '8000000D:system library::Permission denied'; do
    echo "nginx: [emerg] cannot load certificate key \"/etc/ssl/private/a.key\": BIO_new_file() failed (SSL: error:$reason:calling fopen(/etc/ssl/private/a.key, r))" >key.log
    "$NGXERR" query -f csv key.log | tail -1 | grep -o '"{.*}"'
done
