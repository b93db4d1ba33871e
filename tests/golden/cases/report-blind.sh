# What logs cannot show: of one without any record the usual reason alone; a level is not missing where one that writes more occurs; and a class is no
# consequence of itself.
missing() { grep -o '"missing_level":"[a-z]*"'; }
echo "--- no record"
echo "no record" >none.log
"$NGXERR" report --force -f json none.log | missing
echo "--- one at error"
echo '2026/11/20 03:12:45 [error] 1#1: x' >error.log
"$NGXERR" report -f json error.log | missing
echo "--- one at info"
echo '2026/11/20 03:12:45 [info] 1#1: x' >info.log
"$NGXERR" report -f json info.log | missing || echo "none"
echo "--- a class is hidden when none of the levels it is logged at occurs"
mkdir hidden
for levels in info error,info warn,info; do
    cat >hidden/$levels.conf <<EOF
area hidden;
class hidden-$(echo "$levels" | tr , -) {
    title     "Logged at $levels";
    severity  fix;
    logged-at $(echo "$levels" | tr , ' ');
    match     'text of $levels';
    cause     "Hidden.";
    doc       https://nginx.org/en/docs/;
    proof     docs;
    example   '2026/11/20 03:12:45 [info] 1#1: *1 text of $levels';
}
EOF
done
"$NGXERR" report --patterns hidden -f json error.log | grep -o '"missing_level":"[a-z]*"\|"hidden-[a-z-]*"'
echo "--- classes that follow each other"
mkdir p
for name in a b; do
    cat >p/$name.conf <<EOF
area mine;
class mine-$name {
    title     "Mine $name";
    severity  act;
    logged-at error;
    match     'text of $name';
    cause     "Mine.";
    follows   mine-*;
    doc       https://nginx.org/en/docs/;
    proof     docs;
    example   '2026/11/20 03:12:45 [error] 1#1: *1 text of $name';
}
EOF
    echo "2026/11/20 03:12:45 [error] 1#1: *1 text of $name" >>mine.log
done
"$NGXERR" report --patterns p -f json mine.log | grep -o '"class":"mine-.","area"\|"consequence_of":[^]]*.'
