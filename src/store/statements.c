/* Every constant SQL statement of the program.  Used by store alone. */
#include "store/statements.h"

#include <stddef.h>

#define TEXT(column)                                                                                    \
    "CASE typeof(e." column ") WHEN 'integer' THEN (SELECT s.text FROM string s WHERE s.id = e." column \
    ") ELSE e." column " END"

/* clang-format off */
/* In the order of enum row_column; FROM ... m and e.  By rowid what may be asked in the first load, when event has no id (load.c). */
#define ROW_SELECT                                                                                                     \
    "SELECT e.rowid, m.file_id, m.epoch, m.east, m.ambiguous, e.class_id, e.offset, x.bits, x.error_number, e.lines, " \
    "coalesce(e.pid, e.numbers & 4194303), coalesce(e.tid, e.numbers & 4194303), "                                     \
    "coalesce(e.connection, e.numbers >> 22), " TEXT("message") ", x.doing, " TEXT("client") ", x.server, "            \
    "e.request, x.upstream, " TEXT("referrer") ", x.upstream_addr, x.host, e.subrequest, e.upstream_uri, e.odd, "      \
    "e.patch, e.extra, x.node "
#define ROW_CONTEXT "CROSS JOIN context x ON x.id = e.context "
/* The moment of an event: the last that begins with it or before. */
#define ROW_MOMENT "CROSS JOIN moment m ON m.first_id = (SELECT max(first_id) FROM moment WHERE first_id <= e.rowid) "

/* One row e of the view event_rows, found by the keys of both tables. */
#define EVENT_ROWS_ID "e.id = :id AND e.first_id = (SELECT max(first_id) FROM moment WHERE first_id <= :id)"

/* In the order of enum victim_column: the next scan would read again what is provisional. */
#define PRUNE_SELECT                                                                                                   \
    "SELECT id, first_id, file_id, epoch, class_id, bits & 15, server, upstream_addr, node, "                          \
    "(SELECT f.position < f.bytes AND f.position <= r.offset FROM file f WHERE f.id = r.file_id) AS is_provisional "

#define FILE_COLUMNS                                                                                                   \
    "id, node, log, first_path, last_path, zone, head_size, head_hash, last_cut, tail_size, tail_hash, bytes, "          \
    "position, finished, last_written, last_offset, fold, lines, continuation_lines, records, unclassified, "          \
    "unparsed, pruned_records, first_time, last_time"
/* clang-format on */

