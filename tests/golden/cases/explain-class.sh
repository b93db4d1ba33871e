"$NGXERR" explain upstream-read-timeout
