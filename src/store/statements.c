/* Every constant SQL statement of the program.  Used by store alone. */
#include "store/statements.h"

#include <stddef.h>

#define TEXT(column)                                                                                    \
    "CASE typeof(e." column ") WHEN 'integer' THEN (SELECT s.text FROM string s WHERE s.id = e." column \
    ") ELSE e." column " END"

/* clang-format off */
/* In the order of enum row_column. */
#define ROW_SELECT                                                                                                     \
    "SELECT e.id, e.file_id, e.offset, e.epoch, e.class_id, e.bits, e.pid, e.connection, e.error_number, "             \
    TEXT("message") ", " TEXT("doing") ", " TEXT("client") ", " TEXT("server") ", e.request, " TEXT("upstream") ", "   \
    TEXT("referrer") ", e.extra, e.lines, e.tid, " TEXT("upstream_addr") ", " TEXT("host") ", "                        \
    "e.subrequest, e.upstream_uri, e.odd, e.patch "

#define FILE_COLUMNS                                                                                                   \
    "id, node, log, first_path, last_path, zone, head_size, head_hash, tail_size, tail_hash, bytes, position, "        \
    "finished, last_written, last_offset, fold, lines, continuation_lines, records, unclassified, unparsed, "          \
    "pruned_records, first_time, last_time"
/* clang-format on */

