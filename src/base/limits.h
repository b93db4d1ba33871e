/* Every limit of the program with its reason.  Reaching one is said by a diagnostic, a flag or a count, never
 * silent. */
#ifndef NGXERR_BASE_LIMITS_H
#define NGXERR_BASE_LIMITS_H

/* nginx writes records of at most 2048 bytes with their newline (NGX_MAX_ERROR_STR, src/core/ngx_log.h). */
#define LIMIT_NGINX_RECORD 2048

/* A physical line; longer ones are stored in pieces as unparsed ("line too long").  Room for wrapped JSON lines of
 * containers and syslog relays, and small enough for the memory bound. */
#define LIMIT_LINE 1048576U

/* A record with its continuation lines; a longer one ends there and the rest is unparsed.  PHP and Java traces fit. */
#define LIMIT_RECORD 1048576U

/* Lines of one record. */
#define LIMIT_RECORD_LINES 4096U

/* Bytes of a file in which a record must occur for a directory scan to take it (design: the first 64 KB). */
#define LIMIT_SNIFF 65536U

/* Bytes read at a time, so few that they are in the cache of the core still when they are cut; and batches on their way between two
 * threads, so many that one may stand still for some milliseconds without the others. */
#define LIMIT_BLOCK 65536U
#define LIMIT_QUEUE 16U

/* What a decoder may hold of what came before.  zstd's window: its levels 1 to 19 take at most 2^23 bytes (8 MB), only
 * --ultra and --long take more.  xz: all that it needs, -7 and below (-6, its default, needs 9 MB; -8 33, -9 65).  Beside
 * some 40 MB for all the rest this stays within 64 MB.  A file that needs more is named and not read. */
#define LIMIT_ZSTD_WINDOW_LOG 23
#define LIMIT_XZ_MEMORY       (18ULL << 20)

/* Bytes hashed at the head of a file and before the read position, to know it again. */
#define LIMIT_IDENTITY 4096U

/* Fields of a tail that have no column; more are left in the raw bytes and flagged. */
#define LIMIT_EXTRA 16

/* Objects and arrays within each other in a line of JSON; what wraps a record has two. */
#define LIMIT_JSON_DEPTH 32U

/* Wrappers around one line (docker compose around a time around ...). */
#define LIMIT_WRAPPERS 3U

/* Named captures of one class. */
#define LIMIT_CAPTURES 8

/* Steps and depth PCRE2 may take on one record: about a millisecond; a pattern that needs more does not match. */
#define LIMIT_MATCH       100000U
#define LIMIT_MATCH_DEPTH 1000U

/* Pattern files: one file, nesting of blocks and includes, classes. */
#define LIMIT_CONF_FILE  16777216U
#define LIMIT_CONF_DEPTH 64
#define LIMIT_CONF_TOKEN 65536U
/* Files that one configuration includes, and their bytes together: files that include each other twice would double
 * without end. */
#define LIMIT_CONF_INCLUDES 4096U
#define LIMIT_CONF_TOTAL    67108864U
#define LIMIT_CLASSES       16384

/* Pages of 16 KB in the write-ahead log before the next transaction waits for a checkpoint: 64 MB on disk, which a
 * checkpoint beside the scan does not let it reach as a rule. */
#define LIMIT_WAL_PAGES 4096

/* The first load of a new database is one transaction.  It ends when a reader waits; else after so long or so many rows, some 9 GB: what has
 * to be read again at most when it was killed.  Where readers cannot tell that they wait it ends after the shorter time.  They wait so many
 * seconds, so that no more than so many rows, some 100 MB, are left for the disk at its end. */
#define LIMIT_LOAD_MILLISECONDS  120000
#define LIMIT_LOAD_ROWS          100000000U
#define LIMIT_LOAD_DEAF          5000
#define LIMIT_LOAD_WAIT          10
#define LIMIT_LOAD_UNSYNCED_ROWS 1000000U

/* Distinct shapes of unclassified messages; further ones count under "(other)". */
#define LIMIT_SHAPES 10000U
/* Distinct server and upstream labels in the counts; further ones count under "(other)". */
#define LIMIT_COUNT_LABELS 4096U

/* Rows that one transaction removes or changes (db prune, reclassify, retime): neither long nor many. */
#define LIMIT_STEP_ROWS 20000

/* Pieces that are no record which one transaction removes: a piece can have a megabyte. */
#define LIMIT_STEP_PIECES 1000

/* A scan commits after so many bytes of log, if not after so many rows before: what one transaction adds to the disk is
 * bounded. */
#define LIMIT_COMMIT_BYTES 67108864U

/* The least --max-size: an empty database has nearly that, and a forgotten unit (5 for 5G) would remove all events. */
#define LIMIT_SIZE_LEAST (UINT64_C(1) << 19)

/* A scan stops before the file system of its database has less than this free: 5 % or 1 GB, whichever is more, but of a
 * file system under 4 GB a quarter, since 1 GB would forbid everything there. */
#define LIMIT_FREE_PERCENT 5
#define LIMIT_FREE_BYTES   (INT64_C(1) << 30)
#define LIMIT_FREE_MOST    4 /* the share of the whole, one in so many */
/* Of what is free above that, the log's bytes of the next transaction may be one in so many: its rows are written twice, to
 * -wal and to the database, each time with up to one and a half times their bytes.  A scan stops when that is less than
 * LIMIT_ROOM_LEAST. */
#define LIMIT_ROOM_SHARE 4
#define LIMIT_ROOM_LEAST 1048576

/* Seconds of --wait: a week; what waits longer is forgotten. */
#define LIMIT_WAIT 604800

/* Values of one filter option: each is asked of each event, and SQLite has room for 32766 in a statement. */
#define LIMIT_FILTER_VALUES 1000U

/* Files left unread by a scan that the database remembers; more are counted. */
#define LIMIT_LEFT_FILES 1000U

/* A compressed file that ends in its middle and was written to within this many seconds is still being written; an older one was cut, and so
 * was one that is of the future by more than clocks differ. */
#define LIMIT_STILL_WRITTEN 60

/* Values that a report counts, of all classes and fields together: three in 64 bytes, 25 MB of the memory bound.  When
 * they are used up, the fields with the most values forget their rarest: then their counts may be short, and their
 * numbers of values are said as "at least". */
#define LIMIT_SURVEY_LINES 393216U
/* Values as frequent as each other whose texts are looked up, at least, to name the first by alphabet; of more, any are
 * named, or those that came first. */
#define LIMIT_SURVEY_TIES 64U

/* Rows that are alike, counted together before SQLite groups them: so many groups, and so many bytes of their texts. */
#define LIMIT_ALIKE_GROUPS 131072U
#define LIMIT_ALIKE_BYTES  8388608U

/* What explain reads of standard input, and the classes and unknown shapes it prints: pages for a person to read, not a
 * report. */
#define LIMIT_EXPLAIN_INPUT   16777216U
#define LIMIT_EXPLAIN_CLASSES 24U
#define LIMIT_EXPLAIN_UNKNOWN 5U
/* A paste whose lines explain tries to join again, since a mail or a terminal may have broken one: some hundred lines. */
#define LIMIT_EXPLAIN_WRAPPED 65536U

#endif
