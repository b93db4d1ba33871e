# A wrong option, filter, date, zone or command names itself and says what is allowed.
try() { "$NGXERR" "$@"; echo "exit $?"; }
try
try frobnicate
try report --frobnicate
try report --since
try report --since yesterdy "$samples"
try report --level loud "$samples"
try report --severity bad "$samples"
try report -f pdf "$samples"
try query --client 300.1.2.3 "$samples"
try query --grep '(' "$samples"
try query --by nothing "$samples"
try query -n x "$samples"
try report --tz Mars/Olympus "$samples"
try scan --tz ../../etc/passwd "$samples"
try scan --utc --tz Europe/Berlin "$samples"
(export TZ=Mars/Olympus && try scan -d a.db "$samples/error.log")
(export TZ=Europe/Berlin && try scan --utc -d b.db "$samples/error.log")
"$NGXERR" db info -d b.db -f json | grep -o '"zone":"[^"]*"'
try report --around 14:05,soon "$samples"
try report missing.log
try db frobnicate
try patterns frobnicate
try patterns check --area tls
try db prune
# What is wrong is told before a log is read or a database looked for.
try query --by class,hst missing.log
try query --by a,b,c,d,e missing.log
try query -n -1 missing.log
try explain -v upstream-connect-refused
try doctor -v
try query --by class --by host missing.log
try db prune --older-than 90d --older-than 30d -d missing.db
try query --color sometimes -d missing.db
: >-strange.log
try -strange.log
