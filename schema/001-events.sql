-- Step 1: tables and views.  Tables are the program's own business and may change with any version; the views are the contract,
-- described in schema/README.md, and use nothing that SQLite 3.40 does not have built in.

CREATE TABLE setting (
    name  TEXT PRIMARY KEY, -- rules_hash, last_scan, left_files, pruned_before, unswept, reclassify_from, retime_shapes
    value
) WITHOUT ROWID;

-- Classes by the id that rows carry.  0 stands for what no class matched.
CREATE TABLE class (
    id       INTEGER PRIMARY KEY,
    class    TEXT NOT NULL UNIQUE,
    area     TEXT,
    severity INTEGER, -- 1 act, 2 fix, 3 tune, 4 noise
    title    TEXT,
    retired  INTEGER NOT NULL DEFAULT 0,
    first_id   INTEGER, -- of the first event that ever had it, pruned or not: by id, and by time
    first_time INTEGER
);
INSERT INTO class (id, class, title) VALUES (0, 'unclassified', 'No class matches');

-- Text that repeats.  A cache and no rule of uniqueness: the same text may have several ids.
CREATE TABLE string (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL
);

-- A log as it was read, known by what it holds.
CREATE TABLE file (
    id         INTEGER PRIMARY KEY,
    node       TEXT NOT NULL,
    log        TEXT NOT NULL,
    first_path TEXT NOT NULL,
    last_path  TEXT NOT NULL,
    zone       TEXT,
    head_size  INTEGER NOT NULL DEFAULT 0, -- bytes that head_hash is made of: at most 4096
    head_hash  TEXT,
    last_cut   INTEGER, -- of the head's cuts, see head_cut
    tail_size  INTEGER NOT NULL DEFAULT 0, -- bytes before `bytes` that tail_hash is made of
    tail_hash  TEXT,
    bytes      INTEGER NOT NULL DEFAULT 0, -- decompressed bytes that are stored
    position   INTEGER NOT NULL DEFAULT 0, -- where the next scan reads on: `bytes`, or the start of what bytes that are added could overturn
    finished   INTEGER NOT NULL DEFAULT 0, -- it will not grow: nothing of it is read again
    last_written INTEGER NOT NULL DEFAULT -1, -- the parser's state at the position
    last_offset  INTEGER NOT NULL DEFAULT 0,
    fold         INTEGER NOT NULL DEFAULT 0,
    lines              INTEGER NOT NULL DEFAULT 0,
    continuation_lines INTEGER NOT NULL DEFAULT 0,
    records            INTEGER NOT NULL DEFAULT 0,
    unclassified       INTEGER NOT NULL DEFAULT 0,
    unparsed           INTEGER NOT NULL DEFAULT 0,
    pruned_records     INTEGER NOT NULL DEFAULT 0,
    first_time INTEGER,
    last_time  INTEGER
);
CREATE INDEX file_cut ON file (last_cut);

-- The cuts of the heads of files: hashes of what stands before places that follow from the bytes (src/store/head_cuts.c).
CREATE TABLE head_cut (
    cut     INTEGER NOT NULL,
    file_id INTEGER NOT NULL,
    PRIMARY KEY (cut, file_id)
) WITHOUT ROWID;

-- What a path looked like when it was last looked at, to spare a second look.  It never identifies a file.  And damaged files as they were
-- when a scan named them, so that not every scan does: the path is no path then (src/store/told.c).
CREATE TABLE look (
    path     TEXT PRIMARY KEY,
    device   INTEGER NOT NULL,
    inode    INTEGER NOT NULL,
    size     INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    file_id  INTEGER NOT NULL,
    copy     INTEGER NOT NULL -- 0: that file; 1: the beginning of it; 2: all of it; 3: damage that was named
) WITHOUT ROWID;

-- How far ages were kept (scan --keep, db prune --older-than): of a severity (0: none) nothing that is older than `before` is left
-- of the events up to last_id, so that the next time need not look at them.
CREATE TABLE kept (
    severity INTEGER PRIMARY KEY,
    before   INTEGER NOT NULL,
    last_id  INTEGER NOT NULL
);

-- What the last scan left unread, and why; at most LIMIT_LEFT_FILES.
CREATE TABLE left_file (
    path   TEXT PRIMARY KEY,
    reason TEXT NOT NULL
) WITHOUT ROWID;

