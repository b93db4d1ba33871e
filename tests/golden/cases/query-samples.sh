"$NGXERR" scan -d a.db --tz UTC --node web1 "$samples"
"$NGXERR" query -d a.db --utc --class 'upstream-*' -n 2
"$NGXERR" query -d a.db --utc -n 1 -f json --class limit-req-rejected | sed 's/"current_to":"[^"]*"/"current_to":"NOW"/'
"$NGXERR" query -d a.db --utc --by class
"$NGXERR" query -d a.db --utc --by hour,severity -f csv
"$NGXERR" query -d a.db --utc --not-class 'upstream-*' --level error --by host -f csv
"$NGXERR" query -d a.db --utc --client 127.0.0.16/28 --by client -f csv
"$NGXERR" query -d a.db --utc --grep 'zone "(login|perip)"' --by class -f csv
"$NGXERR" query -d a.db -f raw | sort >all.txt
{ zcat "$samples/error.log.2.gz"; cat "$samples/error.log.1" "$samples/error.log"; } | sort | cmp - all.txt && echo "every byte is there"
