"$NGXERR" report --utc -f json "$samples/error.log" >report.json
status=$?
sed 's/"node":"[^"]*"/"node":"NODE"/' report.json
exit $status
