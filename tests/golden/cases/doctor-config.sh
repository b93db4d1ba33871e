# Each error_log of a configuration and of what it includes: where it leads, whether it can be read, what its level hides.
cp "$samples/error.log" "$samples/access.log" .
: >new.log
: >'$there.log'
mkdir sites
cat >nginx.conf <<CONF
error_log off;
error_log $PWD/error.log;
events {}
http {
    error_log stderr;
    include sites/*.conf;
    error_log memory:32m debug;
    error_log syslog:server=unix:/dev/log,tag=nginx warn;
    error_log syslog:server=unix:/dev/log,nohostname,tag=shop_1,severity=info warn;
    error_log syslog:server=[2001:db8::1]:514 warn;
    error_log 'syslog:server=unix:/dev/log,tag=a;id' warn;
    error_log syslog:server=unix:/dev/log,tag= warn;
    error_log $PWD/\$host.log warn;
    error_log '$PWD/\$there.log' warn;
    server { error_log /dev/stderr info; location / { error_log /dev/null emerg; } }
}
stream { error_log $PWD/access.log notice; }
CONF
echo "server { error_log $PWD/missing.log crit; error_log $PWD/new.log debug_http; }" >sites/a.conf
"$NGXERR" scan -d a.db --tz UTC "$PWD/error.log"
"$NGXERR" doctor -d a.db --nginx-conf nginx.conf "$PWD/error.log"
echo "exit $?"
echo "--- a level that hides warnings; of a database with names of another directory it cannot be told what it lacks"
cp error.log quiet.log
echo "error_log $PWD/quiet.log crit;" >quiet.conf
"$NGXERR" doctor -d a.db --nginx-conf quiet.conf "$PWD/error.log" | grep quiet
"$NGXERR" scan -d relative.db --tz UTC error.log
"$NGXERR" doctor -d relative.db --nginx-conf quiet.conf error.log | grep quiet
echo "--- none, broken, not there"
echo 'events {}' >none.conf
"$NGXERR" doctor --nginx-conf none.conf error.log
echo 'events {' >broken.conf
"$NGXERR" doctor --nginx-conf broken.conf error.log
"$NGXERR" doctor --nginx-conf missing.conf error.log
echo "exit $?"
echo "--- a pipe is not opened: nobody may write to it, or another one wait for what comes"
mkfifo pipe
ln -s pipe link.log
echo "error_log $PWD/link.log info;" >pipe.conf
timeout 60 "$NGXERR" doctor --nginx-conf pipe.conf pipe
echo "exit $?"
echo "--- scan and report that read nothing"
mkdir nothing
"$NGXERR" scan -d b.db nothing
echo "exit $?"
"$NGXERR" report --utc nothing | grep -i doctor
