/* The lock of those who write a database.  It is a flock, which is independent of the fcntl locks that SQLite takes on the
 * same file.  Beside it the holder takes an fcntl lock on one byte far behind the end of any file: the kernel tells others
 * the holder's process, and the byte's place tells since when.  Both go with the process, however it ends.  Used by store
 * alone. */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/zone.h"

/* The note for epoch N is a lock of the byte NOTE_BEGIN + N.  SQLite's own bytes are at 2^30. */
#define NOTE_BEGIN ((off_t)1 << 62)
_Static_assert(sizeof(off_t) == 8, "build with -D_FILE_OFFSET_BITS=64");

/* Closed while a database is filled for the first time.  SQLite's bytes and these notes go when the process closes any descriptor of the
 * file or SQLite ends a transaction; this lock is the descriptor's. */
#define GATE_BYTE ((off_t)1 << 61)
/* Locked by each reader that waits at the gate, as such locks are shared and need no right to write. */
#define BELL_BYTE (GATE_BYTE + 1)

/* Between two looks at a lock that somebody else holds. */
static const struct timespec look_again = {.tv_nsec = 100000000};
/* The same when what it holds is there in some seconds at most. */
static const struct timespec look_soon = {.tv_nsec = 10000000};

static struct flock
note_of(int64_t epoch, off_t bytes)
{
    return (struct flock){
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = NOTE_BEGIN + (off_t)epoch, .l_len = bytes};
}

/* Without it the holder is merely not named: a file system need not have such locks. */
void
lock_leave_note(const struct store *store)
{
    struct flock note = note_of((int64_t)time(NULL), 1);
    (void)fcntl(store->lock, F_SETLK, &note);
}

/* ": process N, since when", as far as the descriptor's notes tell. */
static void
name_holder(int descriptor, struct buffer *holder)
{
    struct flock note = note_of(0, 0);
    char since[32];

    if (fcntl(descriptor, F_GETLK, &note) != 0 || note.l_type == F_UNLCK || note.l_start <= NOTE_BEGIN)
        return;
    int64_t begin = (int64_t)(note.l_start - NOTE_BEGIN), now = (int64_t)time(NULL);
    buffer_add_text(holder, ": ");
    if (note.l_pid > 0) /* a process of another container has no number here */
        buffer_add_format(holder, "process %ld, ", (long)note.l_pid);
    buffer_add_format(holder, "since %s (%lld s)", epoch_to_iso(begin, since),
                      (long long)(now > begin ? now - begin : 0));
}

static void
say_holder(struct store *store, int descriptor, const char *what, int64_t wait)
{
    struct buffer holder = BUFFER_EMPTY, waited = BUFFER_EMPTY;

    name_holder(descriptor, &holder);
    if (wait > 0)
        buffer_add_format(&waited, "; waited %lld s", (long long)wait);
    diagnose(store->diagnostics, STATUS_BUSY, "%s: another ngxerr %s%s%s", store->path, what, buffer_text(&holder),
             wait > 0 ? buffer_text(&waited) : "; --wait SECONDS waits for it");
    buffer_free(&holder);
    buffer_free(&waited);
}

#ifdef F_OFD_SETLK
static bool
lock_byte(int descriptor, int command, off_t byte, struct flock *lock, short type)
{
    *lock = (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    return fcntl(descriptor, command, lock) == 0;
}
#endif

/* Where there are no such locks, readers wait for those of SQLite. */
static void
set_gate(const struct store *store, short type)
{
#ifdef F_OFD_SETLK
    struct flock gate;
    (void)lock_byte(store->lock, F_OFD_SETLK, GATE_BYTE, &gate, type);
#else
    (void)store, (void)type;
#endif
}

void
lock_shut_gate(const struct store *store)
{
    set_gate(store, F_WRLCK);
}

void
lock_open_gate(const struct store *store)
{
    set_gate(store, F_UNLCK);
}

bool
lock_take(struct store *store, int64_t wait)
{
    int64_t begin = clock_milliseconds();
    while (flock(store->lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK) {
            diagnose(store->diagnostics, STATUS_STORE, "%s: cannot be locked: %s", store->path, strerror(errno));
            return false;
        }
        if (clock_milliseconds() - begin >= wait * 1000) {
            say_holder(store, store->lock, "writes to this database", wait);
            return false;
        }
        nanosleep(&look_again, NULL);
    }
    lock_leave_note(store);
    return true;
}

bool
lock_pass_gate(struct store *store, int descriptor)
{
    bool passes = true;
#ifdef F_OFD_SETLK
    int64_t begin = clock_milliseconds();
    struct flock gate, bell = {.l_type = F_UNLCK};
    while (lock_byte(descriptor, F_OFD_GETLK, GATE_BYTE, &gate, F_RDLCK) && gate.l_type != F_UNLCK) {
        passes = clock_milliseconds() - begin < LIMIT_LOAD_WAIT * 1000;
        if (!passes) {
            say_holder(store, descriptor, "fills this database for the first time", LIMIT_LOAD_WAIT);
            break;
        }
        if (bell.l_type == F_UNLCK)
            (void)lock_byte(descriptor, F_OFD_SETLK, BELL_BYTE, &bell, F_RDLCK);
        nanosleep(&look_soon, NULL);
    }
    if (bell.l_type != F_UNLCK)
        (void)lock_byte(descriptor, F_OFD_SETLK, BELL_BYTE, &bell, F_UNLCK);
#else
    (void)store, (void)descriptor;
#endif
    return passes;
}

bool
lock_hear_bell(const struct store *store, bool *rings)
{
    *rings = false;
#ifdef F_OFD_SETLK
    struct flock bell;
    bool known = lock_byte(store->lock, F_OFD_GETLK, BELL_BYTE, &bell, F_WRLCK);
    *rings = known && bell.l_type != F_UNLCK;
    return known;
#else
    (void)store;
    return false;
#endif
}
