#!/bin/sh
# Prints how fast a scan is, as ratios on this machine, in one run: against sqlite3 .import of the raw lines and against zcat of the
# gzipped log; also with ten times as many classes, the size of the database and the memory.  Medians.
#
# NGXERR=PROGRAM      the program to measure (default: ngxerr in PATH)
# GENERATE, MEASURE   the programs of tests/bench (default: they are compiled)
# LINES=500000        lines of the log; RUNS=3 runs of each
# DISTINCT=1          a log in which every client, URI and message is a new one
set -u
NGXERR=${NGXERR:-ngxerr}
LINES=${LINES:-500000}
RUNS=${RUNS:-3}
here=$(dirname "$0")
work=$(mktemp -d "${TMPDIR:-/tmp}/ngxerr-bench.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# compiled NAME PROGRAM: the program, or the one made of tests/bench/NAME.c.
compiled() {
    if [ -n "$2" ]; then
        echo "$2"
    else
        ${CC:-cc} -std=c11 -D_GNU_SOURCE -O2 -o "$work/$1" "$here/$1.c" && echo "$work/$1"
    fi
}
generate=$(compiled generate "${GENERATE:-}") && measure=$(compiled measure "${MEASURE:-}") || exit 1
command -v "$NGXERR" >/dev/null 2>&1 || {
    echo "bench: $NGXERR: no such program; set NGXERR" >&2
    exit 1
}

# Nine times as many classes as there are, to be added to them.
classes=$("$NGXERR" patterns list | wc -l)
mkdir "$work/patterns"
"$generate" $((classes * 9)) --patterns >"$work/patterns/bench.conf" || exit 1

log=$work/error.log
database=$work/bench.db
"$generate" "$LINES" ${DISTINCT:+--distinct} >"$log" || exit 1
gzip -c "$log" >"$log.gz"
log_bytes=$(wc -c <"$log")
cat "$log" "$log.gz" >/dev/null # everything is in the page cache

# timed NAME COMMAND...: one run; its times gather in $work/NAME.
timed() {
    name=$1
    shift
    "$measure" "$work/$name" "$@" >/dev/null 2>"$work/error" || {
        echo "bench: failed: $*" >&2
        cat "$work/error" >&2
        exit 1
    }
}
scan() { # NAME LOG [OPTION...]
    rm -f "$database" "$database-wal" "$database-shm"
    name=$1 scanned=$2
    shift 2
    timed "$name" "$NGXERR" scan --tz UTC -d "$database" "$@" "$scanned"
}
import() {
    rm -f "$work/import.db"
    timed import sqlite3 "$work/import.db" 'CREATE TABLE lines (line TEXT)' '.mode ascii' ".separator \"\\037\" \"\\n\"" \
        ".import $log lines"
}
median() { # of column $2 of the runs $1
    sort -n -k "$2,$2" "$work/$1" | awk -v column="$2" '{ value[NR] = $column } END { print value[int((NR + 1) / 2)] }'
}
ratio() {
    awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'
}

sqlite=yes
command -v sqlite3 >/dev/null 2>&1 || sqlite=
run=0
while [ "$run" -lt "$RUNS" ]; do # in turn, so that a busy moment does not hit one of them alone
    scan plain "$log"
    database_bytes=$(cat "$database" "$database-wal" 2>/dev/null | wc -c)
    scan tenfold "$log" --patterns "$work/patterns"
    scan gzip "$log.gz"
    timed zcat zcat "$log.gz"
    [ -z "$sqlite" ] || import
    run=$((run + 1))
done

plain=$(median plain 1)
tenfold=$(median tenfold 1)
gzipped=$(median gzip 1)
zcat=$(median zcat 1)
printf '%s lines, %s bytes, median of %s runs\n' "$LINES" "$log_bytes" "$RUNS"
printf 'scan                    %8.2f s\n' "$plain"
printf 'with 10 times the rules %8.2f s\n' "$tenfold"
printf 'scan of the .gz         %8.2f s\n' "$gzipped"
printf 'zcat of the .gz         %8.2f s\n' "$zcat"
if [ -n "$sqlite" ]; then
    import=$(median import 1)
    printf 'sqlite3 .import         %8.2f s\n' "$import"
    printf 'scan / sqlite3 .import  %8s\n' "$(ratio "$plain" "$import")"
else
    echo 'sqlite3 .import          skipped: sqlite3 is not installed'
fi
printf '10 times the rules/scan %8s\n' "$(ratio "$tenfold" "$plain")"
printf 'scan of .gz / zcat      %8s\n' "$(ratio "$gzipped" "$zcat")"
printf 'database / log size     %8s\n' "$(ratio "$database_bytes" "$log_bytes")"
printf 'memory, largest         %8s MB (plain), %s MB (.gz)\n' "$(ratio "$(median plain 2)" 1024)" "$(ratio "$(median gzip 2)" 1024)"
