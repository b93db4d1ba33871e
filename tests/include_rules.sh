#!/bin/sh
# Reads every #include of src/ and compares it with the table of rooms in HACKING.md: which room may include which, and which
# library header belongs to which room alone.
set -eu
top=${TOP_SRCDIR:-$(dirname "$0")/..}
table=$top/HACKING.md

# Lines of the table look like: | `parse` | base | - |
rooms=$(sed -n 's/^| `\([a-z]*\)` | \([^|]*\) | \([^|]*\) |.*$/\1:\2:\3/p' "$table")
[ -n "$rooms" ] || {
    echo "no table of rooms in $table"
    exit 1
}
failed=0
files=0
for file in "$top"/src/*/*.[ch]; do
    files=$((files + 1))
    room=$(basename "$(dirname "$file")")
    row=$(printf '%s\n' "$rooms" | grep "^$room:") || {
        echo "$file: the room $room is not in HACKING.md"
        failed=1
        continue
    }
    may=$(printf '%s\n' "$row" | cut -d: -f2)
    for included in $(sed -n 's|^#include "\([a-z]*\)/.*|\1|p' "$file" | sort -u); do
        [ "$included" = "$room" ] && continue
        case " $may " in
        *" $included "*) ;;
        *)
            echo "$file: room $room may not include $included/"
            failed=1
            ;;
        esac
    done
done
# The headers of libraries: one room each.
while read -r header owner; do
    for file in $(grep -lE "^#include <$header>" "$top"/src/*/*.[ch] || true); do
        room=$(basename "$(dirname "$file")")
        [ "$room" = "$owner" ] || {
            echo "$file: <$header> belongs to $owner alone"
            failed=1
        }
    done
done <<LIST
zlib.h input
isa-l/igzip_lib.h input
zstd.h input
lzma.h input
bzlib.h input
pcre2.h classify
sqlite3.h store
xxhash.h base
LIST
echo "$files files read"
exit "$failed"
