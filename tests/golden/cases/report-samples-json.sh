"$NGXERR" report --utc -f json "$samples/error.log"
