/* Time zones as tables of their own, so that the C library is asked once and no call depends on TZ later.  Any room may
 * use it. */
#include "base/zone.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/byte.h"
#include "base/memory.h"

/* Where the C library's own has 32 bits, times end in 2038. */
_Static_assert(sizeof(time_t) == 8, "build with -D_TIME_BITS=64");

#define LOCALTIME "/etc/localtime"

/* The time a table covers, 1970-01-01 to 2100-01-01; before and after it the first and last offsets hold. */
#define TABLE_END INT64_C(4102444800)
/* No zone changes its offset twice within a week. */
#define TABLE_STEP 604800

struct transition {
    int64_t epoch; /* the first second at which `offset` holds */
    int offset;    /* seconds east of UTC */
};

struct zone {
    char *name;
    struct transition *transitions; /* rising; the first stands for all time before it */
    size_t count;
    size_t capacity;
};

static int
libc_offset(int64_t epoch)
{
    time_t time = (time_t)epoch;
    struct tm tm;
    return localtime_r(&time, &tm) != NULL ? (int)tm.tm_gmtoff : 0;
}

static void
zone_add(struct zone *zone, int64_t epoch, int offset)
{
    if (zone->count == zone->capacity) {
        zone->capacity = zone->capacity > 0 ? zone->capacity * 2 : 16;
        zone->transitions = memory_resize(zone->transitions, zone->capacity, sizeof *zone->transitions);
    }
    zone->transitions[zone->count++] = (struct transition){epoch, offset};
}

/* Asks the C library, whose zone is the one wanted, for every change of offset. */
static void
zone_probe(struct zone *zone)
{
    int offset = libc_offset(0);
    zone_add(zone, 0, offset);
    for (int64_t from = 0; from < TABLE_END; from += TABLE_STEP) {
        int64_t to = from + TABLE_STEP;
        int next = libc_offset(to);
        if (next == offset)
            continue;
        int64_t low = from, high = to; /* offset holds at low, another at high */
        while (high - low > 1) {
            int64_t middle = low + (high - low) / 2;
            if (libc_offset(middle) == offset)
                low = middle;
            else
                high = middle;
        }
        zone_add(zone, high, next);
        offset = next;
    }
}

/* Only the letters of tzdata's names: without a dot there is no way out of its directory.  "right/" counts leap seconds,
 * which epochs here do not. */
static bool
name_is_plain(const char *name)
{
    if (name[0] == '\0' || name[0] == '/' || strlen(name) > 128 || strncmp(name, "right/", 6) == 0)
        return false;
    for (const char *c = name; *c != '\0'; c++) {
        if (!(byte_is_letter(*c) || byte_is_digit(*c) || strchr("_+-/", *c) != NULL))
            return false;
    }
    return true;
}

static bool
tzdata_has(const char *name)
{
    const char *directory = getenv("TZDIR");
    if (directory == NULL || directory[0] == '\0')
        directory = "/usr/share/zoneinfo";
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", directory, name);
    if (length < 0 || (size_t)length >= sizeof path)
        return false;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return false;
    char magic[4];
    bool has = read(descriptor, magic, sizeof magic) == (ssize_t)sizeof magic && memcmp(magic, "TZif", 4) == 0;
    close(descriptor);
    return has;
}

/* What follows ".../zoneinfo/" in a path, or NULL. */
static char *
name_of_path(struct slice path)
{
    size_t at = slice_find(path, SLICE("/zoneinfo/"));
    struct slice name = at != SIZE_MAX ? slice_from(path, at + strlen("/zoneinfo/")) : SLICE("");
    return name.size > 0 ? memory_copy_slice(name) : NULL;
}

static char *
name_of_localtime_link(void)
{
    char target[PATH_MAX];
    ssize_t length = readlink(LOCALTIME, target, sizeof target);
    return length > 0 ? name_of_path((struct slice){target, (size_t)length}) : NULL;
}

/* A path, which TZ may be, is called by the name that can be given. */
static char *
name_of_variable(const char *tz)
{
    tz += tz[0] == ':';
    char *name = tz[0] == '/' ? name_of_path(slice_of(tz)) : NULL;
    return name != NULL ? name : memory_copy_text(tz[0] != '\0' ? tz : "UTC");
}

