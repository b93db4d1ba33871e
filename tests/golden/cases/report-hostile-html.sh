"$NGXERR" report --utc -f html "$data/hostile.log"