static const char *const statements[STATEMENT_COUNT] = {
    [BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",

    [SETTING_GET] = "SELECT value FROM setting WHERE name = :name",
    [SETTING_SET] = "INSERT INTO setting VALUES (:name, :value) ON CONFLICT DO UPDATE SET value = excluded.value",
    [REASON_SET] = "INSERT INTO unparsed_reason VALUES (:id, :name) ON CONFLICT DO UPDATE SET name = excluded.name",

    [CLASS_FIND] = "SELECT id FROM class WHERE class = :class",
    [CLASS_RETIRE_ALL] = "UPDATE class SET retired = 1 WHERE id > 0",
    [CLASS_PUT] =
        "INSERT INTO class (class, area, severity, title, retired) VALUES (:class, :area, :severity, :title, 0) "
        "ON CONFLICT (class) DO UPDATE SET area = excluded.area, severity = excluded.severity, title = excluded.title, "
        "retired = 0 RETURNING id",

    [STRING_LAST_ID] = "SELECT max(id) FROM string",
    [STRING_ADD] = "INSERT OR ROLLBACK INTO string SELECT * FROM ngxerr_string_feed",

    [FILE_HEAD_SIZES] =
        "SELECT DISTINCT head_size FROM file WHERE head_size BETWEEN 1 AND :size ORDER BY head_size DESC",
    [FILE_BY_HEAD] = "SELECT " FILE_COLUMNS " FROM file WHERE head_size = :size AND head_hash = :hash AND node = :node "
                     "ORDER BY bytes DESC, id",
    [FILE_LONGER] =
        "SELECT " FILE_COLUMNS " FROM file WHERE node = :node AND head_size > :size ORDER BY bytes DESC, id",
    [FILE_GET] = "SELECT " FILE_COLUMNS " FROM file WHERE id = :id",
    [FILE_ADD] = "INSERT INTO file (node, log, first_path, last_path, zone) VALUES (:node, :log, :path, :path, :zone)",
    [FILE_UPDATE] =
        "UPDATE file SET last_path = :last_path, zone = :zone, head_size = :head_size, head_hash = :head_hash, "
        "tail_size = :tail_size, tail_hash = :tail_hash, bytes = :bytes, position = :position, finished = :finished, "
        "last_written = :last_written, last_offset = :last_offset, fold = :fold, lines = :lines, "
        "continuation_lines = :continuation_lines, records = :records, unclassified = :unclassified, "
        "unparsed = :unparsed, first_time = :first_time, last_time = :last_time WHERE id = :id",
    [FILE_MOVE] = "UPDATE file SET last_path = :path WHERE id = :id",
    [FILE_DELETE] = "DELETE FROM file WHERE id = :id",
    [LOOK_GET] = "SELECT device, inode, size, modified, file_id, copy FROM look WHERE path = :path",
    [LOOK_PUT] =
        "INSERT INTO look VALUES (:path, :device, :inode, :size, :modified, :file_id, :copy) ON CONFLICT DO UPDATE SET "
        "device = excluded.device, inode = excluded.inode, size = excluded.size, modified = excluded.modified, "
        "file_id = excluded.file_id, copy = excluded.copy",
    [RUN_PUT] =
        "INSERT INTO run VALUES (:file_id, :first_id, :last_id) ON CONFLICT DO UPDATE SET last_id = excluded.last_id",
    [RUN_CUT] = "UPDATE run SET last_id = :id - 1 WHERE file_id = :file_id AND last_id = :id",
    [RUN_DELETE_EMPTY] = "DELETE FROM run WHERE file_id = :file_id AND last_id < first_id",

    [EVENT_LAST_ID] = "SELECT max(id) FROM event",
    [EVENT_ADD] = "INSERT OR ROLLBACK INTO event SELECT * FROM ngxerr_row_feed",
    [EVENT_ADD_USUAL] =
        "INSERT OR ROLLBACK INTO event (id, file_id, offset, epoch, class_id, bits, pid, connection, error_number, "
        "message, doing, client, server, request, upstream, referrer, extra, lines) "
        "SELECT c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17 FROM ngxerr_row_feed",
    [EVENT_DELETE] = "DELETE FROM event WHERE id = :id",
    [EVENT_GET] = ROW_SELECT "FROM event e WHERE e.id = :id",
    [EVENT_LAST_OF_FILE] = ROW_SELECT "FROM event e WHERE e.file_id = :file_id "
                                      "AND e.id = (SELECT max(last_id) FROM run WHERE file_id = :file_id)",
    [EVENT_OF_FILE] =
        ROW_SELECT "FROM run r CROSS JOIN event e ON e.id BETWEEN r.first_id AND r.last_id AND e.file_id = r.file_id "
                   "WHERE r.file_id = :file_id ORDER BY r.first_id, e.id",

    [UNPARSED_ADD] = "INSERT INTO unparsed_piece VALUES (:file_id, :offset, :lines, :reason, :raw)",
    [UNPARSED_FROM] = "SELECT offset, lines, reason, raw FROM unparsed_piece WHERE file_id = :file_id ORDER BY offset",

    [LABEL_LIST] = "SELECT id, text FROM label WHERE id > 1",
    [LABEL_ADD] = "INSERT INTO label VALUES (:id, :text)",
    [COUNT_ADD] = "INSERT OR ROLLBACK INTO quarter SELECT * FROM ngxerr_count_feed WHERE true "
                  "ON CONFLICT DO UPDATE SET count = count + excluded.count",
    [COUNT_CLEAN] =
        "DELETE FROM quarter WHERE time = :time AND class_id = :class_id AND level = :level AND server = :server "
        "AND upstream = :upstream AND node = :node AND count <= 0",
    [SHAPE_COUNT] = "SELECT count(*) FROM shape",
    [SHAPE_ADD_KNOWN] =
        "UPDATE shape SET count = count + :count, "
        "sample = CASE WHEN :first_time < first_time OR (:first_time = first_time AND :sample < sample) "
        "THEN :sample ELSE sample END, "
        "first_time = CASE WHEN first_time IS NULL OR :first_time < first_time THEN :first_time ELSE first_time END, "
        "last_time = CASE WHEN last_time IS NULL OR :last_time > last_time THEN :last_time ELSE last_time END "
        "WHERE hash = :hash AND level = :level",
    [SHAPE_ADD] = "INSERT INTO shape VALUES (:hash, :level, :count, :first_time, :last_time, :shape, :sample)",
    [SHAPE_CLEAN] = "DELETE FROM shape WHERE hash = :hash AND level = :level AND count <= 0",
    [SHAPE_CLEAR] = "DELETE FROM shape",

    [PRUNE_FIND] = "SELECT id, file_id FROM event WHERE epoch < :epoch ORDER BY epoch LIMIT :limit",
    [PRUNE_FILE] = "UPDATE file SET pruned_records = pruned_records + :count WHERE id = :id",
    [PRUNE_RUNS] =
        "DELETE FROM run WHERE NOT EXISTS "
        "(SELECT 1 FROM event e WHERE e.id BETWEEN run.first_id AND run.last_id AND e.file_id = run.file_id)",
    [PRUNE_UNPARSED] = "DELETE FROM unparsed_piece WHERE file_id IN "
                       "(SELECT id FROM file WHERE records > 0 AND pruned_records = records)",
    [PRUNE_STRINGS] = "DELETE FROM string WHERE id NOT IN (SELECT message FROM event WHERE typeof(message) = 'integer' "
                      "UNION SELECT doing FROM event WHERE typeof(doing) = 'integer' "
                      "UNION SELECT client FROM event WHERE typeof(client) = 'integer' "
                      "UNION SELECT server FROM event WHERE typeof(server) = 'integer' "
                      "UNION SELECT upstream FROM event WHERE typeof(upstream) = 'integer' "
                      "UNION SELECT upstream_addr FROM event WHERE typeof(upstream_addr) = 'integer' "
                      "UNION SELECT host FROM event WHERE typeof(host) = 'integer' "
                      "UNION SELECT referrer FROM event WHERE typeof(referrer) = 'integer' "
                      "UNION SELECT extra >> 44 FROM event WHERE typeof(extra) = 'integer')",
    [PRUNE_FREE_PAGES] = "PRAGMA freelist_count",
    [RECLASSIFY_IDS] = "SELECT id FROM event WHERE id > :after ORDER BY id LIMIT :limit",
    [RECLASSIFY_FILE] = "UPDATE file SET unclassified = unclassified + :change WHERE id = :id",
    [RECLASSIFY_SET] = "UPDATE event SET class_id = :class_id, extra = :extra WHERE id = :id",
    [INFO_FILES] = "SELECT " FILE_COLUMNS " FROM file ORDER BY node, log, first_time, id",
    [INFO_TOTALS] = "SELECT (SELECT min(epoch) FROM event), (SELECT max(epoch) FROM event), "
                    "(SELECT count(*) FROM unparsed_piece)",
    [INFO_LEVELS] = "SELECT bits & 15, count(*) FROM event GROUP BY 1",

    [STRING_TEXT] = "SELECT text FROM string WHERE id = ?1",
    [SURVEY_CLASSES] = "SELECT id, class, area, title, severity, retired FROM class ORDER BY id",
    [SURVEY_RANGE] = "SELECT (SELECT min(epoch) FROM event), (SELECT max(epoch) FROM event)",
    [SURVEY_VALUES] =
        "SELECT server, host, upstream_addr, client, plain_path(uri), method, errno FROM events WHERE id = :id",
    [SURVEY_CAPTURE_VALUE] =
        "SELECT j.value FROM events e, json_each(e.extra) j WHERE e.id = :id AND j.key = :name LIMIT 1",
    [SURVEY_RELOADS] = "SELECT e.epoch, e.message FROM event e WHERE e.class_id = "
                       "(SELECT id FROM class WHERE class = 'process-lifecycle') AND e.epoch <= :last ORDER BY e.epoch",
};

const char *
statement_sql(enum statement statement)
{
    return statements[statement];
}
