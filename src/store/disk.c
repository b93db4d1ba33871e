/* What the database takes of its file system, and what that has left.  Used by store alone. */
#include "store/disk.h"

#include <sys/statvfs.h>

#include "base/limits.h"
#include "store/beside.h"

static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
#define SUFFIX_COUNT (sizeof(suffixes) / sizeof(suffixes[0]))

static bool
facts_of(const struct store *store, const char *suffix, struct stat *facts)
{
    return store->mode != STORE_PRIVATE && beside_facts(store, suffix, facts);
}

uint64_t
disk_bytes_of(const struct store *store, const char *suffix)
{
    struct stat facts;
    return facts_of(store, suffix, &facts) ? (uint64_t)facts.st_size : 0;
}

bool
store_is_own_file(const void *store, uint64_t device, uint64_t inode)
{
    struct stat facts;
    for (size_t i = 0; i < SUFFIX_COUNT; i++)
        if (facts_of(store, suffixes[i], &facts) && (uint64_t)facts.st_dev == device && (uint64_t)facts.st_ino == inode)
            return true;
    return false;
}

uint64_t
disk_bytes(const struct store *store)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < SUFFIX_COUNT; i++)
        bytes += disk_bytes_of(store, suffixes[i]);
    return bytes;
}

/* The bytes that must stay free of a file system of `total` bytes (LIMIT_FREE_PERCENT and so on). */
static uint64_t
disk_least_free(uint64_t total)
{
    uint64_t least = total / 100 * LIMIT_FREE_PERCENT;
    if (least < (uint64_t)LIMIT_FREE_BYTES)
        least = (uint64_t)LIMIT_FREE_BYTES;
    return least < total / LIMIT_FREE_MOST ? least : total / LIMIT_FREE_MOST;
}

/* What root alone may use counts as used. */
static bool
ask_file_system(const char *path, struct store_room *room)
{
    struct statvfs facts;
    if (statvfs(path, &facts) != 0)
        return false;
    room->total = (uint64_t)facts.f_blocks * facts.f_frsize;
    room->free = (uint64_t)facts.f_bavail * facts.f_frsize;
    return true;
}

static bool
measure(struct store *store, struct store_room *room)
{
    *room = (struct store_room){0};
    return (store->room != NULL ? store->room : ask_file_system)(store->path, room) && room->total > 0;
}

/* What -wal holds has its place in the database still to come, as far as readers, or a checkpoint that is under way, do
 * not allow it now; in the first load, what is in memory. */
static uint64_t
bytes_to_come(struct store *store)
{
    int frames = 0, copied = 0, most;
    int64_t page;
    if (store->loading)
        return sqlite3_db_status(store->db, SQLITE_DBSTATUS_CACHE_USED, &copied, &most, 0) == SQLITE_OK
                   ? (uint64_t)copied
                   : 0;
    if (sqlite3_wal_checkpoint_v2(store->db, "main", SQLITE_CHECKPOINT_PASSIVE, &frames, &copied) != SQLITE_OK)
        return disk_bytes_of(store, "-wal");
    if (frames <= copied || !store_get_integer(store, PAGE_SIZE, 0, &page))
        return 0;
    return (uint64_t)(frames - copied) * (uint64_t)page;
}

static uint64_t
share_of(const struct store_room *room, uint64_t least)
{
    return room->free > least ? (room->free - least) / LIMIT_ROOM_SHARE : 0;
}

/* How many bytes of log may be written in the next transaction, so that the file system keeps what must stay free: into
 * store->commit_bytes.  False, after a diagnostic (STATUS_STORE) has said so, when that is too little. */
static bool
disk_has_room(struct store *store)
{
    struct store_room room;
    if (store->mode != STORE_WRITE || store->min_free < 0 || !measure(store, &room))
        return true;
    uint64_t least = store->min_free > 0 ? (uint64_t)store->min_free : disk_least_free(room.total);
    uint64_t share = share_of(&room, least);
    if (share < 2 * (uint64_t)LIMIT_COMMIT_BYTES) {
        uint64_t to_come = bytes_to_come(store);
        if (measure(store, &room)) {
            room.free -= to_come < room.free ? to_come : room.free;
            share = share_of(&room, least);
        }
    }
    store->commit_bytes = share < LIMIT_COMMIT_BYTES ? share : LIMIT_COMMIT_BYTES;
    if (share >= LIMIT_ROOM_LEAST)
        return true;
    diagnose(
        store->diagnostics, STATUS_STORE,
        "%s: its file system has %.1f of %.1f MB free and a scan leaves %.1f MB (--min-free sets that); it stops here, "
        "what was read is stored",
        store->path, (double)room.free / 1e6, (double)room.total / 1e6, (double)least / 1e6);
    return false;
}

bool
store_has_room(struct store *store)
{
    return disk_has_room(store);
}
