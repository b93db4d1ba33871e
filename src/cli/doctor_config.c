/* The error_log directives of an nginx configuration, for the command doctor: where records go, and what is in the way. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/byte.h"
#include "cli/doctor.h"
#include "conf/conf.h"
#include "parse/parse.h"

/* One error_log directive. */
struct target {
    const char *subject; /* "FILE:LINE: error_log PATH LEVEL;" */
    const char *name;    /* as it is written */
    enum level level;
};

static void
say_finding(struct examination *examination, const struct target *target, const char *text, const char *hint)
{
    examination->findings++;
    doctor_say(examination, target->subject, text, hint);
}

/* Where a name that is no absolute path leads: ngx_conf_full_name puts it after the prefix, which is known to the program
 * nginx alone (nginx -V).  Those of Debian, nginx.org, a build from source and OpenResty. */
static const char *
find_in_prefix(const char *name, struct arena *arena)
{
    static const char *const prefixes[] = {"/usr/share/nginx", "/etc/nginx", "/usr/local/nginx",
                                           "/usr/local/openresty/nginx"};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        struct buffer path = BUFFER_EMPTY;
        buffer_add_format(&path, "%s/%s", prefixes[i], name);
        const char *kept = arena_copy(arena, buffer_slice(&path)).data;
        buffer_free(&path);
        if (access(kept, F_OK) == 0)
            return kept;
    }
    return NULL;
}

/* What the database has of the file; NULL when that cannot be told, since it was read under another name. */
static const char *
stored_of(const struct examination *examination, const char *path)
{
    const struct store_info *info = examination->stored;
    const char *text = doctor_stored(examination, path);
    bool whole_paths = info != NULL;
    for (size_t i = 0; text == NULL && info != NULL && i < info->file_count; i++)
        whole_paths = whole_paths && info->files[i].last_path[0] == '/';
    return text != NULL ? text : whole_paths ? "nothing of it is in the database yet: ngxerr scan" : NULL;
}

static void
say_level(struct examination *examination, const struct target *target)
{
    if (target->level == LEVEL_NONE || target->level >= LEVEL_WARN)
        return;
    struct buffer text = BUFFER_EMPTY, hint = BUFFER_EMPTY;
    buffer_add_format(&text, "only level %s and worse", level_name(target->level));
    buffer_add_format(&hint, "warnings are not written; change this line to `error_log %s warn;` and nginx -s reload",
                      target->name);
    say_finding(examination, target, buffer_text(&text), buffer_text(&hint));
    buffer_free(&text);
    buffer_free(&hint);
}

static void
say_file(struct examination *examination, const struct target *target, const char *path)
{
    struct stat facts;
    struct doctor_look look;
    if (stat(path, &facts) != 0 && errno == ENOENT) {
        say_finding(examination, target, "no such file",
                    "nginx makes it when it starts: it has not since this line was written, or it runs elsewhere");
        return;
    }
    if (doctor_say_stream(examination, target->subject, path) || doctor_say_no_file(examination, target->subject, path))
        return;
    doctor_look(path, &look);
    if (look.error_number != 0) {
        doctor_say_unreadable(examination, target->subject, path, look.error_number);
        return;
    }
    doctor_say(examination, target->subject,
               look.empty         ? "empty"
               : look.has_records ? "can be read"
                                  : "can be read, but there is no error record at its beginning",
               look.has_records ? stored_of(examination, path) : NULL);
    say_level(examination, target);
}

/* A name that is no absolute path. */
static void
say_relative(struct examination *examination, const struct target *target)
{
    const char *path = find_in_prefix(target->name, examination->arena);
    struct buffer text = BUFFER_EMPTY;
    if (strcmp(target->name, "off") == 0) {
        buffer_add_format(&text, "error_log knows no \"off\": this is a file called off%s%s",
                          path != NULL ? ", " : " in nginx's prefix (nginx -V)", path != NULL ? path : "");
        say_finding(examination, target, buffer_text(&text),
                    "name a file and a level: error_log /var/log/nginx/error.log warn;");
    } else if (path == NULL) {
        buffer_add_format(&text, "is %s within nginx's prefix, which nginx -V tells", target->name);
        say_finding(examination, target, buffer_text(&text), "an absolute path is easier to find");
    }
    buffer_free(&text);
    if (path != NULL)
        say_file(examination, target, path);
}

/* What nginx allows as a tag: nothing of it means anything to a shell. */
static bool
is_tag(struct slice tag)
{
    for (size_t i = 0; i < tag.size; i++)
        if (!byte_is_letter(tag.data[i]) && !byte_is_digit(tag.data[i]) && tag.data[i] != '_')
            return false;
    return tag.size > 0 && tag.size <= 32;
}

