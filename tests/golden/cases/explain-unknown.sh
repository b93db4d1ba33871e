"$NGXERR" explain 'upstream gave the wrong answer to the question of life'
