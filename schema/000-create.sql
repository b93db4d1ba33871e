-- What cannot be changed once a table exists.  Run once on an empty database, before the first step and, as a rule, in one transaction with it.
PRAGMA page_size = 16384;
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA application_id = 0x6e677865; -- "ngxe"
