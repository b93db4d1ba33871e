-- What cannot be changed once a table exists.  Run once on an empty database, outside of a transaction, before the first step.
PRAGMA application_id = 0x6e677865; -- "ngxe"
PRAGMA page_size = 8192;
PRAGMA auto_vacuum = INCREMENTAL;
