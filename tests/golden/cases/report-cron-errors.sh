# Conditions and names that cannot be meant, and options that exclude each other.
try() { "$NGXERR" "$@"; echo "exit $?"; }
for condition in foo fix:0 fix: fix:x fix:-1 fix:99999999999999999999 '' fix, new:2 :5 'fix 5' FIX; do
    try report --if "$condition" -d a.db
done
try report --fail-on nothing "$samples"
try report --since-last "$samples"
try report --since-last= -d a.db
try report --since-last='a b' -d a.db
try report --since-last --since today -d a.db
try report --since-last --until today -d a.db
try report --if new "$samples"
try report --fail-on act,new "$samples"
try report -d a.db "$samples"
try report --scan -d a.db missing.log | grep "^  None\|^exit"
try report --scan -d missing/a.db "$samples"
ls
echo "--- logs in which nothing is yet, and no log at all: the scan says so, and there is nothing to tell of"
mkdir quiet
: >quiet/error.log
try report --scan -d quiet.db --since-last --if fix:10,new quiet
try report --scan -d quiet.db --since-last --if fix:10,new missing.log
"$NGXERR" report --scan -d quiet.db --utc quiet | grep '^  None'
