/* Opens and closes a database: who may read, who may write, and what to say when it cannot be.  Used by store alone. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/temporary.h"
#include "store/beside.h"
#include "store/checkpoint.h"
#include "store/load.h"
#include "store/lock.h"
#include "store/syncer.h"

#define HEADER_SIZE 100 /* of a SQLite database file: https://www.sqlite.org/fileformat2.html */

enum header {
    HEADER_EMPTY,
    HEADER_CUT_SHORT, /* the first page comes last: the first load was killed before that */
    HEADER_OURS,
    HEADER_OURS_APART, /* the same, in WAL mode no longer or not yet */
    HEADER_FOREIGN,
    HEADER_NO_DATABASE,
    HEADER_UNREADABLE
};

static enum header
read_header(const struct store *store, int descriptor)
{
    static const unsigned char nothing[HEADER_SIZE];
    unsigned char header[HEADER_SIZE];
    int64_t journal;
    struct stat facts;
    if (fstat(descriptor, &facts) != 0)
        return HEADER_UNREADABLE;
    /* /dev/null looks like an empty file, and is to keep its mode */
    if (!S_ISREG(facts.st_mode) && !S_ISDIR(facts.st_mode))
        return HEADER_NO_DATABASE;
    ssize_t got = pread(descriptor, header, sizeof(header), 0);
    if (got < 0)
        return HEADER_UNREADABLE;
    if (got == 0)
        return HEADER_EMPTY;
    if (got == HEADER_SIZE && memcmp(header, nothing, HEADER_SIZE) == 0 && beside_exists(store, "-journal", &journal) &&
        journal > 0)
        return HEADER_CUT_SHORT;
    if (got < HEADER_SIZE || memcmp(header, "SQLite format 3", 16) != 0)
        return HEADER_NO_DATABASE;
    uint32_t id = (uint32_t)header[68] << 24 | (uint32_t)header[69] << 16 | (uint32_t)header[70] << 8 | header[71];
    if (id != STORE_APPLICATION_ID)
        return HEADER_FOREIGN;
    return header[18] == 2 ? HEADER_OURS : HEADER_OURS_APART;
}

static bool
refuse_header(struct store *store, enum header header)
{
    switch (header) {
    case HEADER_FOREIGN:
        return store_refuse(store, "is a database of another program");
    case HEADER_NO_DATABASE:
        return store_refuse(store, "is not a database");
    case HEADER_UNREADABLE:
        return store_refuse(store, strerror(errno));
    case HEADER_EMPTY:
        return store_refuse(store, "is empty; `ngxerr scan` fills it");
    case HEADER_CUT_SHORT:
        return store_refuse(store, STORE_CUT_SHORT);
    case HEADER_OURS:
    case HEADER_OURS_APART:
        break;
    }
    return true;
}

static bool
set_up(struct store *store)
{
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, 10000);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    /* No index is worth making for one question: it would hold every event. */
    return store_execute(store, "PRAGMA trusted_schema = OFF; PRAGMA automatic_index = OFF") &&
           functions_register(store);
}

/* Said only when the page size is known: SQLite keeps the number of pages that it made of it. */
static bool
limit_cache(struct store *store)
{
    return store_execute(store, store->loading ? LOAD_CACHE : STORE_CACHE);
}

