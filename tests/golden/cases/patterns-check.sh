# Every example of the built-in classes wins its class; a directory without pattern files has none.
"$NGXERR" patterns check | grep -v " before " | sed "s/[0-9][0-9]*/N/g"
mkdir empty
"$NGXERR" patterns check --without-embedded empty
# A list of an area that is not there says so.
"$NGXERR" patterns list --area otel --area nope | head -n 2
"$NGXERR" patterns list --area acme -f json | grep -o '"area":"[a-z-]*"' | sort -u
