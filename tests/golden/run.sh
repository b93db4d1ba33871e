#!/bin/sh
# Runs every case of tests/golden/cases and compares standard output, standard error and exit status with what is kept.
#   run.sh [CASE ...]            compare, TAP output
#   run.sh --update [CASE ...]   write what the program prints now, showing the difference first
# A case is cases/NAME.sh, run by sh in an empty directory with $NGXERR, $samples and $data set; its expectations are cases/NAME.out and
# cases/NAME.err (absent: empty), the exit status is the last line of NAME.out.
set -u
here=$(cd "$(dirname "$0")" && pwd)
: "${NGXERR:?the path of the program}"
case $NGXERR in /*) ;; *) NGXERR=$(pwd)/$NGXERR ;; esac
export NGXERR
samples=$(cd "$here/../../samples" && pwd)
data=$here/data
export samples data
export LC_ALL=C TZ=UTC COLUMNS=100 NO_COLOR=1
unset NGXERR_DATABASE XDG_STATE_HOME 2>/dev/null
update=false
[ "${1-}" = --update ] && {
    update=true
    shift
}
[ $# -gt 0 ] || set -- "$here"/cases/*.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0
failed=0
echo "1..$#"
for case in "$@"; do
    number=$((number + 1))
    name=$(basename "$case" .sh)
    mkdir "$work/$name" "$work/$name.home"
    status=0
    (cd "$work/$name" && HOME=$work/$name.home sh "$here/cases/$name.sh" >"../$name.out" 2>"../$name.err") || status=$?
    echo "exit $status" >>"$work/$name.out"
    # The only thing masked: the directory of the run and of the source tree.
    for stream in out err; do
        sed -i "s|$work/$name.home|HOME|g; s|$work/$name|WORK|g; s|$samples|SAMPLES|g; s|$data|DATA|g" "$work/$name.$stream"
    done
    same=true
    for stream in out err; do
        kept=$here/cases/$name.$stream
        [ -e "$kept" ] || kept=/dev/null
        if ! diff -u "$kept" "$work/$name.$stream" >"$work/diff"; then
            same=false
            sed 's/^/# /' "$work/diff"
            if $update; then
                if [ -s "$work/$name.$stream" ]; then
                    cp "$work/$name.$stream" "$here/cases/$name.$stream"
                else
                    rm -f "$here/cases/$name.$stream"
                fi
            fi
        fi
    done
    if $same; then
        echo "ok $number - $name"
    elif $update; then
        echo "ok $number - $name # updated"
    else
        echo "not ok $number - $name"
        failed=1
    fi
done
exit $failed