/* The link is what the C library follows; /etc/timezone is only a note beside it. */
static char *
system_zone_name(void)
{
    const char *tz = getenv("TZ");
    if (tz != NULL && strcmp(tz + (tz[0] == ':'), LOCALTIME) != 0) /* which is what holds without TZ */
        return name_of_variable(tz);
    char *name = name_of_localtime_link();
    if (name != NULL)
        return name;
    char line[129] = "";
    FILE *file = fopen("/etc/timezone", "re");
    if (file != NULL) {
        size_t size = fread(line, 1, sizeof line - 1, file);
        line[size] = '\0';
        line[strcspn(line, "\r\n")] = '\0';
        fclose(file);
    }
    if (access(LOCALTIME, F_OK) != 0)
        return memory_copy_text("UTC"); /* what the C library falls back on */
    return memory_copy_text(line[0] != '\0' && name_is_plain(line) ? line : "local");
}

struct zone *
zone_open(const char *name)
{
    /* known where tzdata is not installed, and what the C library takes for a TZ that tzdata does not have */
    bool utc = name != NULL ? strcmp(name, "UTC") == 0 : !zone_system_known();
    if (name != NULL && !utc && (!name_is_plain(name) || !tzdata_has(name)))
        return NULL;

    struct zone *zone = memory_allocate_zeroed(1, sizeof *zone);
    zone->name = utc ? memory_copy_text("UTC") : name != NULL ? memory_copy_text(name) : system_zone_name();
    if (utc) {
        zone_add(zone, 0, 0);
        return zone;
    }
    const char *tz = getenv("TZ");
    char *saved = tz != NULL ? memory_copy_text(tz) : NULL;
    if (name != NULL)
        setenv("TZ", name, 1);
    tzset();
    zone_probe(zone);
    if (saved != NULL)
        setenv("TZ", saved, 1);
    else
        unsetenv("TZ");
    tzset();
    free(saved);
    return zone;
}

/* "CET-1CEST,M3.5.0,M10.5.0/3", "<+03>-3": the rule itself, as POSIX has it. */
static bool
is_rule(const char *text)
{
    size_t name = strcspn(text, text[0] == '<' ? ">" : "0123456789+-");
    return name >= 3 && text[name] != '\0' && strcspn(text, "/") > name;
}

bool
zone_system_known(void)
{
    const char *name = getenv("TZ");
    if (name == NULL)
        return true;
    name += name[0] == ':';
    if (name[0] == '\0' || strcmp(name, "UTC") == 0)
        return true;
    return name[0] == '/' ? access(name, R_OK) == 0 : is_rule(name) || tzdata_has(name);
}

void
zone_free(struct zone *zone)
{
    if (zone == NULL)
        return;
    free(zone->name);
    free(zone->transitions);
    free(zone);
}

const char *
zone_name(const struct zone *zone)
{
    return zone->name;
}

int
zone_offset(const struct zone *zone, int64_t epoch)
{
    size_t low = 0, high = zone->count; /* the answer is in [low, high) */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (zone->transitions[middle].epoch <= epoch)
            low = middle;
        else
            high = middle;
    }
    return zone->transitions[low].offset;
}

enum zone_fold
zone_local_offset(const struct zone *zone, int64_t local, int *first, int *second)
{
    /* Offsets are within a day of UTC, so these two stand on both sides of a change near `local`. */
    int before = zone_offset(zone, local - 86400);
    int after = zone_offset(zone, local + 86400);
    bool before_holds = zone_offset(zone, local - before) == before;
    bool after_holds = zone_offset(zone, local - after) == after;

    *first = *second = before;
    if (before == after)
        return ZONE_UNIQUE;
    if (before_holds && after_holds) {
        *second = after;
        return ZONE_REPEATED;
    }
    if (!before_holds && !after_holds)
        return ZONE_MISSING;
    *first = *second = before_holds ? before : after;
    return ZONE_UNIQUE;
}
