# The second.
"$NGXERR" explain '*4 an upstream response is buffered to a temporary file /'
