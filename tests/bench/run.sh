#!/bin/sh
# Prints the table of ratios that the program is held to, measured on this machine in one run.  Nothing here fails for being slow, but
# a program that fails ends the bench with its message.  What is compared with and not installed is skipped by name.
#
# NGXERR=PROGRAM      the program to measure (default: ngxerr in PATH)
# GENERATE, MEASURE   the programs of tests/bench (default: they are compiled)
# LINES=1000000       lines of the log (312 MB, 38 MB gzipped)
# RUNS=5              runs of each command, in turn; the table has the medians of their seconds, and of the ratios within a run
# HUGE=1              also a plain log of 50 times LINES, made as a file: 16 GB and its database, three runs in turn with the log of LINES
# TMPDIR              where logs and databases are: on a disk, 3 GB of it for a million lines
set -u
NGXERR=${NGXERR:-ngxerr}
LINES=${LINES:-1000000}
RUNS=${RUNS:-5}
HUGE=${HUGE:-}
here=$(dirname "$0")
work=$(mktemp -d "${TMPDIR:-/tmp}/ngxerr-bench.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
HOME=$work/home LC_ALL=C # nobody's settings
export HOME LC_ALL
unset XDG_CONFIG_HOME

log=$work/error.log
one=$work/eight/error.log.gz # the same, gzipped, among the eight
database=$work/bench.db
runs=$work/runs # a file for each command, a line for each of its runs
output=/dev/null # of what is measured

failed() {
    echo "bench: failed: $*" >&2
    exit 1
}

say() { # how far it is, on a terminal
    [ ! -t 2 ] || echo "bench: $*" >&2
}

has() {
    command -v "$1" >/dev/null 2>&1
}
has_zcat() { # and what makes its input
    has zcat && has gzip
}

room_for() { # KILOBYTES
    free=$(df -Pk "$work" | awk 'END { print $4 }')
    [ "$free" -ge "$1" ] || failed "TMPDIR needs $(($1 / 1000000)) GB free and has $((free / 1000000))"
}

# compiled NAME PROGRAM: the program, or the one made of tests/bench/NAME.c.
compiled() {
    if [ -n "$2" ]; then
        echo "$2"
    else
        ${CC:-cc} -std=c11 -D_GNU_SOURCE -O2 -o "$work/$1" "$here/$1.c" && echo "$work/$1"
    fi
}

# --- the logs ---

generated() { # FILE ARGUMENT...
    file=$1
    shift
    "$generate" "$@" >"$file" || failed "generate $*"
}

gzipped() { # LINES SEED...: a gzipped log of each seed (odd: generate makes them so), all of them different, in $work/eight
    lines=$1
    shift
    for seed in "$@"; do
        generated "$work/eight/$seed.log" "$lines" "$seed"
        gzip "$work/eight/$seed.log" || failed gzip
    done
}

# tiny_logs DIRECTORY COUNT: a log a virtual host, of one line to ten; each line has its like in all others, but for the server.
tiny_logs() {
    mkdir "$1"
    awk -v directory="$1" -v count="$2" 'BEGIN {
        for (i = 0; i < count; i++) {
            log_file = directory "/" i ".log"
            for (j = 0; j <= i % 10; j++)
                printf "2026/11/20 03:12:%02d [error] 7#7: *%d connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, server: s%d.example, request: \"GET / HTTP/1.1\", upstream: \"http://10.0.0.1:80/\", host: \"a.example\"\n", j, j, i >log_file
            close(log_file)
        }
    }'
}

# hostile_log FILE COUNT: each of these texts again and again, to the size of the longest records, as message, in a quoted text that a class
# takes out, and in the request.
hostile_log() {
    awk -v count="$2" 'BEGIN {
        texts = ", |,|\"|\", host: \"|(|) |(1: | (SSL: | while |%0A|#|.|\\|:|a|1|/|=|<|\001|\377|://|, client: 1.2.3.4|in | HTTP/1.1\" "
        many = split(texts, text, "|")
        for (i = 1; i <= many; i++) {
            part = ""
            while (length(part) < 1800)
                part = part text[i]
            begins = "2026/11/20 03:12:45 [error] 7#7: *7 "
            ends = ", client: 192.0.2.1, server: a, request: \"GET /%s HTTP/1.1\", host: \"a\"\n"
            for (j = 0; j < count; j++) {
                printf "%s%s", begins, part
                printf ends, ""
                printf "%suser \"%s\" was not found in \"/p\"", begins, part
                printf ends, ""
                printf "%sopen() \"/a\" failed (2: No such file or directory)", begins
                printf ends, part
            }
        }
    }' >"$1"
}

make_logs() {
    mkdir "$runs" "$HOME" "$work/eight" "$work/thirty" "$work/patterns"
    generated "$log" "$LINES"
    generated "$work/distinct.log" "$LINES" --distinct
    if has_zcat; then
        gzipped "$LINES" 1 3 5 7 &
        gzipped "$LINES" 9 11 13
        gzip -c "$log" >"$one" || failed gzip
        wait $! || exit 1
    fi
    for seed in 1 3 5 7 9 11 13 15 17 19 21 23 25 27 29 31 33 35 37 39 41 43 45 47 49 51 53 55 57 59; do
        generated "$work/thirty/$seed.log" $((LINES / 100 + 1)) "$seed"
        ! has_zcat || [ $((seed % 3)) -eq 0 ] || gzip "$work/thirty/$seed.log" || failed gzip
    done
    tiny_logs "$work/tiny" 2000
    tiny_logs "$work/fewer" 500
    hostile_log "$work/hostile.log" 200
    timed first "$NGXERR" scan --tz UTC -d "$work/thirty.db" "$work/thirty"
    classes=$("$NGXERR" patterns list | wc -l)
    # Nine times as many classes as there are, to be added to them.
    generated "$work/patterns/bench.conf" $((classes * 9)) --patterns
}

