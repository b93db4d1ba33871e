/* Tells the system that a log comes from by the numbers of its errors and its paths.  Used in the room advice, advice_platform
 * by cli. */
#include "advice/platform.h"

#include "advice/evidence.h"
#include "base/byte.h"

/* Numbers of one system that mean to another nothing that nginx meets: refused, reset, timed out, in use, cannot assign,
 * unreachable.  Winsock's begin at 10000; 1113 is a name that is no UTF-8. */
static enum platform
platform_of_number(uint64_t number)
{
    static const struct {
        uint64_t number;
        enum platform platform;
    } numbers[] = {
        {98, PLATFORM_LINUX},  {99, PLATFORM_LINUX},  {101, PLATFORM_LINUX}, {104, PLATFORM_LINUX},
        {110, PLATFORM_LINUX}, {111, PLATFORM_LINUX}, {113, PLATFORM_LINUX}, {48, PLATFORM_BSD},
        {49, PLATFORM_BSD},    {51, PLATFORM_BSD},    {54, PLATFORM_BSD},    {57, PLATFORM_BSD},
        {60, PLATFORM_BSD},    {61, PLATFORM_BSD},    {65, PLATFORM_BSD},    {1113, PLATFORM_WINDOWS},
    };
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (numbers[i].number == number)
            return numbers[i].platform;
    return number >= 10000 && number < 12000 ? PLATFORM_WINDOWS : PLATFORM_UNKNOWN;
}

static bool
begins_with_drive(struct slice path)
{
    return path.size > 2 && byte_is_letter(path.data[0]) && path.data[1] == ':' &&
           (path.data[2] == '/' || path.data[2] == '\\');
}

/* Where Homebrew, FreeBSD's packages and macOS have them. */
static bool
is_bsd_path(struct slice path)
{
    static const char *const begins[] = {
        "/opt/homebrew/", "/usr/local/etc/nginx/", "/usr/local/www/", "/usr/local/var/", "/Users/", "/private/"};
    for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
        if (slice_starts(path, slice_of(begins[i])))
            return true;
    return false;
}

/* A path of another form may be one of a URI, and tells nothing. */
static enum platform
platform_of_paths(const struct evidence *evidence)
{
    static const char *const names[] = {"path", "file", "script"};
    enum platform told = PLATFORM_UNKNOWN;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct slice path = evidence_value(evidence, slice_of(names[i]));
        /* nginx -s speaks to the master by named events. */
        if (begins_with_drive(path) || slice_starts(path, SLICE("Global\\")))
            return PLATFORM_WINDOWS;
        if (is_bsd_path(path))
            told = PLATFORM_BSD;
    }
    return told;
}

/* The most frequent number stands first.  Small ones of Windows are those of other systems too, so the path goes before. */
enum platform
advice_platform(const struct evidence *evidence)
{
    uint64_t number;
    enum platform told = platform_of_paths(evidence);
    if (told == PLATFORM_UNKNOWN && evidence->errno_count > 0 && slice_to_u64(evidence->errnos[0].value, &number))
        told = platform_of_number(number);
    return told;
}

const char *
platform_name(enum platform platform)
{
    static const char *const names[] = {[PLATFORM_UNKNOWN] = "linux",
                                        [PLATFORM_LINUX] = "linux",
                                        [PLATFORM_BSD] = "bsd",
                                        [PLATFORM_WINDOWS] = "windows"};
    return names[platform];
}

const char *
platform_title(enum platform platform)
{
    return platform == PLATFORM_WINDOWS ? "Windows" : platform == PLATFORM_BSD ? "FreeBSD or macOS" : "Linux";
}

bool
platform_drive_path(struct slice value)
{
    if (!begins_with_drive(value) || value.size > 1024)
        return false;
    for (size_t i = 2; i < value.size; i++) {
        char c = value.data[i], before = value.data[i - 1];
        bool is_separator = c == '/' || c == '\\';
        if (!byte_is_letter(c) && !byte_is_digit(c) && !is_separator && memchr("._-~()+ ", c, 8) == NULL)
            return false;
        if ((before == '/' || before == '\\') && (c == '.' || c == '-' || is_separator))
            return false;
    }
    return true;
}
