# A record that nginx cut: its upstream is not known, so that nothing is said of a record without one.
awk 'BEGIN { text = "2026/11/30 02:16:14 [error] 22919#22919: *33 inflate() failed: 0, -3 while sending to client, " \
             "client: 192.0.2.7, server: , request: \"GET /"; while (length(text) < 2047) text = text "x"; print text }' |
    "$NGXERR" explain | grep -E '^  (Do this|Or) '
echo "--- the words of a message alone: the most frequent question is not answered with a rare class"
"$NGXERR" explain 'client intended to send too large body' | grep -E '^  Class'
"$NGXERR" explain 'upstream timed out' | sed -n '/Severity/,$p'
echo "--- a whole message without what tells its classes apart: nginx's own first, the worst first"
"$NGXERR" explain 'connect() failed (111: Connection refused)' | sed -n '/Severity/,/^$/p'
echo "--- modules, protocols and helpers that few have come last"
"$NGXERR" explain "unknown directive" | sed -n "/Severity/,/^$/p"
"$NGXERR" explain "FastCGI sent in stderr" | sed -n "/Severity/,/^$/p" | head -3
echo "--- words from the middle of a message; what too many have tells nothing"
"$NGXERR" explain 'Primary script unknown' 'Permission denied' 'while connecting to upstream' 'connecting to upstream' | grep -E '^  (Class|Nearest|act|fix|tune)|matches'