-- Files whose events are on their way to another time zone (db retime).  The moments up to after_id are there; the rest of
-- the row is the state behind them.
CREATE TABLE retime (
    file_id      INTEGER PRIMARY KEY,
    after_id     INTEGER NOT NULL,
    last_written INTEGER NOT NULL,
    last_offset  INTEGER NOT NULL,
    fold         INTEGER NOT NULL
);

-- What reports have told of: the event with the highest id, by the name that report --since-last gives.  New events never get an id
-- that a mark has passed.
CREATE TABLE mark (
    name     TEXT PRIMARY KEY,
    event_id INTEGER NOT NULL,
    time     INTEGER NOT NULL -- epoch of the report
) WITHOUT ROWID;

-- Which rows of `event` are a file's: runs of ids, in the order of the file.
CREATE TABLE run (
    file_id  INTEGER NOT NULL,
    first_id INTEGER NOT NULL,
    last_id  INTEGER NOT NULL,
    PRIMARY KEY (file_id, first_id)
) WITHOUT ROWID;

-- What records share that stand beside each other in a file and were written in the same second: their rows are first_id to last_id.
CREATE TABLE moment (
    first_id  INTEGER PRIMARY KEY,
    last_id   INTEGER NOT NULL,
    file_id   INTEGER NOT NULL,
    epoch     INTEGER,          -- nothing for records without a date
    east      INTEGER NOT NULL, -- seconds east of UTC that were applied
    ambiguous INTEGER NOT NULL  -- 1: in the hour that occurs twice, and the order of the lines does not tell in which; 2: `east` is written in the line
);
-- The one index over all events: a busy second costs one entry, and what is new is added at its end.
CREATE INDEX moment_epoch ON moment (epoch);

-- What repeats together in records: the same may have several ids.
CREATE TABLE context (
    id            INTEGER PRIMARY KEY,
    bits          INTEGER NOT NULL, -- level, kind, flags and more: src/store/row.h
    error_number  INTEGER,
    doing         TEXT,
    server        TEXT,
    upstream      TEXT, -- up to the URI
    upstream_addr TEXT, -- nothing when bits say how it follows from upstream
    host          TEXT, -- nothing when it is the server's name (a bit says so)
    node          TEXT  -- the host that the wrapper of a line names, when it is not the file's
);

-- One row a record.  message, client and referrer hold an id of `string` (an integer), the text itself in the form of the views, or
-- nothing.  Ids rise in the order of the file.  NOT NULL costs a step for each row, and nothing but the program writes here.
CREATE TABLE event (
    id       INTEGER PRIMARY KEY,
    class_id INTEGER,
    context  INTEGER,
    offset   INTEGER,
    numbers  INTEGER, -- connection << 22 | pid, where both fit and tid equals pid; otherwise the columns at the end
    message,          -- with char(1) for the URI's path when a bit says so
    client,
    request,          -- the URI alone when bits name method and version
    referrer,
    extra,            -- JSON, or an integer: a template in `string` and two places in the message (src/store/row.h)
    -- what few rows have comes last: the records of the others end before it
    lines      INTEGER, -- nothing when it is 1
    pid        INTEGER,
    tid        INTEGER,
    connection INTEGER,
    subrequest,
    upstream_uri, -- nothing when it is the request's (a bit says so) or there is none
    odd   TEXT,   -- METHOD SP URI where they do not follow from request
    patch BLOB    -- what rendering the columns again does not give: src/store/render.h
);

-- How many events were removed of the ids from first_id on (a constant number: src/store/compact.c) whose pages were not
-- put together since.
CREATE TABLE hole (
    first_id INTEGER PRIMARY KEY,
    removed  INTEGER NOT NULL
);

CREATE TABLE unparsed_piece (
    file_id INTEGER NOT NULL,
    offset  INTEGER NOT NULL,
    lines   INTEGER NOT NULL,
    reason  INTEGER NOT NULL,
    raw     BLOB NOT NULL,
    PRIMARY KEY (file_id, offset)
);

-- The names of enum unparsed_reason, written by the program.
CREATE TABLE unparsed_reason (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);

