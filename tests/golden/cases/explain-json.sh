# What is said of a line itself; the advice is that of a report.
line='2026/11/20 03:12:45 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, server: a.example, request: "GET /x\y?z=%22 HTTP/1.1", upstream: "http://198.51.100.1:80/x\y?z=%22", host: "a.example"'
printf '%s\n%s\n' "$line" "$line" | "$NGXERR" explain -f json | grep -o '^.*"fields":\[[^]]*\]'
echo "--- a line that no class knows"
"$NGXERR" explain -f json 'upstream gave the wrong answer to the question of life'
