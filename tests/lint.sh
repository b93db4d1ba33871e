#!/bin/sh
# Static checks over the whole tree: lint.sh TOP.  Every tool is needed; autogen.sh --install-deps=lint installs them.
set -u
cd "$1" || exit 2
failed=0
need() {
    command -v "$1" >/dev/null 2>&1 && return
    echo "lint: $1 is not installed (autogen.sh --install-deps=lint)"
    return 1
}
check() {
    name=$1
    shift
    if need "$1" && "$@"; then echo "lint: $name: ok"; else
        echo "lint: $name: failed"
        failed=1
    fi
}
# One clang-tidy a processor.  How many warnings it passed by in headers of others nobody wants to read.
tidy_checks='-*,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,-bugprone-reserved-identifier,-bugprone-assignment-in-if-condition,-bugprone-sizeof-expression,-bugprone-implicit-widening-of-multiplication-result,-bugprone-branch-clone,-bugprone-not-null-terminated-result,clang-analyzer-core.*,-clang-analyzer-core.NonNullParamChecker,-clang-analyzer-core.NullDereference,clang-analyzer-unix.*,clang-analyzer-deadcode.*,misc-redundant-expression'
tidy_all() {
    need clang-tidy || return
    # shellcheck disable=SC2016 # the inner shell's
    printf '%s\n' "$@" | xargs -P "$(nproc)" -n 8 sh -c '
        checks=$1
        shift
        told=$(clang-tidy --quiet --warnings-as-errors="*" --checks="$checks" "$@" -- -std=c11 -D_GNU_SOURCE -Isrc 2>&1)
        status=$?
        printf "%s\n" "$told" | grep -v -e "^[0-9]* warnings* generated.$" -e "^$"
        exit $status' sh "$tidy_checks"
}
sources=$(find src tests -name '*.[ch]' | LC_ALL=C sort)
units=$(find src -name '*.c' | LC_ALL=C sort)
scripts=$(find . -path ./fuzz-build -prune -o \( -name '*.sh' -o -name '*.tap' \) -print | grep -v /build-aux/ | grep -v golden/cases | LC_ALL=C sort)
# shellcheck disable=SC2086 # lists of words
{
    check "clang-format" clang-format --dry-run -Werror $sources
    check "shellcheck" shellcheck -S warning $scripts .ci/run
    check "cppcheck" cppcheck --quiet --std=c11 --language=c --error-exitcode=1 --enable=warning,performance,portability \
        --inline-suppr --suppress=missingIncludeSystem --suppress=ctuuninitvar -D_GNU_SOURCE -Isrc $units
    check "clang-tidy" tidy_all $units
    check "man page" mandoc -T lint -W warning man/ngxerr.1
}
long=$(printf '%s\n' "$sources" | xargs wc -l | awk '$2 != "total" && $1 > 500 {print "  " $2 ": " $1 " lines"}')
[ -z "$long" ] || {
    echo "lint: files over 500 lines:"
    echo "$long"
    failed=1
}
exit $failed