-- Names in the counts, at most LIMIT_COUNT_LABELS; further ones are '(other)'.  0: the record has no such field, which an empty one is not.
CREATE TABLE label (
    id   INTEGER PRIMARY KEY,
    text TEXT UNIQUE
);
INSERT INTO label VALUES (0, NULL), (1, '(other)');

-- Events that were pruned, per quarter of an hour.
CREATE TABLE quarter (
    time     INTEGER NOT NULL, -- epoch of its begin; -1: no time
    class_id INTEGER NOT NULL,
    level    INTEGER NOT NULL,
    server   INTEGER NOT NULL,
    upstream INTEGER NOT NULL,
    node     INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    PRIMARY KEY (time, class_id, level, server, upstream, node)
) WITHOUT ROWID;

CREATE TABLE shape (
    hash       INTEGER NOT NULL,
    level      INTEGER NOT NULL,
    count      INTEGER NOT NULL,
    first_time INTEGER,
    last_time  INTEGER,
    shape      TEXT NOT NULL,
    sample     TEXT NOT NULL,
    PRIMARY KEY (hash, level)
) WITHOUT ROWID;

-- Text columns resolved, request and upstream put together; bits: src/store/row.h.  From a moment, which has the index, to its rows.
-- The program asks this view, which has what it needs besides (first_id to read in the order of time without sorting); `events` is the
-- contract.  A plus keeps SQLite from making an index of all events for one question.
CREATE VIEW event_rows AS
SELECT
    first_id, east, bits, class_id, id, time, epoch, level, class, area, severity, message, doing, errno, kind, pid, tid, connection, client, server,
    request, method, uri, subrequest, upstream, upstream_addr, host, referrer,
    CASE typeof(extra) WHEN 'integer' THEN
        replace(replace((SELECT s.text FROM string s WHERE s.id = extra >> 44),
                        char(1), substr(message, (extra >> 33 & 2047) + 1, extra >> 22 & 2047)),
                char(2), substr(message, (extra >> 11 & 2047) + 1, extra & 2047))
        ELSE extra END AS extra,
    flags, node, log, file, file_id, offset, lines