/* The value of "tag=" among what follows "syslog:"; nginx's own where there is none. */
static struct slice
tag_of(struct slice parameters)
{
    struct slice tag = SLICE("nginx");
    for (size_t size; parameters.size > 0; parameters = slice_from(parameters, size)) {
        size_t comma = slice_find_byte(parameters, ',');
        struct slice parameter = slice_first(parameters, comma);
        size = comma == SIZE_MAX ? parameters.size : comma + 1;
        if (slice_starts(parameter, SLICE("tag=")))
            tag = slice_from(parameter, 4);
    }
    return tag;
}

static void
say_syslog(struct examination *examination, const struct target *target, struct slice parameters)
{
    struct slice tag = tag_of(parameters);
    struct buffer hint = BUFFER_EMPTY;
    buffer_add_text(&hint, "read the file that the syslog daemon writes it to");
    if (is_tag(tag))
        buffer_add_format(&hint, ", or journalctl -t %.*s -o cat | ngxerr report -", (int)tag.size, tag.data);
    say_finding(examination, target, "the syslog, no file", buffer_text(&hint));
    buffer_free(&hint);
}

/* A name that looks as if it had a variable in it, as those of access_log may.  False when there is no file to look at. */
static bool
say_variable(struct examination *examination, const struct target *target)
{
    if (strchr(target->name, '$') == NULL)
        return true;
    say_finding(examination, target,
                "error_log knows no variables: nginx writes to one file that is called so, with the \"$\"",
                "name a file and a level: error_log /var/log/nginx/error.log warn;");
    return access(target->name, F_OK) == 0 || target->name[0] != '/';
}

static void
examine_target(struct examination *examination, const struct target *target)
{
    struct slice name = slice_of(target->name);
    if (slice_equal(name, SLICE("stderr")))
        say_finding(
            examination, target, "standard error, no file",
            "journalctl -u nginx -o cat | ngxerr report -, or in a container: docker logs CONTAINER 2>&1 | ngxerr "
            "report -");
    else if (slice_starts(name, SLICE("syslog:")))
        say_syslog(examination, target, slice_from(name, 7));
    else if (slice_starts(name, SLICE("memory:")))
        say_finding(examination, target, "a buffer in nginx's memory, which only a debugger reads", NULL);
    else if (!say_variable(examination, target))
        return;
    else if (name.size > 0 && name.data[0] == '/')
        say_file(examination, target, target->name);
    else
        say_relative(examination, target);
}

static void
examine_directive(struct examination *examination, const struct conf_directive *directive)
{
    struct buffer subject = BUFFER_EMPTY;
    struct target target = {.name = directive->words[1].text.data, .level = LEVEL_ERROR};
    buffer_add_format(&subject, "%s:%u: error_log %s", directive->place.file, directive->place.line, target.name);
    if (directive->word_count > 2) {
        target.level =
            level_from_name(directive->words[2].text); /* debug_http and the like: none, so nothing is hidden */
        buffer_add_format(&subject, " %s", directive->words[2].text.data);
    }
    target.subject = buffer_text(&subject);
    examine_target(examination, &target);
    buffer_free(&subject);
}

/* How many error_log directives there are from here on, and within. */
static size_t
examine_directives(struct examination *examination, const struct conf_directive *directive)
{
    size_t count = 0;
    for (; directive != NULL; directive = directive->next) {
        if (slice_equal(directive->words[0].text, SLICE("error_log")) && directive->word_count > 1) {
            examine_directive(examination, directive);
            count++;
        }
        count += examine_directives(examination, directive->children);
    }
    return count;
}

bool
doctor_config(struct examination *examination, const char *path, bool named)
{
    static const struct conf_options options = {.follow_includes = true};
    if (access(path, R_OK) != 0) {
        if (errno == ENOENT && !named)
            return false;
        doctor_say_unreadable(examination, path, path, errno);
        return true;
    }
    struct diagnostics *own = diagnostics_new(stderr, "ngxerr"); /* a configuration that is no good is no wrong usage */
    struct conf_tree *tree = conf_parse_file(path, &options, own);
    diagnostics_free(own);
    if (tree == NULL) {
        examination->findings++;
        doctor_say(examination, path, "cannot be read as a configuration", "nginx -t says what nginx thinks of it");
        return true;
    }
    if (examine_directives(examination, conf_first(tree)) == 0) {
        examination->findings++;
        doctor_say(examination, path, "has no error_log directive",
                   "nginx writes to the path that it was built with, at level error: nginx -V, --error-log-path");
    }
    conf_free(tree);
    return true;
}
