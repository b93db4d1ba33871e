# The first of the two lines that someone lost a day to, as it was pasted.
"$NGXERR" explain 'SSL: error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:SSL alert number 40) while SSL handshaking to upstream'
