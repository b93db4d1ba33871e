#!/bin/sh
# Builds the library once with libFuzzer and the sanitizers, then each fuzzer, and runs each for FUZZ_SECONDS.  Called by `make fuzz` with
# SRCDIR, SOURCES (of the library, in it), GENERATED (in the build directory), FLAGS, LIBRARIES; FUZZ_CC is the clang to use.
set -eu
: "${FUZZ_CC:=clang}" "${FUZZ_SECONDS:=60}"
command -v "$FUZZ_CC" >/dev/null 2>&1 || {
    echo "make fuzz needs clang with its runtime library (autogen.sh --install-deps=lint)" >&2
    exit 1
}
mkdir -p fuzz-build
headers=$(find "$SRCDIR/src" -name '*.h')
# shellcheck disable=SC2153 # given by make
flags="-std=c11 -O1 -g -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -I$SRCDIR/src -pthread $FLAGS -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all"
objects=
for source in $SOURCES $GENERATED; do
    case $source in
    *.h) continue ;;
    esac
    path=$SRCDIR/$source
    [ -f "$path" ] || path=$source
    object=fuzz-build/$(echo "$source" | tr / _).o
    objects="$objects $object"
    # shellcheck disable=SC2086 # a list of words
    # what is older than a header may have another layout of its structs
    [ -n "$(find "$object" -newer "$path" 2>/dev/null)" ] && [ -z "$(find $headers -newer "$object")" ] || "$FUZZ_CC" $flags -c -o "$object" "$path"
done
for source in "$SRCDIR"/tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    # shellcheck disable=SC2086 # lists of words
    "$FUZZ_CC" $flags -fsanitize=fuzzer -o "fuzz-build/$name" "$source" $objects $LIBRARIES
    mkdir -p "fuzz-build/corpus-$name"
    set -- "-max_total_time=$FUZZ_SECONDS" -max_len=16384 -rss_limit_mb=2048 -print_final_stats=1 "-artifact_prefix=fuzz-build/$name-"
    [ ! -f "$SRCDIR/tests/fuzz/$name.dict" ] || set -- "$@" "-dict=$SRCDIR/tests/fuzz/$name.dict"
    echo "fuzz: $name for $FUZZ_SECONDS s"
    "fuzz-build/$name" "$@" "fuzz-build/corpus-$name" >"fuzz-build/$name.log" 2>&1 || {
        tail -n 60 "fuzz-build/$name.log"
        exit 1
    }
    tail -n 6 "fuzz-build/$name.log"
done
