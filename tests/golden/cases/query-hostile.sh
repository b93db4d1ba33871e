"$NGXERR" query --tz UTC "$data/hostile.log"
"$NGXERR" query --tz UTC -f csv "$data/hostile.log"
"$NGXERR" query --tz UTC -f ndjson --node web1 "$data/hostile.log"
"$NGXERR" query --tz UTC -f raw "$data/hostile.log" | cmp - "$data/hostile.log" && echo "raw is the same"
