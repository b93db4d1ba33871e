/* The names of severities and proofs, and globs of class ids.  Any room may use them through rules.h. */
#include "classify/rules.h"

static const char *const severity_names[] = {NULL, "act", "fix", "tune", "noise"};

const char *
severity_name(enum severity severity)
{
    return severity >= SEVERITY_ACT && severity <= SEVERITY_NOISE ? severity_names[severity] : "";
}

bool
severity_from_name(struct slice name, enum severity *severity)
{
    for (int i = SEVERITY_ACT; i <= SEVERITY_NOISE; i++)
        if (slice_is(name, severity_names[i])) {
            *severity = (enum severity)i;
            return true;
        }
    return false;
}

const char *
proof_name(enum proof proof)
{
    switch (proof) {
    case PROOF_LAB:
        return "lab";
    case PROOF_NGINX_T:
        return "nginx-t";
    case PROOF_DOCS:
        return "docs";
    }
    return "";
}

bool
class_glob_matches(struct slice glob, struct slice id)
{
    if (slice_find_byte(glob, '*') != SIZE_MAX || slice_find_byte(glob, '?') != SIZE_MAX)
        return slice_fits_glob(id, glob, false);
    return slice_starts(id, glob) && glob.size > 0 && (id.size == glob.size || id.data[glob.size] == '-');
}
