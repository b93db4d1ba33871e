-- What cannot be changed once a table exists.  Run once on an empty database, outside of a transaction, before the first step.
PRAGMA page_size = 16384;
-- Both of these write: as one transaction, so that a database that was left in its first moment is known as one of ours.
BEGIN;
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA application_id = 0x6e677865; -- "ngxe"
COMMIT;
