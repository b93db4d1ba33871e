# Logs of Windows and macOS get the commands and paths of these systems, also in findings whose records do not tell them.
"$NGXERR" report --utc "$data/windows.log"
"$NGXERR" report --utc "$data/macos.log"
# One report of two systems: each finding by its own records, the others as of Linux.
"$NGXERR" report --utc "$data/windows.log" "$data/macos.log" | grep -E 'no live upstreams|ss -|netstat|Get-Net|icacls|ls -ld'
echo "--- a class of the operator's own keeps its commands"
mkdir own
cat >own/local.conf <<'END'
area local;
class local-refused {
    title     "The shop is down";
    severity  act;
    logged-at error;
    match     '^connect\(\) failed \(10061: ';
    cause     "It is.";
    check     "ss -ltn; shop-status.cmd" "running";
    doc       https://nginx.org/en/docs/;
    proof     docs;
    example   '2026/11/20 03:12:45 [error] 12#34: *5 connect() failed (10061: No connection could be made)';
}
END
"$NGXERR" report --utc --patterns own "$data/windows.log" | grep -A 3 'Verify.*running'
