"$NGXERR" query --tz UTC -f csv --by class - <"$samples/error.log.2.gz"
"$NGXERR" report --utc - </dev/null
echo "exit $?"
"$NGXERR" "$samples/error.log" -f json --tz UTC | head -c 200
"$NGXERR" report --utc --fail-on act "$samples/error.log" >/dev/null
echo "exit $?"
"$NGXERR" report --utc -o out.md -f markdown "$samples/error.log" && head -3 out.md
