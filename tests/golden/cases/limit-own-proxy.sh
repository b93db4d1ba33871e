# A limit that refuses one private address is told of a load balancer, one that limits a Unix socket of the proxy behind it; one busy machine among many others is not.
for KIND in requests connections; do
    for NUMBER in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        echo '2026/11/20 03:12:45 [error] 7#7: *'"$NUMBER"' limiting '"$KIND"', excess: 5.1 by zone "z", client: unix:, server: a, request: "GET / HTTP/1.1", host: "a.example"'
    done | sed '/connections/s/, excess: 5.1//' > log
    "$NGXERR" report log | sed -n '/Do this/,/Cost/p'
done
for NETWORK in 10.0.0 203.0.113 ::ffff:10.0.0; do
    for OTHERS in "" "1 2 3 4 5 6 7 8 9"; do
        {
            for NUMBER in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                echo '2026/11/20 03:12:45 [error] 7#7: *'"$NUMBER"' limiting requests, excess: 5.1 by zone "z", client: '"$NETWORK"'.77, server: a, request: "GET / HTTP/1.1", host: "a.example"'
            done
            for NUMBER in $OTHERS; do
                echo '2026/11/20 03:12:46 [error] 7#7: *3'"$NUMBER"' limiting requests, excess: 5.1 by zone "z", client: '"$NETWORK.$NUMBER"', server: a, request: "GET / HTTP/1.1", host: "a.example"'
            done
        } > log
        "$NGXERR" report log | grep 'Do this'
    done
done
