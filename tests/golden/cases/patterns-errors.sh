# Every error of a pattern file, with line and caret.
mkdir p
cat >p/bad.conf <<'EOF'
area mine;
class Bad_Id { }
class mine-a {
    title "A";
    severity urgent;
    match '(';
    frobnicate on;
    suggest x {
        config location { proxy_bufers 8 4k; }
    }
}
class mine-b {
    title "B";
    severity act;
EOF
"$NGXERR" patterns check p
echo "}" >>p/bad.conf
"$NGXERR" patterns check p >checked
status=$?
grep -v " before " checked
echo "exit $status"
cat >p/bad.conf <<'EOF'
area mine;
class mine-c {
    title     "C";
    severity  act;
    logged-at error;
    match     'my own text';
    cause     "Mine.";
    suggest look { title "Look"; text "Look."; }
    doc       https://nginx.org/en/docs/;
    proof     docs;
    example   '2026/11/20 03:12:45 [error] 1#1: *1 another text';
    counter   '2026/11/20 03:12:45 [error] 1#1: *1 my own text';
}
EOF
"$NGXERR" patterns check p >checked
status=$?
grep -v " before " checked
echo "exit $status"
sed -i 's/another text/my own text/; s/^    counter.*$/    counter "text of others";/' p/bad.conf
"$NGXERR" patterns check p >checked
status=$?
grep -v " before " checked
echo "exit $status"
"$NGXERR" explain --patterns p 'my own text'
"$NGXERR" report --patterns missing "$samples"
