/* Who tells the syncer waits when too much is not on the disk, and not before. */
#include "unit.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "store/syncer.h"

/* A disk that is as slow as the test wants, instead of the library's fdatasync. */
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool closed; /* it writes nothing */
    unsigned syncs;
} disk = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

int
fdatasync(int descriptor)
{
    assert_int_equal(descriptor, 7);
    pthread_mutex_lock(&disk.mutex);
    while (disk.closed)
        pthread_cond_wait(&disk.changed, &disk.mutex);
    disk.syncs++;
    pthread_mutex_unlock(&disk.mutex);
    return 0;
}

static void
disk_close(bool closed)
{
    pthread_mutex_lock(&disk.mutex);
    disk.closed = closed;
    pthread_cond_broadcast(&disk.changed);
    pthread_mutex_unlock(&disk.mutex);
}

static bool
disk_is_closed(void)
{
    pthread_mutex_lock(&disk.mutex);
    bool closed = disk.closed;
    pthread_mutex_unlock(&disk.mutex);
    return closed;
}

static unsigned
disk_syncs(void)
{
    pthread_mutex_lock(&disk.mutex);
    unsigned syncs = disk.syncs;
    pthread_mutex_unlock(&disk.mutex);
    return syncs;
}

static void *
open_later(void *argument)
{
    (void)argument;
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    disk_close(false);
    return NULL;
}

/* With a disk that never wrote, each of the first calls would last forever. */
static void
test_it_waits_for_no_more_than_what_is_too_much(void **state)
{
    struct syncer *syncer = syncer_new(7);
    pthread_t thread;

    (void)state;
    disk_close(true);
    unsigned before = disk_syncs();
    syncer_wrote(syncer, 100, 1000);
    syncer_wrote(syncer, 1000, 1000);
    assert_int_equal(disk_syncs(), before);
    assert_int_equal(pthread_create(&thread, NULL, open_later, NULL), 0);
    syncer_wrote(syncer, 1001, 1000);
    assert_false(disk_is_closed());
    assert_true(disk_syncs() > before);
    pthread_join(thread, NULL);
    syncer_free(syncer);
}

static void
test_with_nothing_left_all_is_on_the_disk(void **state)
{
    struct syncer *syncer = syncer_new(7);

    (void)state;
    for (unsigned i = 1; i <= 50; i++) {
        unsigned before = disk_syncs();
        syncer_wrote(syncer, i, 0);
        assert_true(disk_syncs() > before);
    }
    syncer_free(syncer);
}

static void
test_without_work_there_is_no_thread(void **state)
{
    unsigned before = disk_syncs();

    (void)state;
    syncer_free(syncer_new(7));
    syncer_free(NULL);
    assert_int_equal(disk_syncs(), before);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_waits_for_no_more_than_what_is_too_much),
        cmocka_unit_test(test_with_nothing_left_all_is_on_the_disk),
        cmocka_unit_test(test_without_work_there_is_no_thread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
