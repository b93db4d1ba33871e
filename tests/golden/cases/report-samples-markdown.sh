"$NGXERR" report --utc -f markdown "$samples/error.log"
