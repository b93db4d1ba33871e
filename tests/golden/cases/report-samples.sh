# The main job: a directory of logs, no database.
"$NGXERR" report --utc "$samples"
