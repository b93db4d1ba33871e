# Logs of Windows and macOS get the commands and paths of these systems, also in findings whose records do not tell them.
"$NGXERR" report --utc "$data/windows.log"
"$NGXERR" report --utc "$data/macos.log"
# One report of two systems: each finding by its own records, the others as of Linux.
"$NGXERR" report --utc "$data/windows.log" "$data/macos.log" | grep -E 'no live upstreams|ss -|netstat|Get-Net|icacls|ls -ld'
