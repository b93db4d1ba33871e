"$NGXERR" doctor "$samples"
echo "exit $?"
: >empty.log
printf 'not a log\n' >text.log
ln -s /dev/stderr stderr.log
"$NGXERR" doctor .
echo "exit $?"
"$NGXERR" doctor /no/such/directory
echo "exit $?"