static bool
open_file(struct store *store, const char *name, int flags)
{
    int code = sqlite3_open_v2(name, &store->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
    return code == SQLITE_OK ? set_up(store) : store_failed(store, "cannot be opened");
}

/* --- reading --- */

/* A reader must not make -wal and -shm, as SQLite would for a copy of the database without them: nobody writes to such
 * a file, so it can be read as it lies there.  For one that is not in WAL mode SQLite makes no files. */
static bool
needs_no_files(const struct store *store, enum header header)
{
    int64_t log_size, index_size;
    bool log_exists = beside_exists(store, "-wal", &log_size);
    bool index_exists = beside_exists(store, "-shm", &index_size);
    return header == HEADER_OURS && log_size == 0 && !(log_exists && index_exists);
}

static void
make_uri(struct store *store, enum header header, struct buffer *uri)
{
    buffer_add_text(uri, "file:");
    for (const char *at = store->path; *at != '\0'; at++) {
        if (*at == '%' || *at == '?' || *at == '#')
            buffer_add_format(uri, "%%%02X", (unsigned)(unsigned char)*at);
        else
            buffer_add_byte(uri, *at);
    }
    buffer_add_text(uri, needs_no_files(store, header) ? "?immutable=1" : "?mode=ro");
}

static bool
refuse_missing(struct store *store)
{
    if (errno != ENOENT && errno != ENOTDIR)
        return store_refuse(store, strerror(errno));
    diagnose(store->diagnostics, STATUS_STORE,
             "%s: no such database; `ngxerr scan` makes one; query and report also take a LOG", store->path);
    return false;
}

static bool
open_to_read(struct store *store)
{
    int descriptor = open(store->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a pipe is not waited for */
    if (descriptor < 0)
        return refuse_missing(store);
    bool good = lock_pass_gate(store, descriptor);
    enum header header = read_header(store, descriptor);
    good = good && refuse_header(store, header);
    close(descriptor);
    if (!good || !beside_check(store, "-wal") || !beside_check(store, "-shm"))
        return false;
    struct buffer uri = BUFFER_EMPTY;
    make_uri(store, header, &uri);
    good = open_file(store, buffer_text(&uri), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI) && schema_check(store) &&
           limit_cache(store);
    buffer_free(&uri);
    return good;
}

/* --- writing --- */

/* The group that a name or number stands for. */
static bool
find_group(struct store *store, const char *name, gid_t *group)
{
    struct group *entry = getgrnam(name);
    uint64_t number;
    if (entry != NULL)
        *group = entry->gr_gid;
    else if (slice_to_u64(slice_of(name), &number) && number < UINT32_MAX)
        *group = (gid_t)number;
    else {
        diagnose(store->diagnostics, STATUS_USAGE, "--group: no such group: %s", name);
        return false;
    }
    return true;
}

/* Who may read a database that is made now, also where an empty file was there before. */
static bool
set_readers(struct store *store, const char *name)
{
    gid_t group = (gid_t)-1;
    if (name != NULL && !find_group(store, name, &group))
        return false;
    if ((name != NULL && fchown(store->lock, (uid_t)-1, group) != 0) ||
        fchmod(store->lock, name != NULL ? 0640 : 0600) != 0)
        return store_refuse(store, strerror(errno));
    return true;
}

/* A database that is there keeps the group and mode that it has. */
static bool
check_group(struct store *store, const char *name)
{
    gid_t group;
    struct stat facts;
    if (name == NULL)
        return true;
    if (!find_group(store, name, &group))
        return false;
    if (fstat(store->lock, &facts) == 0 && (facts.st_gid != group || (facts.st_mode & 0777) != 0640))
        diagnose_warning(
            store->diagnostics,
            "%s: --group %s counts only when the database is made; chgrp and chmod 0640 change this one, and the "
            "next scan what lies beside it",
            store->path, name);
    return true;
}

/* Takes the lock on a descriptor of its own, opened before SQLite opens the file and closed after it is done, since
 * closing any descriptor of a file drops the process's fcntl locks on it. */
static bool
take_lock(struct store *store, const struct store_options *options)
{
    gid_t known; /* before anything is touched */
    if (options->group != NULL && !find_group(store, options->group, &known))
        return false;
    store->lock = open(store->path, O_RDWR | (options->must_exist ? 0 : O_CREAT) | O_CLOEXEC, 0600);
    if (store->lock < 0 && options->must_exist && (errno == ENOENT || errno == ENOTDIR))
        return refuse_missing(store);
    if (store->lock < 0) {
        diagnose(store->diagnostics, STATUS_STORE, "%s: cannot be opened to write: %s", store->path, strerror(errno));
        return false;
    }
    return lock_take(store, options->wait);
}

/* The descriptor is for the lock of a name (mark.c); as with take_lock it is opened before SQLite opens the file. */
static bool
open_to_mark(struct store *store)
{
    store->lock = open(store->path, O_RDWR | O_CLOEXEC);
    if (store->lock < 0) {
        if (errno != EACCES && errno != EPERM && errno != EROFS)
            return refuse_missing(store);
        diagnose(store->diagnostics, STATUS_STORE,
                 "%s: cannot be written, and what was reported is remembered in it: %s", store->path, strerror(errno));
        return false;
    }
    if (!lock_pass_gate(store, store->lock) || !refuse_header(store, read_header(store, store->lock)) ||
        !open_file(store, store->path, SQLITE_OPEN_READWRITE) || !schema_check(store) || !limit_cache(store))
        return false;
    beside_keep(store);
    beside_share(store, "-wal");
    beside_share(store, "-shm");
    return true;
}

static bool
open_to_write(struct store *store, const struct store_options *options)
{
    if (!take_lock(store, options))
        return false;
    enum header header = read_header(store, store->lock);
    bool is_new = header == HEADER_EMPTY || header == HEADER_CUT_SHORT;
    if ((!is_new || (header == HEADER_EMPTY && options->must_exist)) && !refuse_header(store, header))
        return false;
    if (header != HEADER_OURS)
        lock_shut_gate(store);
    if (is_new ? !set_readers(store, options->group) : !check_group(store, options->group))
        return false;
    if (!open_file(store, store->path, SQLITE_OPEN_READWRITE) || !schema_check(store) || !schema_migrate(store) ||
        !limit_cache(store))
        return false;
    lock_leave_note(store); /* SQLite dropped it when it had read */
    if (!store->loading)
        return load_enter_wal(store);
    return options->fills || load_end(store);
}

/* --- private --- */

/* An empty name is SQLite's own temporary database: a file in the temporary directory, unlinked as soon as it is open,
 * that is written only when the cache is full. */
static bool
open_private(struct store *store)
{
    store->path = memory_copy_text(temporary_directory());
    return open_file(store, "", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) &&
           store_execute(store, "PRAGMA temp_store = FILE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF") &&
           schema_migrate(store) && limit_cache(store);
}

struct store *
store_open(const struct store_options *options, struct diagnostics *diagnostics)
{
    struct store *store = memory_allocate_zeroed(1, sizeof(*store));
    store->diagnostics = diagnostics;
    store->mode = options->mode;
    store->lock = -1;
    store->min_free = options->min_free;
    store->room = options->room;
    store->commit_bytes = LIMIT_COMMIT_BYTES;
    store->passing = options->passing;
    store->node = memory_copy_text(options->node != NULL ? options->node : "");
    bool good;
    if (options->mode == STORE_PRIVATE) {
        good = open_private(store);
    } else {
        store->path = memory_copy_text(options->path);
        good = options->mode == STORE_READ   ? open_to_read(store)
               : options->mode == STORE_MARK ? open_to_mark(store)
                                             : open_to_write(store, options);
    }
    if (good)
        return store;
    store_close(store);
    return NULL;
}

/* A log of so many bytes goes into the database when a scan ends, whatever that found. */
#define LOG_KEPT (1 << 20)

/* A scan that found nothing new has written the time and little else: that waits in -wal, where readers see it, for a scan that finds
 * something; waiting for the disk would be most of what such a scan takes. */
static void
end_log(struct store *store)
{
    int64_t size;
    if (store->writer == NULL || !writer_found_nothing(store->writer) || !beside_exists(store, "-wal", &size) ||
        size >= LOG_KEPT)
        sqlite3_wal_checkpoint_v2(store->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    else
        sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

void
store_close(struct store *store)
{
    if (store == NULL)
        return;
    if (!store->failed && store->in_transaction && (store->writer != NULL || store->loading))
        store_commit(store);
    store_rollback(store);
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(store->statements[i]);
    checkpointer_free(store->checkpointer);
    if (store->mode == STORE_WRITE && store->db != NULL)
        end_log(store);
    sqlite3_close(store->db); /* which may read what the writer has in memory (transfer.c) */
    writer_free(store->writer);
    syncer_free(store->syncer);
    if (store->lock >= 0)
        close(store->lock);
    free(store->path);
    free(store->node);
    free(store);
}
