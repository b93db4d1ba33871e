"$NGXERR" explain upstream-read-timeout
echo "--- two of them"
"$NGXERR" explain upstream-read-timeout upstream-connect-refused | grep '^  Class'
echo "--- the words of a line, without quotes around them"
"$NGXERR" explain connect\(\) failed \(111: Connection refused\) while connecting to upstream | grep '^  Class'