# --- one run each ---

# timed NAME COMMAND...: its seconds and kilobytes gather in $runs/NAME.
timed() {
    name=$1
    shift
    "$measure" "$runs/$name" "$@" </dev/null >"$output" 2>"$work/error" || {
        status=$?
        cat "$work/error" >&2
        failed "with status $status:" "$@"
    }
}

# scan NAME ARGUMENT...: into a new database.
scan() {
    scanned=$1
    shift
    timed "$scanned" "$NGXERR" scan --tz UTC -d "$database" "$@"
    [ "$scanned" != plain ] || cat "$database" "$database-wal" 2>/dev/null | wc -c >"$work/database_bytes"
    rm -f "$database" "$database-wal" "$database-shm" # before the kernel writes it out while the next one is measured
}

# Into a database each; they are removed afterwards, as that of all eight is.
scan_each() {
    timed each sh -c 'program=$1 && shift && for log; do "$program" scan --tz UTC -d "$log.db" "$log" || exit; done' sh "$NGXERR" \
        "$work"/eight/*.gz
    rm -f "$work"/eight/*.db*
}

import() {
    timed import sqlite3 "$work/import.db" 'CREATE TABLE lines (line TEXT)' '.mode ascii' ".separator \"\\037\" \"\\n\"" \
        ".import $log lines"
    rm -f "$work/import.db"
}

# lnav as it comes knows no format of nginx's error log.  It takes the log for its generic_log: a time and a level are found at a line's
# beginning, the rest of the line is the message, and lines without a time belong to the one before.  Counting all_logs costs this index and
# nothing else.  all_logs.log_msg_format is the message with the values found in it replaced by #, computed for each row that is asked for;
# only the most frequent are printed, so that printing (there can be hundreds of thousands) is not measured.  A statement that fails
# leaves lnav's exit status 0: what it printed tells.
# One run of a hundred or so of lnav 0.11 takes a minute longer than the others; the median is not moved by it.
lnav_query() { # NAME SQL
    output=$work/output
    timed "$1" lnav -n -N -c ";$2" "$log"
    output=/dev/null
    grep -q '[1-9][0-9]* *$' "$work/output" || failed "lnav: $2"
}
lnav_count() {
    lnav_query count 'SELECT count(*) AS n FROM all_logs'
}
lnav_group() {
    lnav_query group 'SELECT log_msg_format, count(*) AS n FROM all_logs GROUP BY log_msg_format ORDER BY n DESC LIMIT 20'
}

run_once() { # in turn, so that a busy moment does not hit one of them alone
    scan plain "$log"
    timed report "$NGXERR" report --tz UTC "$log"
    scan tenfold "$log" --patterns "$work/patterns"
    ! has sqlite3 || import
    ! has lnav || lnav_count
    ! has lnav || lnav_group
    if has_zcat; then
        scan gzip "$one"
        timed zcat zcat "$one"
        scan eight "$work/eight"
        scan_each
    fi
    scan distinct "$work/distinct.log"
    scan tiny "$work/tiny"
    scan fewer "$work/fewer"
    sync # its milliseconds are not those of writing out what the others left
    timed second "$NGXERR" scan --tz UTC -d "$work/thirty.db" "$work/thirty"
    timed by "$NGXERR" query --by class,server -d "$work/thirty.db"
    timed view "$NGXERR" query --sql 'SELECT class, server, count(*) FROM events GROUP BY 1, 2 ORDER BY 3 DESC' -d "$work/thirty.db"
}

run_extremes() { # for their memory, and for what grows with the number of shapes or with the size of a text
    scan hostile "$work/hostile.log"
    timed distinct_report "$NGXERR" report --tz UTC "$work/distinct.log"
    timed distinct_since "$NGXERR" report --tz UTC --since 2000-01-01 "$work/distinct.log"
    rm "$work/distinct.log"
    head -n 1 "$log" | awk -v lines="$LINES" '{ while (n++ < lines) print }' >"$work/same.log"
    scan same "$work/same.log"
    rm "$work/same.log"
    generated "$work/triple.log" $((LINES * 3)) --distinct
    scan triple "$work/triple.log"
    rm "$work/triple.log"
}

# In turn with the log of LINES, and three times: where the kernel gets memory slowly (HACKING.md) one scan is slower by half than another.
run_huge() {
    generated "$work/huge.log" $((LINES * 50))
    for run in 1 2 3; do
        sync # what is not on the disk yet is not written while the scan reads
        scan beside "$log"
        scan huge "$work/huge.log"
    done
}

# --- all of it ---

generate=$(compiled generate "${GENERATE:-}") && measure=$(compiled measure "${MEASURE:-}") || exit 1
has "$NGXERR" || failed "$NGXERR: no such program; set NGXERR"
[ -z "$HUGE" ] || room_for $((LINES * 25)) # log and database, 312 and 150 bytes a line, 50 times, and what else there is

say 'making the logs'
make_logs
sync
run=1
while [ "$run" -le "$RUNS" ]; do
    say "run $run of $RUNS"
    run_once
    run=$((run + 1))
done
say 'distinct and equal lines'
run_extremes
[ -z "$HUGE" ] || run_huge
gzip_bytes=0
! has_zcat || gzip_bytes=$(wc -c <"$one")
awk -v lines="$LINES" -v runs="$RUNS" -v log_bytes="$(wc -c <"$log")" -v gzip_bytes="$gzip_bytes" \
    -v database_bytes="$(cat "$work/database_bytes")" -v hostile_bytes="$(wc -c <"$work/hostile.log")" -f "$here/table.awk" "$runs"/*
