cat >nginx.conf <<'CONF'
error_log /var/log/no-such-directory/error.log warn;
CONF
"$NGXERR" doctor --nginx-conf nginx.conf "$samples"
echo "exit $?"
: >empty.log
printf 'not a log\n' >text.log
ln -s /dev/stderr stderr.log
"$NGXERR" doctor --nginx-conf nginx.conf .
echo "exit $?"
"$NGXERR" doctor --nginx-conf nginx.conf /no/such/directory
echo "exit $?"
"$NGXERR" doctor --nginx-conf nginx.conf /dev/stdout
"$NGXERR" doctor --nginx-conf nginx.conf - # nothing is taken from it, not even its end
mkdir empty
"$NGXERR" doctor --nginx-conf nginx.conf empty
ln -s /dev/null null.log
"$NGXERR" doctor --nginx-conf nginx.conf null.log
echo "--- a long log without a warning"
for i in $(seq 600); do echo "2026/11/20 03:12:45 [error] 1#1: *$i open() \"/srv/x\" failed (2: No such file or directory), client: 10.0.0.1, server: s"; done >long.log
"$NGXERR" doctor --nginx-conf nginx.conf long.log
echo "exit $?"
echo "--- its rotated files: the directive is told once, and names what nginx writes"
mkdir rotated
cp long.log rotated/error.log.1
gzip -n <long.log >rotated/error.log.2.gz
"$NGXERR" doctor --nginx-conf nginx.conf rotated
echo "--- a link that leads nowhere"
mkdir linked
ln -s /no/such/error.log linked/error.log
"$NGXERR" doctor --nginx-conf nginx.conf linked
echo "exit $?"
echo "2026/11/20 03:12:46 [warn] 1#1: *1 a warning" >>long.log
"$NGXERR" doctor --nginx-conf nginx.conf long.log
echo "exit $?"
"$NGXERR" scan -v -d c.db --tz UTC linked
"$NGXERR" db info -d c.db | grep 'not there'
echo "--- a named log whose first record comes late is read, so doctor does not say that it is refused"
seq 100000 >late.log
echo "2026/11/20 03:12:46 [warn] 1#1: *1 a warning" >>late.log
"$NGXERR" doctor --nginx-conf nginx.conf late.log | head -1
"$NGXERR" scan -v -d c.db --tz UTC late.log | head -1
echo "--- what is stored is told of the file that is there now, not of those that were rotated from its name"
mkdir nightly
write() { echo "2026/11/$1 03:12:4$2 [warn] 1#1: *1 a warning" >>nightly/error.log; }
write 20 5
write 20 6
"$NGXERR" scan -d d.db --tz UTC nightly
mv nightly/error.log nightly/error.log.1
write 21 5
"$NGXERR" scan -d d.db --tz UTC nightly
"$NGXERR" doctor -d d.db --nginx-conf nginx.conf nightly
"$NGXERR" db prune -d d.db --until 2026-11-20
"$NGXERR" doctor -d d.db --nginx-conf nginx.conf nightly
