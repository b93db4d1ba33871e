# A log at level debug, cut out of a real one: a class says that it is on, headers as they go over the wire are lines of their records.
"$NGXERR" report --utc "$data/debug.log" | sed -n '/^  Lines  .*file/,/^  act:/p; /^2\. /,/^Values/p'
echo "--- its lines"
"$NGXERR" query --utc -f csv --by class,level,lines "$data/debug.log"
"$NGXERR" query -f raw "$data/debug.log" | cmp - "$data/debug.log" && echo "all bytes"
echo "--- a text without a level is not taken for one at debug"
echo 'http wait request handler' | "$NGXERR" explain | head -n 1
