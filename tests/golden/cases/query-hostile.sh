"$NGXERR" query --tz UTC "$data/hostile.log"
"$NGXERR" query --tz UTC -f csv "$data/hostile.log" | sed "s|,[^,]*,hostile\.log,$data|,NODE,hostile.log,$data|"
"$NGXERR" query --tz UTC -f ndjson "$data/hostile.log" | sed 's/"node":"[^"]*"/"node":"NODE"/'
"$NGXERR" query --tz UTC -f raw "$data/hostile.log" | cmp - "$data/hostile.log" && echo "raw is the same"
