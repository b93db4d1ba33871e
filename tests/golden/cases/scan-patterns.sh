# Pattern files that have not changed since the last scan are not read when there is nothing to classify: no difference is to be seen.
mkdir p
class() {
    cat <<EOF
area mine;
class mine-a {
    title     "$1";
    severity  act;
    logged-at error;
    match     'my own text';
    cause     "Mine.";
    suggest look { title "Look"; text "Look."; }
    doc       https://nginx.org/en/docs/;
    proof     docs;
    example   '2026/11/20 03:12:45 [error] 1#1: *1 my own text';
    counter   "text of others";
}
EOF
}
echo '2026/11/20 03:12:45 [error] 1#1: *1 something else' >error.log
scan() {
    echo "-- $*"
    "$NGXERR" scan -d a.db --tz UTC "$@" error.log 2>&1
    echo "exit $?"
}
echo "class" >p/a.conf
scan --patterns p
[ -e a.db ] || echo "no database"
class "A" >p/a.conf
scan
scan
scan --patterns p
scan --patterns p
class "B" >p/a.conf
scan --patterns p
echo "}" >>p/a.conf
scan --patterns p
class "B" >p/a.conf
echo '2026/11/20 03:12:46 [error] 1#1: *1 my own text' >>error.log
scan --patterns p
"$NGXERR" query -d a.db -f csv --sql 'SELECT class, title FROM events JOIN classes USING (class)'
"$NGXERR" db reclassify -d a.db
scan --patterns p
scan --patterns missing
echo "--- a pipe in the place of a file does not hang it"
rm p/a.conf
mkfifo p/a.conf
scan --patterns p
echo "--- of a class that is there twice the directory given last counts"
mkdir first last
class "First" >first/a.conf
class "Last" >last/a.conf
"$NGXERR" explain --patterns first --patterns last mine-a | head -1
"$NGXERR" patterns list --area mine first last
"$NGXERR" patterns list --area mine --patterns last --patterns first
echo "--- a pattern that takes too many steps does not match, and that is said"
mkdir steps
class "Steps" | sed "s/match .*/match 'catastrophe (?:a+)+$';/; s/example .*/example '2026\/11\/20 03:12:45 [error] 1#1: *1 catastrophe aaa';/" >steps/a.conf
echo "2026/11/20 03:12:45 [error] 1#1: *1 catastrophe aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!" >steps.log
"$NGXERR" scan -d steps.db --tz UTC --patterns steps steps.log
echo "exit $?"
