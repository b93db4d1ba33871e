# Every example of the built-in classes wins its class.
"$NGXERR" patterns check | grep -v " before " | sed "s/[0-9][0-9]*/N/g"
