"$NGXERR" explain 'upstream gave the wrong answer to the question of life'
echo "--- the name of a log is no line of one"
: >error.log
"$NGXERR" explain error.log >/dev/null