static const char *const statements[STATEMENT_COUNT] = {
    [BEGIN_READ] = "BEGIN",
    [BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",

    [SETTING_GET] = "SELECT value FROM setting WHERE name = :name",
    [SETTING_SET] = "INSERT INTO setting VALUES (:name, :value) ON CONFLICT DO UPDATE SET value = excluded.value",
    [REASON_SET] = "INSERT INTO unparsed_reason VALUES (:id, :name) ON CONFLICT DO UPDATE SET name = excluded.name",

    [CLASS_FIND] = "SELECT id FROM class WHERE class = :class",
    [CLASS_FITS] = "SELECT EXISTS (SELECT 1 FROM class WHERE class_glob(:glob, class))",
    [AREA_FITS] = "SELECT EXISTS (SELECT 1 FROM class WHERE text_glob(:glob, area))",
    [CLASS_RETIRE_ALL] = "UPDATE class SET retired = 1 WHERE id > 0",
    /* not RETURNING id: with it SQLite copies each page it changes to a journal of the statement */
    [CLASS_PUT] =
        "INSERT INTO class (class, area, severity, title, retired) VALUES (:class, :area, :severity, :title, 0) "
        "ON CONFLICT (class) DO UPDATE SET area = excluded.area, severity = excluded.severity, title = excluded.title, "
        "retired = 0",
    [CLASS_FIRST] = "UPDATE class SET first_id = min(coalesce(first_id, :id), :id), "
                    "first_time = CASE WHEN :epoch IS NULL OR first_time <= :epoch THEN first_time ELSE :epoch END "
                    "WHERE id = :class_id",

    [STRING_LAST_ID] = "SELECT max(id) FROM string",
    [STRING_ADD] = "INSERT OR ROLLBACK INTO string SELECT * FROM ngxerr_string_feed",

    [FILE_BY_CUT] = "SELECT " FILE_COLUMNS " FROM file WHERE last_cut = :cut AND head_size BETWEEN 1 AND :size "
                    "AND node = :node ORDER BY head_size DESC, bytes DESC, id",
    [FILE_LONGER] =
        "SELECT " FILE_COLUMNS " FROM file WHERE node = :node AND head_size > :size ORDER BY bytes DESC, id",
    [FILE_LONGER_BY_CUT] = "SELECT " FILE_COLUMNS " FROM head_cut CROSS JOIN file ON id = file_id "
                           "WHERE cut = :cut AND node = :node AND head_size > :size ORDER BY bytes DESC, id",
    [FILE_GET] = "SELECT " FILE_COLUMNS " FROM file WHERE id = :id",
    [FILE_ANY] = "SELECT EXISTS (SELECT 1 FROM file)",
    [FILE_ADD] = "INSERT INTO file (node, log, first_path, last_path, zone) VALUES (:node, :log, :path, :path, :zone)",
    [FILE_UPDATE] =
        "UPDATE file SET last_path = :last_path, zone = :zone, head_size = :head_size, head_hash = :head_hash, "
        "last_cut = :last_cut, tail_size = :tail_size, tail_hash = :tail_hash, bytes = :bytes, position = :position, finished = :finished, "
        "last_written = :last_written, last_offset = :last_offset, fold = :fold, lines = :lines, "
        "continuation_lines = :continuation_lines, records = :records, unclassified = :unclassified, "
        "unparsed = :unparsed, first_time = :first_time, last_time = :last_time WHERE id = :id",
    [FILE_MOVE] = "UPDATE file SET last_path = :path WHERE id = :id",
    [FILE_DELETE] = "DELETE FROM file WHERE id = :id",
    [HEAD_CUT_ADD] = "INSERT OR IGNORE INTO head_cut VALUES (:cut, :file_id)",
    [LOOK_GET] = "SELECT device, inode, size, modified, file_id, copy FROM look WHERE path = :path",
    [LOOK_PUT] =
        "INSERT INTO look VALUES (:path, :device, :inode, :size, :modified, :file_id, :copy) ON CONFLICT DO UPDATE SET "
        "device = excluded.device, inode = excluded.inode, size = excluded.size, modified = excluded.modified, "
        "file_id = excluded.file_id, copy = excluded.copy",
    [RUN_PUT] =
        "INSERT INTO run VALUES (:file_id, :first_id, :last_id) ON CONFLICT DO UPDATE SET last_id = excluded.last_id",
    [RUN_CUT] = "UPDATE run SET last_id = :id - 1 WHERE file_id = :file_id AND last_id = :id",
    [RUN_DELETE_EMPTY] = "DELETE FROM run WHERE file_id = :file_id AND last_id < first_id",

    [EVENT_LAST_ID] = "SELECT max(coalesce((SELECT max(rowid) FROM event), 0), "
                      "coalesce((SELECT value FROM setting WHERE name = 'last_id'), 0))",
    [JOURNAL_WAL] = "PRAGMA main.journal_mode = WAL",
    [EVENT_CREATE] = "SELECT sql FROM main.sqlite_schema WHERE name = 'event'",
    [EVENT_REPLACE] = "UPDATE main.sqlite_schema SET sql = replace(sql, :this, :by) "
                      "WHERE type = 'table' AND name = 'event' AND instr(sql, :this)", /* load.c */
    [EVENT_ADD] = "INSERT OR ROLLBACK INTO main.event SELECT * FROM transfer.event",   /* transfer.c */
    [MOMENT_ADD] = "INSERT OR ROLLBACK INTO moment SELECT * FROM ngxerr_moment_feed",
    [MOMENT_CUT] = "UPDATE moment SET last_id = :id - 1 WHERE last_id >= :id AND first_id = "
                   "(SELECT max(first_id) FROM moment WHERE first_id <= :id)",
    [MOMENT_DELETE_EMPTY] = "DELETE FROM moment WHERE first_id = :id AND last_id < :id",
    [EVENT_DELETE] = "DELETE FROM event WHERE id = :id",
    [EVENT_GET] = ROW_SELECT "FROM event e " ROW_MOMENT ROW_CONTEXT "WHERE e.id = :id",
    [EVENT_OF_FILE_BACK] =
        ROW_SELECT "FROM run r CROSS JOIN event e ON e.rowid BETWEEN r.first_id AND r.last_id " ROW_MOMENT ROW_CONTEXT
                   "WHERE r.file_id = :file_id ORDER BY r.first_id DESC, e.rowid DESC",
    [EVENT_OF_FILE] = ROW_SELECT "FROM run r CROSS JOIN moment m ON m.first_id BETWEEN r.first_id AND r.last_id "
                                 "CROSS JOIN event e ON e.rowid BETWEEN m.first_id AND m.last_id " ROW_CONTEXT
                                 "WHERE r.file_id = :file_id ORDER BY r.first_id, m.first_id, e.rowid",

    [CONTEXT_HAS_NODE] = "SELECT EXISTS (SELECT 1 FROM context WHERE node IS NOT NULL)",
    [CONTEXT_LAST_ID] = "SELECT max(id) FROM context",
    [CONTEXT_ADD] = "INSERT OR ROLLBACK INTO context SELECT * FROM ngxerr_context_feed",

    [FORGET_EVENTS] = "DELETE FROM event",
    [FORGET_UNPARSED] = "DELETE FROM unparsed_piece",
    [FORGET_MOMENTS] = "DELETE FROM moment",
    [FORGET_CONTEXTS] = "DELETE FROM context",
    [FORGET_STRINGS] = "DELETE FROM string",

    [UNPARSED_ADD] = "INSERT INTO unparsed_piece VALUES (:file_id, :offset, :lines, :reason, :raw)",
    [UNPARSED_FROM] = "SELECT offset, lines, reason, raw FROM unparsed_piece WHERE file_id = :file_id ORDER BY offset",

    [PROVISIONAL_PIECES] = "SELECT coalesce(sum(lines), 0), min(offset) FROM unparsed_piece "
                           "WHERE file_id = :file_id AND offset >= :position",
    [PROVISIONAL_REMOVE] = "DELETE FROM unparsed_piece WHERE file_id = :file_id AND offset >= :position",
    [PROVISIONAL_CLOSE] = "UPDATE file SET position = bytes, last_written = coalesce(:written, last_written), "
                          "last_offset = coalesce(:offset, last_offset) WHERE id = :id AND position < bytes",
    [PROVISIONAL_PRUNED] =
        "SELECT position < bytes AND EXISTS (SELECT 1 FROM unparsed_piece u "
        "WHERE u.file_id = :id AND u.offset >= position AND u.offset < :end) FROM file WHERE id = :id",
    [FILE_TIMES] = "SELECT min(m.epoch), max(m.epoch) FROM run r "
                   "CROSS JOIN moment m ON m.first_id BETWEEN r.first_id AND r.last_id WHERE r.file_id = :file_id",
    [FILE_PRUNED] = "SELECT sum(pruned_records) FROM file",

    [LABEL_LIST] = "SELECT id, text FROM label WHERE id > 1",
    [LABEL_ADD] = "INSERT INTO label VALUES (:id, :text)",
    [COUNT_ADD] = "INSERT OR ROLLBACK INTO quarter SELECT * FROM ngxerr_count_feed WHERE true "
                  "ON CONFLICT DO UPDATE SET count = count + excluded.count",
    [SHAPE_LIST] = "SELECT hash, level FROM shape",
    [SHAPE_COUNT] = "SELECT count(*) FROM shape",
    [SHAPE_ADD_KNOWN] =
        "UPDATE shape SET count = count + :count, "
        "sample = CASE WHEN :sample <> '' AND (:first_time < first_time OR (first_time IS NULL AND :first_time IS NOT NULL) "
        "OR (:first_time IS first_time AND :sample < sample)) THEN :sample ELSE sample END, "
        "first_time = CASE WHEN first_time IS NULL OR :first_time < first_time THEN :first_time ELSE first_time END, "
        "last_time = CASE WHEN last_time IS NULL OR :last_time > last_time THEN :last_time ELSE last_time END "
        "WHERE hash = :hash AND level = :level",
    [SHAPE_ADD] = "INSERT INTO shape VALUES (:hash, :level, :count, :first_time, :last_time, :shape, :sample)",
    [SHAPE_CLEAN] = "DELETE FROM shape WHERE hash = :hash AND level = :level AND count <= 0",
    [SHAPE_CLEAR] = "DELETE FROM shape",

    [PRUNE_BY_AGE] = PRUNE_SELECT "FROM event_rows r WHERE epoch >= :from AND epoch < :before "
                                  "AND class_id IN (SELECT id FROM class WHERE coalesce(severity, 0) = :severity) "
                                  "ORDER BY epoch LIMIT :limit",
    [PRUNE_UNDATED] = PRUNE_SELECT "FROM event_rows r WHERE epoch IS NULL "
                                   "AND class_id IN (SELECT id FROM class WHERE coalesce(severity, 0) = :severity) "
                                   "LIMIT :limit",
    [PRUNE_LATECOMERS] = PRUNE_SELECT "FROM event_rows r WHERE first_id > :after AND +epoch < :before "
                                      "AND class_id IN (SELECT id FROM class WHERE coalesce(severity, 0) = :severity) "
                                      "LIMIT :limit",
    [KEPT_GET] = "SELECT before, last_id FROM kept WHERE severity = :severity",
    [KEPT_SET] = "INSERT OR REPLACE INTO kept VALUES (:severity, :before, :last_id)",
    [KEPT_FORGET] = "DELETE FROM kept",
    [PRUNE_FILE] = "UPDATE file SET pruned_records = pruned_records + :count WHERE id = :id",
    [PRUNE_MOMENT] = "DELETE FROM moment WHERE first_id = :first_id "
                     "AND NOT EXISTS (SELECT 1 FROM event e WHERE e.id BETWEEN first_id AND last_id)",
    [PRUNE_RUNS] = "DELETE FROM run WHERE NOT EXISTS "
                   "(SELECT 1 FROM event e WHERE e.id BETWEEN run.first_id AND run.last_id)",
    [PRUNE_CONTEXTS] = "DELETE FROM context WHERE id NOT IN (SELECT context FROM event)",
    [PRUNE_UNPARSED_FILES] = "SELECT id, last_time < :before FROM file WHERE id > :after "
                             "AND first_time < :before "
                             "AND EXISTS (SELECT 1 FROM unparsed_piece u WHERE u.file_id = file.id) "
                             "ORDER BY id LIMIT 1",
    [PRUNE_UNPARSED_END] = "SELECT e.offset FROM run r "
                           "CROSS JOIN moment m ON m.first_id BETWEEN r.first_id AND r.last_id "
                           "CROSS JOIN event e ON e.id BETWEEN m.first_id AND m.last_id "
                           "WHERE r.file_id = :file_id AND m.epoch >= :before "
                           "ORDER BY r.first_id, m.first_id, e.id LIMIT 1",
    [PRUNE_UNPARSED_OLDEST] = "SELECT id FROM file WHERE EXISTS "
                              "(SELECT 1 FROM unparsed_piece u WHERE u.file_id = file.id) "
                              "ORDER BY last_time, id LIMIT 1",
    [PRUNE_UNPARSED] = "DELETE FROM unparsed_piece WHERE file_id = :file_id AND offset IN "
                       "(SELECT offset FROM unparsed_piece WHERE file_id = :file_id AND offset < :end "
                       "ORDER BY offset LIMIT :limit)",
    [PRUNE_STRINGS] = "DELETE FROM string WHERE id NOT IN (SELECT message FROM event WHERE typeof(message) = 'integer' "
                      "UNION SELECT client FROM event WHERE typeof(client) = 'integer' "
                      "UNION SELECT referrer FROM event WHERE typeof(referrer) = 'integer' "
                      "UNION SELECT extra >> 44 FROM event WHERE typeof(extra) = 'integer')",
    [PRUNE_STORED] = "SELECT sum(records - pruned_records) FROM file",
    [PAGE_SIZE] = "PRAGMA page_size",
    [PAGE_COUNT] = "PRAGMA page_count",
    [PAGE_FREE] = "PRAGMA freelist_count",
    [HOLE_ADD] = "INSERT INTO hole VALUES (:first_id, :removed) "
                 "ON CONFLICT DO UPDATE SET removed = removed + excluded.removed",
    [HOLE_NEXT] = "SELECT first_id, removed FROM hole WHERE first_id > :after ORDER BY first_id LIMIT 1",
    [HOLE_DELETE] = "DELETE FROM hole WHERE first_id = :first_id",
    [HOLE_ROWS] = "SELECT count(*) FROM event WHERE id BETWEEN :first_id AND :last_id",
    [HOLE_TAKE] = "INSERT INTO temp.moved SELECT * FROM event WHERE id BETWEEN :first_id AND :last_id ORDER BY id",
    [HOLE_EMPTY] = "DELETE FROM event WHERE id BETWEEN :first_id AND :last_id",
    [HOLE_PUT] = "INSERT INTO event SELECT * FROM temp.moved ORDER BY moved.rowid",
    [HOLE_FORGET] = "DELETE FROM temp.moved",
    [RECLASSIFY_IDS] = "SELECT id FROM event WHERE id > :after ORDER BY id LIMIT :limit",
    [RECLASSIFY_FILE] = "UPDATE file SET unclassified = unclassified + :change WHERE id = :id",
    [RECLASSIFY_SET] = "UPDATE event SET class_id = :class_id, extra = :extra WHERE id = :id",
    [RETIME_GET] = "SELECT after_id, last_written, last_offset, fold FROM retime WHERE file_id = :file_id",
    [RETIME_PUT] = "INSERT INTO retime VALUES (:file_id, :after_id, :last_written, :last_offset, :fold) "
                   "ON CONFLICT DO UPDATE SET after_id = excluded.after_id, last_written = excluded.last_written, "
                   "last_offset = excluded.last_offset, fold = excluded.fold",
    [RETIME_END] = "DELETE FROM retime WHERE file_id = :file_id",
    [RETIME_MOMENTS] = "SELECT m.first_id FROM run r "
                       "CROSS JOIN moment m ON m.first_id BETWEEN r.first_id AND r.last_id "
                       "WHERE r.file_id = :file_id AND r.last_id > :after AND m.first_id > :after "
                       "AND m.epoch IS NOT NULL ORDER BY r.first_id, m.first_id LIMIT :limit",
    [RETIME_MOMENT] = "SELECT m.epoch, m.east, m.ambiguous, count(*), min(e.offset), max(e.class_id = 0) "
                      "FROM moment m CROSS JOIN event e ON e.id BETWEEN m.first_id AND m.last_id "
                      "WHERE m.first_id = :first_id",
    [RETIME_SET] = "UPDATE moment SET epoch = :epoch, east = :east, ambiguous = :ambiguous WHERE first_id = :first_id",
    [RETIME_FILE] = "UPDATE file SET zone = :zone, first_time = :first_time, last_time = :last_time, "
                    "last_written = :last_written, last_offset = :last_offset, fold = :fold WHERE id = :id",
    [SHAPE_EVENTS] = ROW_SELECT "FROM event e " ROW_MOMENT ROW_CONTEXT "WHERE e.class_id = 0 ORDER BY e.id",
    [LEFT_CLEAR] = "DELETE FROM left_file",
    [LEFT_ADD] = "INSERT OR REPLACE INTO left_file VALUES (:path, :reason)",
    [LEFT_LIST] = "SELECT path, reason FROM left_file ORDER BY path",
    [INFO_FILES] = "SELECT " FILE_COLUMNS " FROM file ORDER BY node, log, first_time, id",
    [INFO_TABLES] = "SELECT (SELECT count(*) FROM string), (SELECT count(*) FROM quarter), "
                    "(SELECT count(*) FROM shape), (SELECT count(*) FROM unparsed_piece), "
                    "(SELECT coalesce(sum(length(raw)), 0) FROM unparsed_piece), "
                    "(SELECT count(*) FROM retime)",

    [STRING_TEXT] = "SELECT text FROM string WHERE id = ?1",
    [SURVEY_CLASSES] = "SELECT id, class, area, title, severity, retired, first_id, first_time FROM class ORDER BY id",
    [SURVEY_RANGE] = "SELECT (SELECT min(epoch) FROM moment), (SELECT max(epoch) FROM moment)",
    [SURVEY_CONTEXT] = "SELECT bits, error_number, server, host, upstream, upstream_addr FROM context WHERE id = ?1",
    [SURVEY_VALUES] =
        "SELECT server, host, upstream_addr, method, client, plain_path(uri) FROM event_rows e WHERE " EVENT_ROWS_ID,
    [SURVEY_CAPTURE_VALUE] =
        "SELECT j.value FROM event_rows e, json_each(e.extra) j WHERE " EVENT_ROWS_ID " AND j.key = :name LIMIT 1",
    [SURVEY_LEVELS_PRESENT] = "SELECT DISTINCT bits & 15 FROM context",
    [SURVEY_RELOADS] =
        "SELECT m.epoch, e.message FROM moment m "
        "CROSS JOIN event e ON e.id BETWEEN m.first_id AND m.last_id "
        "WHERE m.epoch <= :last AND +e.class_id = (SELECT id FROM class WHERE class = 'process-lifecycle') "
        "ORDER BY m.epoch",

    [MARK_GET] = "SELECT event_id, time FROM mark WHERE name = :name",
    [MARK_PUT] = "INSERT INTO mark VALUES (:name, :event_id, :time) ON CONFLICT DO UPDATE SET "
                 "event_id = excluded.event_id, time = excluded.time",
};

const char *
statement_sql(enum statement statement)
{
    return statements[statement];
}

const char *
statement_prune_select(void)
{
    return PRUNE_SELECT;
}