FROM (
SELECT
    first_id, east, bits, class_id, id,
    strftime('%Y-%m-%dT%H:%M:%SZ', epoch, 'unixepoch') AS time,
    epoch, level, class, area, severity,
    CASE WHEN bits >> 39 & 1 THEN replace(message, char(1), CASE WHEN instr(uri, '?') THEN substr(uri, 1, instr(uri, '?') - 1) ELSE uri END)
        ELSE message END AS message,
    doing, errno, kind, pid, tid, connection, client, server, request, method, uri,
    subrequest,
    upstream || CASE WHEN bits >> 22 & 1 THEN coalesce(uri, '') ELSE coalesce(upstream_uri, '') END AS upstream,
    CASE bits >> 24 & 3 WHEN 0 THEN upstream_addr WHEN 1 THEN upstream WHEN 2 THEN substr(upstream, instr(upstream, '://') + 3)
        ELSE substr(upstream, instr(upstream, '://') + 3, length(upstream) - instr(upstream, '://') - 3) END AS upstream_addr,
    CASE WHEN bits >> 23 & 1 THEN server ELSE host END AS host,
    referrer, extra, flags, node, log, file, file_id, offset, lines
FROM (
    SELECT
        m.first_id AS first_id, m.east AS east, x.bits AS bits, +e.class_id AS class_id,
        e.id AS id, m.epoch AS epoch, +e.offset AS offset, m.file_id AS file_id,
        CASE x.bits & 15 WHEN 1 THEN 'emerg' WHEN 2 THEN 'alert' WHEN 3 THEN 'crit' WHEN 4 THEN 'error' WHEN 5 THEN 'warn' WHEN 6 THEN 'notice' WHEN 7 THEN 'info' WHEN 8 THEN 'debug' END AS level,
        k.class AS class, k.area AS area, CASE k.severity WHEN 1 THEN 'act' WHEN 2 THEN 'fix' WHEN 3 THEN 'tune' WHEN 4 THEN 'noise' END AS severity,
        CASE typeof(e.message) WHEN 'integer' THEN (SELECT s.text FROM string s WHERE s.id = e.message) ELSE e.message END AS message,
        x.doing AS doing,
        CASE typeof(e.client) WHEN 'integer' THEN (SELECT s.text FROM string s WHERE s.id = e.client) ELSE e.client END AS client,
        x.server AS server, x.upstream AS upstream, x.upstream_addr AS upstream_addr, x.host AS host,
        CASE typeof(e.referrer) WHEN 'integer' THEN (SELECT s.text FROM string s WHERE s.id = e.referrer) ELSE e.referrer END AS referrer,
        x.error_number AS errno,
        CASE x.bits >> 4 & 15 WHEN 1 THEN 'http' WHEN 2 THEN 'https' WHEN 3 THEN 'fastcgi' WHEN 4 THEN 'uwsgi' WHEN 5 THEN 'scgi' WHEN 6 THEN 'grpc' WHEN 7 THEN 'grpcs' WHEN 8 THEN 'memcached' WHEN 9 THEN 'stream' WHEN 10 THEN 'mail' END AS kind,
        coalesce(e.pid, e.numbers & 4194303) AS pid,
        coalesce(e.tid, e.numbers & 4194303) AS tid,
        CASE WHEN x.bits >> 8 & 1 THEN coalesce(e.connection, e.numbers >> 22) END AS connection,
        CASE WHEN x.bits >> 17 & 7 THEN CASE x.bits >> 17 & 7 WHEN 1 THEN 'GET' WHEN 2 THEN 'POST' WHEN 3 THEN 'HEAD' WHEN 4 THEN 'PUT' WHEN 5 THEN 'DELETE' WHEN 6 THEN 'OPTIONS' WHEN 7 THEN 'PATCH' END
                 || ' ' || e.request || CASE x.bits >> 20 & 3 WHEN 0 THEN ' HTTP/1.0' WHEN 1 THEN ' HTTP/1.1' WHEN 2 THEN ' HTTP/2.0' ELSE ' HTTP/3.0' END
            ELSE e.request END AS request,
        CASE x.bits >> 15 & 3 WHEN 0 THEN NULL
            WHEN 3 THEN nullif(substr(e.odd, 1, instr(e.odd, ' ') - 1), '')
            ELSE coalesce(CASE x.bits >> 17 & 7 WHEN 1 THEN 'GET' WHEN 2 THEN 'POST' WHEN 3 THEN 'HEAD' WHEN 4 THEN 'PUT' WHEN 5 THEN 'DELETE' WHEN 6 THEN 'OPTIONS' WHEN 7 THEN 'PATCH' END,
                substr(e.request, 1, instr(e.request, ' ') - 1)) END AS method,
        CASE x.bits >> 15 & 3 WHEN 0 THEN NULL WHEN 3 THEN substr(e.odd, instr(e.odd, ' ') + 1)
            WHEN 1 THEN CASE WHEN x.bits >> 17 & 7 THEN e.request
                ELSE substr(e.request, instr(e.request, ' ') + 1, length(e.request) - instr(e.request, ' ') - 9) END
            ELSE substr(e.request, instr(e.request, ' ') + 1) END AS uri,
        +e.subrequest AS subrequest, e.upstream_uri AS upstream_uri,
        e.extra AS extra,
        ltrim(CASE WHEN x.bits >> 31 & 1 THEN ' truncated' ELSE '' END
            || CASE WHEN x.bits >> 32 & 1 THEN ' two-readings' ELSE '' END
            || CASE WHEN x.bits >> 33 & 1 THEN ' glued' ELSE '' END
            || CASE WHEN x.bits >> 34 & 1 THEN ' open' ELSE '' END
            || CASE WHEN m.ambiguous = 1 THEN ' ambiguous-hour' ELSE '' END
            || CASE WHEN x.bits >> 38 & 1 THEN ' limit' ELSE '' END
            || CASE WHEN x.bits >> 28 & 1 THEN ' shortened' ELSE '' END) AS flags,
        -- not by a join, which would be made for every row, asked for or not
        coalesce(x.node, (SELECT f.node FROM file f WHERE f.id = m.file_id)) AS node,
        (SELECT f.log FROM file f WHERE f.id = m.file_id) AS log,
        (SELECT f.last_path FROM file f WHERE f.id = m.file_id) AS file,
        coalesce(e.lines, 1) AS lines
    FROM moment m
    CROSS JOIN event e ON e.id BETWEEN m.first_id AND m.last_id
    CROSS JOIN context x ON x.id = e.context
    CROSS JOIN class k ON k.id = e.class_id
)
);

