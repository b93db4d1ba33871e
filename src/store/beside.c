/* The files that lie beside a database: -wal, -shm and -journal.  Used by store alone. */
#include "store/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/buffer.h"

bool
beside_facts(const struct store *store, const char *suffix, struct stat *facts)
{
    struct buffer name = BUFFER_EMPTY;
    buffer_add_format(&name, "%s%s", store->path, suffix);
    bool exists = stat(buffer_text(&name), facts) == 0;
    buffer_free(&name);
    return exists;
}

bool
beside_exists(const struct store *store, const char *suffix, int64_t *size)
{
    struct stat facts;
    bool exists = beside_facts(store, suffix, &facts);
    *size = exists ? (int64_t)facts.st_size : 0;
    return exists;
}

bool
beside_check(struct store *store, const char *suffix)
{
    struct buffer name = BUFFER_EMPTY;
    buffer_add_format(&name, "%s%s", store->path, suffix);
    int descriptor = open(buffer_text(&name), O_RDONLY | O_CLOEXEC);
    bool good = descriptor >= 0 || errno == ENOENT;
    if (!good)
        diagnose(store->diagnostics, STATUS_STORE, "%s: %s; the next scan gives it the group and mode of the database",
                 buffer_text(&name), strerror(errno));
    if (descriptor >= 0)
        close(descriptor);
    buffer_free(&name);
    return good;
}

/* -wal and -shm get the database's mode from SQLite, and its group only when root makes them; but they stay, so that a mode
 * that the database was given later is to be given to them too. */
void
beside_share(struct store *store, const char *suffix)
{
    struct stat facts, beside;
    struct buffer name = BUFFER_EMPTY;
    buffer_add_format(&name, "%s%s", store->path, suffix);
    if (fstat(store->lock, &facts) == 0 && stat(buffer_text(&name), &beside) == 0 &&
        ((beside.st_gid != facts.st_gid && chown(buffer_text(&name), (uid_t)-1, facts.st_gid) != 0) ||
         (((beside.st_mode ^ facts.st_mode) & 0777) != 0 && chmod(buffer_text(&name), facts.st_mode & 0777) != 0)))
        diagnose_warning(store->diagnostics, "%s: readers of the group may be refused: %s", buffer_text(&name),
                         strerror(errno));
    buffer_free(&name);
}

void
beside_keep(struct store *store)
{
    int keep = 1;
    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
}
