#!/bin/sh
# Writes files as C byte arrays.  Usage: embed.sh SYMBOL FILE... > out.c
# Gives `const struct embedded_file SYMBOL[]` in the order of the arguments, and `const size_t SYMBOL_count`.
set -eu
export LC_ALL=C

symbol=$1
shift

printf '/* Made by embed.sh; not to be edited. */\n#include "base/embedded.h"\n\n'
printf 'extern const struct embedded_file %s[];\nextern const size_t %s_count;\n\n' "$symbol" "$symbol"

index=0
for file in "$@"; do
    printf 'static const unsigned char %s_%d[] = {\n' "$symbol" "$index"
    od -An -v -tu1 "$file" | awk '{ gsub(/ +/, ","); sub(/^,/, ""); print $0 "," }'
    printf '0};\n\n'
    index=$((index + 1))
done

printf 'const struct embedded_file %s[] = {\n' "$symbol"
index=0
for file in "$@"; do
    printf '    {"%s", %s_%d, sizeof %s_%d - 1},\n' "${file##*/}" "$symbol" "$index" "$symbol" "$index"
    index=$((index + 1))
done
printf '};\nconst size_t %s_count = %d;\n' "$symbol" "$index"
