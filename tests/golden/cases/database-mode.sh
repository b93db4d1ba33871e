# Who may read a database: decided when it is made, also in an empty file that was there.
group=$(id -gn)
: >empty.db
chmod 644 empty.db
"$NGXERR" scan -d empty.db --tz UTC "$samples"
"$NGXERR" scan -d group.db --tz UTC --group "$group" "$samples"
"$NGXERR" scan -d group.db --tz UTC --group "$group" "$samples"
stat -c '%n %a' empty.db group.db
"$NGXERR" scan -d empty.db --tz UTC --group "$group" "$samples" 2>&1 | sed "s/ $group / GROUP /"
"$NGXERR" scan -d empty.db --tz UTC --group no-such-group "$samples"
echo "exit $?"
stat -c '%n %a' empty.db
echo "--- a mode that is changed later: the next scan gives it to -wal and -shm as well"
chmod 640 empty.db
"$NGXERR" scan -d empty.db --tz UTC "$samples"
stat -c '%n %a' empty.db empty.db-wal empty.db-shm
