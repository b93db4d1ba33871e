# A whole line from standard input: the advice has the line's own values.
grep -m1 'alert number 40' "$samples/error.log" | "$NGXERR" explain
