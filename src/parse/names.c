/* The names of levels, kinds, sides and reasons as nginx and the views spell them.  Any stage may use it. */
#include "parse/parse.h"

static const char *const level_names[] = {"", "emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"};
static const char *const kind_names[KIND_COUNT] = {"",     "http",  "https",     "fastcgi", "uwsgi", "scgi",
                                                   "grpc", "grpcs", "memcached", "stream",  "mail"};

const char *
level_name(enum level level)
{
    return level >= LEVEL_NONE && level <= LEVEL_DEBUG ? level_names[level] : "";
}

enum level
level_from_name(struct slice name)
{
    for (int level = LEVEL_EMERG; level <= LEVEL_DEBUG; level++) {
        if (slice_is(name, level_names[level]))
            return (enum level)level;
    }
    return LEVEL_NONE;
}

const char *
kind_name(enum kind kind)
{
    return kind >= KIND_NONE && kind < KIND_COUNT ? kind_names[kind] : "";
}

enum kind
kind_from_name(struct slice name)
{
    for (int kind = KIND_HTTP; kind < KIND_COUNT; kind++) {
        if (slice_is(name, kind_names[kind]))
            return (enum kind)kind;
    }
    return slice_is(name, "suwsgi") ? KIND_UWSGI : KIND_NONE;
}

const char *
side_name(enum side side)
{
    switch (side) {
    case SIDE_CLIENT:
        return "client";
    case SIDE_UPSTREAM:
        return "upstream";
    case SIDE_NONE:
        break;
    }
    return "";
}

const char *
unparsed_reason_name(enum unparsed_reason reason)
{
    switch (reason) {
    case UNPARSED_FOREIGN:
        return "foreign";
    case UNPARSED_ACCESS:
        return "access log";
    case UNPARSED_BAD_TIME:
        return "impossible time";
    case UNPARSED_TOO_LONG:
        return "line too long";
    case UNPARSED_GLUED:
        return "glued";
    case UNPARSED_INCOMPLETE:
        return "incomplete";
    case UNPARSED_REASON_COUNT:
        break;
    }
    return "";
}
