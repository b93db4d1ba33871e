/* Expands the paths of a command line into files: directories by content, named files as they are.  What scan and
 * doctor call. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "input/parts.h"

struct lister {
    const struct input_choice *choice;
    struct diagnostics *diagnostics;
    struct input_list *list;
    char *head; /* LIMIT_SNIFF bytes */
};

const char *
left_reason_text(enum left_reason reason)
{
    switch (reason) {
    case LEFT_NO_RECORDS:
        return "no error records in its first 64 KB";
    case LEFT_EMPTY:
        return "empty";
    case LEFT_UNREADABLE:
        return "cannot be read";
    case LEFT_NOT_REGULAR:
        return "not a regular file";
    case LEFT_UNSUPPORTED:
        return "compressed in a way that is not read";
    case LEFT_OWN:
        return "the database itself";
    }
    return "";
}

static struct input_found *
list_add(struct input_list *list, const char *path)
{
    if ((list->count & (list->count - 1)) == 0)
        list->items = memory_resize(list->items, list->count == 0 ? 1 : list->count * 2, sizeof(*list->items));
    struct input_found *found = &list->items[list->count++];
    *found = (struct input_found){.path = memory_copy_text(path)};
    return found;
}

static void
list_leave(struct lister *lister, const char *path, enum left_reason reason, int error_number)
{
    struct input_found *found = list_add(lister->list, path);

    found->reason = reason;
    found->error_number = error_number;
}

/* Was it taken before, and is as it was? */
static bool
list_knows(const struct lister *lister, const char *path)
{
    struct input_facts facts;

    return lister->choice->knows != NULL && input_path_facts(path, &facts) &&
           lister->choice->knows(lister->choice->context, path, &facts);
}

/* Reads the first bytes and asks whether there are records among them. */
static void
list_file(struct lister *lister, const char *path)
{
    int error_number;
    struct input *input = input_open(path, &error_number);
    size_t size = 0, got;

    if (input == NULL) {
        list_leave(lister, path, LEFT_UNREADABLE, error_number);
        return;
    }
    enum input_status status = INPUT_DATA;
    while (size < LIMIT_SNIFF &&
           (status = input_read(input, lister->head + size, LIMIT_SNIFF - size, &got)) == INPUT_DATA)
        size += got;
    if (size == 0 && input->unsupported) {
        list_leave(lister, path, LEFT_UNSUPPORTED, 0);
        lister->list->items[lister->list->count - 1].why = memory_copy_text(input_error(input));
    } else if (size == 0 && status == INPUT_FAILED)
        list_leave(lister, path, LEFT_UNREADABLE, EIO);
    else if (size == 0 && (input->facts.size == 0 || status == INPUT_END))
        list_leave(lister, path, LEFT_EMPTY, 0);
    else if (lister->choice->sniff((struct slice){lister->head, size}) ||
             (size == 0 && (status == INPUT_DAMAGED || status == INPUT_UNFINISHED))) /* to be named by who reads it */
        list_add(lister->list, path)->taken = true;
    else
        list_leave(lister, path, LEFT_NO_RECORDS, 0);
    input_close(input);
}

static bool
is_own(const struct lister *lister, const struct stat *facts)
{
    const struct input_own *own = lister->choice->own;

    return own != NULL && own->is_own(own->context, (uint64_t)facts->st_dev, (uint64_t)facts->st_ino);
}

static void list_directory(struct lister *lister, const char *path);

/* An entry of a directory; symbolic links are followed to files only. */
static void
list_entry(struct lister *lister, const char *path)
{
    struct stat link, target;

    if (lstat(path, &link) != 0) {
        if (errno != ENOENT) /* else rotated away meanwhile: no error */
            list_leave(lister, path, LEFT_UNREADABLE, errno);
        return;
    }
    if (stat(path, &target) != 0) {
        list_leave(lister, path, LEFT_UNREADABLE, errno);
        return;
    }
    if (S_ISDIR(link.st_mode))
        list_directory(lister, path);
    else if (is_own(lister, &target))
        list_leave(lister, path, LEFT_OWN, 0);
    else if (S_ISREG(target.st_mode) && list_knows(lister, path))
        list_add(lister->list, path)->taken = true;
    else if (S_ISREG(target.st_mode))
        list_file(lister, path);
    else
        list_leave(lister, path, LEFT_NOT_REGULAR, 0);
}

static int
names_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a directory in byte order; each and the array are freed by the caller. */
static bool
directory_names(const char *path, char ***names, size_t *count)
{
    DIR *directory = opendir(path);
    struct dirent *entry;

    *names = NULL;
    *count = 0;
    if (directory == NULL)
        return false;
    while ((entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if ((*count & (*count - 1)) == 0)
            *names = memory_resize(*names, *count == 0 ? 1 : *count * 2, sizeof(**names));
        (*names)[(*count)++] = memory_copy_text(entry->d_name);
    }
    closedir(directory);
    if (*count > 0)
        qsort(*names, *count, sizeof(**names), names_compare);
    return true;
}

static void
list_directory(struct lister *lister, const char *path)
{
    char **names;
    size_t count;

    if (!directory_names(path, &names, &count)) {
        list_leave(lister, path, LEFT_UNREADABLE, errno);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct buffer child = BUFFER_EMPTY;
        buffer_add_text(&child, path);
        if (child.size > 0 && child.data[child.size - 1] != '/')
            buffer_add_byte(&child, '/');
        buffer_add_text(&child, names[i]);
        list_entry(lister, buffer_text(&child));
        buffer_free(&child);
        free(names[i]);
    }
    free(names);
}

static void
list_complain(struct lister *lister, const char *path, const char *why)
{
    if (lister->diagnostics != NULL)
        diagnose(lister->diagnostics, STATUS_INPUT, "%s: %s", path, why);
}

/* A path that the user gave.  A pipe is not opened to try it: that would take its bytes or end its writer. */
static void
list_named(struct lister *lister, const char *path)
{
    struct stat status = {0};
    int error_number = 0;
    bool is_stdin = strcmp(path, "-") == 0;

    if (!is_stdin && stat(path, &status) != 0)
        error_number = errno;
    else if (!is_stdin && S_ISDIR(status.st_mode)) {
        size_t before = lister->list->count;
        list_directory(lister, path);
        if (lister->list->count != before + 1 || strcmp(lister->list->items[before].path, path) != 0)
            return;
        error_number = lister->list->items[before].error_number;
        lister->list->items[before].named = true;
        list_complain(lister, path, strerror(error_number));
        return;
    } else if (!is_stdin && access(path, R_OK) != 0)
        error_number = errno;
    if (error_number != 0) {
        list_leave(lister, path, LEFT_UNREADABLE, error_number);
        list_complain(lister, path, strerror(error_number));
    } else if (!is_stdin && is_own(lister, &status)) {
        list_leave(lister, path, LEFT_OWN, 0);
        list_complain(lister, path, left_reason_text(LEFT_OWN));
    } else
        list_add(lister->list, path)->taken = true;
    lister->list->items[lister->list->count - 1].named = true;
}

void
input_list_make(const char *const *paths, size_t count, const struct input_choice *choice,
                struct diagnostics *diagnostics, struct input_list *list)
{
    struct lister lister = {choice, diagnostics, list, memory_allocate(LIMIT_SNIFF)};

    *list = (struct input_list){NULL, 0};
    for (size_t i = 0; i < count; i++)
        list_named(&lister, paths[i]);
    free(lister.head);
}

void
input_list_free(struct input_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].path);
        free(list->items[i].why);
    }
    free(list->items);
    *list = (struct input_list){NULL, 0};
}
