"$NGXERR" report --utc -f markdown "$data/hostile.log"
