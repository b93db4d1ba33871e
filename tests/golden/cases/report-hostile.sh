# No byte of a stranger acts on a terminal, in a command or in a block.
"$NGXERR" report --utc "$data/hostile.log"
