# A file or pipe that is no database, of another program, from a newer version; a directory that cannot be written: nothing is touched.
try() { "$NGXERR" "$@"; echo "exit $?"; }
try report -d missing.db
try query -d missing.db
try db info -d missing.db
echo "this is text" >text.db
try report -d text.db
try scan -d text.db "$samples"
cat text.db
sqlite3 other.db 'CREATE TABLE t (a)'
try scan -d other.db "$samples"
try report -d other.db
"$NGXERR" scan -d new.db "$samples"
sqlite3 new.db 'PRAGMA user_version = 999' >/dev/null
try scan -d new.db "$samples"
try report -d new.db
mkfifo pipe.db
try report -d pipe.db
try scan -d pipe.db "$samples"
try scan -d no/such/dir/a.db "$samples"
"$NGXERR" scan -d damaged.db "$samples"
dd if=/dev/zero of=damaged.db bs=16384 seek=1 count=8 conv=notrunc 2>/dev/null
try report -d damaged.db
try scan -d damaged.db "$samples"
ls -A
echo "--- too few descriptors: what is missing is said"
for few in 4 5 6 7 8; do
    # those of the caller would be in the way
    (exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- && ulimit -n $few && "$NGXERR" scan -d few.db "$samples/error.log") 2>&1
    rm -f few.db*
done | sed 's/.*: //' | sort -u
echo "--- no room, as where a quota ends: the system's reason is said"
awk 'BEGIN {
    for (i = 0; i < 6000; i++)
        printf "2026/11/20 03:12:45 [error] 7#7: *%d open() \"/srv/%0200d\" failed (2: No such file or directory), client: 10.0.0.1, server: s\n", i, i
}' >long.log
(trap '' XFSZ && ulimit -f 600 && try scan -d full.db long.log) 2>&1
