# An empty name is a mistake, usually a variable of a script that is not set; and what stands before a command.
for given in query report scan; do
    "$NGXERR" $given ''
    echo "exit $?"
done
"$NGXERR" scan -d a.db --node '' "$samples"
echo "exit $?"
"$NGXERR" report -o '' "$samples"
echo "exit $?"
"$NGXERR" query --by '' "$samples"
echo "exit $?"
"$NGXERR" query --grep "($(printf 'x%.0s' $(seq 200))" "$samples"
echo "exit $?"
"$NGXERR" -d a.db
echo "exit $?"
"$NGXERR" report "$samples" >/dev/full
