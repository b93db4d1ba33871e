-- What cannot be changed once a table exists.  Run once on an empty database, outside of a transaction, before the first step.
PRAGMA page_size = 16384;
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA application_id = 0x6e677865; -- "ngxe"; after the others, since it is the first to write