CREATE VIEW events AS
SELECT
    id, time, epoch, level, class, area, severity, message, doing, errno, kind, pid, tid, connection, client, server, request, method, uri,
    subrequest, upstream, upstream_addr, host, referrer, extra, flags, node, log, file, file_id, offset, lines
FROM event_rows;

CREATE VIEW classes AS
SELECT class, area, CASE c.severity WHEN 1 THEN 'act' WHEN 2 THEN 'fix' WHEN 3 THEN 'tune' WHEN 4 THEN 'noise' END AS severity, title, retired FROM class c WHERE id > 0;

-- What was pruned, a row a quarter of an hour and what it has in common, with the names of event_rows.  The program asks it what the counts
-- know; in `others` a bit is set where a name is '(other)': 1 server, 2 upstream_addr, 4 node.
CREATE VIEW pruned_rows AS
SELECT
    nullif(q.time, -1) AS epoch, q.class_id AS class_id, k.class AS class, k.area AS area,
    CASE k.severity WHEN 1 THEN 'act' WHEN 2 THEN 'fix' WHEN 3 THEN 'tune' WHEN 4 THEN 'noise' END AS severity,
    CASE q.level WHEN 1 THEN 'emerg' WHEN 2 THEN 'alert' WHEN 3 THEN 'crit' WHEN 4 THEN 'error' WHEN 5 THEN 'warn' WHEN 6 THEN 'notice' WHEN 7 THEN 'info' WHEN 8 THEN 'debug' END AS level,
    s.text AS server, NULL AS upstream, u.text AS upstream_addr, n.text AS node,
    (q.server = 1) + 2 * (q.upstream = 1) + 4 * (q.node = 1) AS others, q.count AS number
FROM quarter q
JOIN class k ON k.id = q.class_id
JOIN label s ON s.id = q.server
JOIN label u ON u.id = q.upstream
JOIN label n ON n.id = q.node;

-- What was pruned and what is there.
CREATE VIEW counts AS
SELECT
    CASE WHEN quarter >= 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', quarter, 'unixepoch') END AS time,
    class, level, server, upstream_addr, node, sum(number) AS count
FROM (
    SELECT coalesce(epoch, -1) AS quarter, class, level, nullif(server, '') AS server, nullif(upstream_addr, '') AS upstream_addr, node, number FROM pruned_rows
    UNION ALL
    SELECT coalesce(epoch - epoch % 900, -1), class, level, nullif(server, ''), nullif(upstream_addr, ''), node, 1 FROM events
)
GROUP BY quarter, class, level, server, upstream_addr, node;

CREATE VIEW files AS
SELECT
    id, node, log, first_path, last_path, bytes, lines, continuation_lines, records, records - unclassified AS classified, unclassified,
    unparsed, pruned_records,
    strftime('%Y-%m-%dT%H:%M:%SZ', first_time, 'unixepoch') AS first_time,
    strftime('%Y-%m-%dT%H:%M:%SZ', last_time, 'unixepoch') AS last_time
FROM file;

CREATE VIEW unparsed AS
SELECT u.file_id AS file_id, f.last_path AS file, u.offset AS offset, length(u.raw) AS bytes, r.name AS reason
FROM unparsed_piece u
JOIN file f ON f.id = u.file_id
LEFT JOIN unparsed_reason r ON r.id = u.reason;

CREATE VIEW shapes AS
SELECT
    shape,
    CASE level WHEN 1 THEN 'emerg' WHEN 2 THEN 'alert' WHEN 3 THEN 'crit' WHEN 4 THEN 'error' WHEN 5 THEN 'warn' WHEN 6 THEN 'notice' WHEN 7 THEN 'info' WHEN 8 THEN 'debug' END AS level,
    count,
    strftime('%Y-%m-%dT%H:%M:%SZ', first_time, 'unixepoch') AS first_time,
    strftime('%Y-%m-%dT%H:%M:%SZ', last_time, 'unixepoch') AS last_time,
    sample
FROM shape;
