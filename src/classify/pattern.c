/* PCRE2 expressions with JIT and limits.  Used by this room; no other file includes pcre2.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "classify/pattern.h"

#include <pcre2.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/memory.h"
#include "classify/simple.h"

/* Stack of the JIT code: it starts small and grows to what LIMIT_MATCH steps may need. */
#define JIT_STACK_START ((size_t)32 * 1024)
#define JIT_STACK_MOST  ((size_t)512 * 1024)
/* Pairs of offsets that a match may give: groups beyond have no name in practice and are not reported. */
#define SCRATCH_GROUPS 64U

/* Whether there is machine code. */
enum jit {
    JIT_NOT_YET,
    JIT_BEING_MADE, /* by another thread */
    JIT_READY,
    JIT_REFUSED, /* hardened kernels: the interpreter does the same, slower */
};

struct pattern {
    char *source; /* of a simple expression, to be compiled when it is first tried */
    size_t source_size;
    pcre2_code *code; /* NULL until then */
    _Atomic enum jit jit;
    char **names; /* sorted, each once */
    size_t name_count;
    uint32_t *groups; /* group numbers of all entries of the code's own table; a name may have several */
    const char **group_names;
    size_t group_count;
};

struct pattern_scratch {
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    uint64_t limits_met;
};

static void
pattern_read_groups(struct pattern *pattern)
{
    uint32_t count = 0, entry_size = 0;
    PCRE2_SPTR table = NULL;

    pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
    pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMETABLE, &table);
    if (count == 0)
        return;
    pattern->group_names = memory_allocate(count * sizeof *pattern->group_names);
    pattern->groups = memory_allocate(count * sizeof *pattern->groups);
    for (uint32_t i = 0; i < count; i++) {
        const unsigned char *entry = table + (size_t)i * entry_size;
        pattern->groups[i] = (uint32_t)entry[0] << 8 | entry[1];
        pattern->group_names[i] = (const char *)(entry + 2);
    }
    pattern->group_count = count;
}

static int
by_text(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Takes the names, which it frees where one comes again. */
static void
pattern_take_names(struct pattern *pattern, char **names, size_t count)
{
    qsort(names, count, sizeof *names, by_text);
    pattern->names = names;
    for (size_t i = 0; i < count; i++)
        if (pattern->name_count == 0 || strcmp(names[pattern->name_count - 1], names[i]) != 0)
            names[pattern->name_count++] = names[i];
        else
            free(names[i]);
}

static pcre2_code *
compile(struct slice source, int *error, PCRE2_SIZE *offset)
{
    return pcre2_compile((PCRE2_SPTR)(source.data != NULL ? source.data : ""), source.size,
                         PCRE2_DOTALL | PCRE2_DUPNAMES | PCRE2_NEVER_UTF, error, offset, NULL);
}

static struct pattern *
pattern_of_code(pcre2_code *code)
{
    struct pattern *pattern = memory_allocate_zeroed(1, sizeof *pattern);

    pattern->code = code;
    pattern_read_groups(pattern);
    char **names = memory_allocate((pattern->group_count + 1) * sizeof *names);
    for (size_t i = 0; i < pattern->group_count; i++)
        names[i] = memory_copy_text(pattern->group_names[i]);
    pattern_take_names(pattern, names, pattern->group_count);
    return pattern;
}

static struct pattern *
pattern_of_source(struct slice source, const struct slice *found, size_t count)
{
    struct pattern *pattern = memory_allocate_zeroed(1, sizeof *pattern);
    char **names = memory_allocate((count + 1) * sizeof *names);

    pattern->source = memory_copy_slice(source);
    pattern->source_size = source.size;
    for (size_t i = 0; i < count; i++)
        names[i] = memory_copy_slice(found[i]);
    pattern_take_names(pattern, names, count);
    return pattern;
}

struct pattern *
pattern_new(struct slice source, char *message, size_t *offset)
{
    struct slice names[SIMPLE_NAMES_MOST];
    size_t name_count;
    int error = 0;
    PCRE2_SIZE error_offset = 0;

    if (simple_expression(source, names, &name_count))
        return pattern_of_source(source, names, name_count);
    pcre2_code *code = compile(source, &error, &error_offset);
    if (code != NULL)
        return pattern_of_code(code);
    if (message != NULL)
        pcre2_get_error_message(error, (PCRE2_UCHAR *)message, 256);
    if (offset != NULL)
        *offset = error_offset;
    return NULL;
}

void
pattern_free(struct pattern *pattern)
{
    if (pattern == NULL)
        return;
    pcre2_code_free(pattern->code);
    free(pattern->source);
    for (size_t i = 0; i < pattern->name_count; i++)
        free(pattern->names[i]);
    free(pattern->names);
    free(pattern->group_names);
    free(pattern->groups);
    free(pattern);
}

size_t
pattern_name_count(const struct pattern *pattern)
{
    return pattern->name_count;
}

const char *
pattern_name(const struct pattern *pattern, size_t index)
{
    return pattern->names[index];
}

struct pattern_scratch *
pattern_scratch_new(void)
{
    struct pattern_scratch *scratch = memory_allocate_zeroed(1, sizeof *scratch);

    scratch->data = pcre2_match_data_create(SCRATCH_GROUPS, NULL);
    scratch->context = pcre2_match_context_create(NULL);
    /* May be NULL where executable memory is refused: JIT is not used then either. */
    scratch->stack = pcre2_jit_stack_create(JIT_STACK_START, JIT_STACK_MOST, NULL);
    if (scratch->data == NULL || scratch->context == NULL)
        abort();
    pcre2_set_match_limit(scratch->context, LIMIT_MATCH);
    pcre2_set_depth_limit(scratch->context, LIMIT_MATCH_DEPTH);
    if (scratch->stack != NULL)
        pcre2_jit_stack_assign(scratch->context, NULL, scratch->stack);
    return scratch;
}

void
pattern_scratch_free(struct pattern_scratch *scratch)
{
    if (scratch == NULL)
        return;
    pcre2_match_data_free(scratch->data);
    pcre2_match_context_free(scratch->context);
    pcre2_jit_stack_free(scratch->stack);
    free(scratch);
}

/* Of a simple expression.  That it cannot be compiled means no memory, which stops the program everywhere, or an error in simple.c. */
static void
pattern_compile(struct pattern *pattern)
{
    int error;
    PCRE2_SIZE offset;

    pattern->code = compile((struct slice){pattern->source, pattern->source_size}, &error, &offset);
    if (pattern->code == NULL)
        abort();
    pattern_read_groups(pattern);
}

/* True when there is machine code.  It is made when a pattern is first tried, and a simple expression is compiled then: of a
 * thousand most never are, and both were half of the time that reading the rules took.  Threads share patterns (pcre2api(3),
 * MULTITHREADING): one of them makes the code, the others wait. */
static bool
pattern_is_jitted(struct pattern *pattern)
{
    enum jit jit = atomic_load_explicit(&pattern->jit, memory_order_acquire);

    if (jit == JIT_NOT_YET && atomic_compare_exchange_strong(&pattern->jit, &jit, JIT_BEING_MADE)) {
        if (pattern->code == NULL)
            pattern_compile(pattern);
        jit = pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE) == 0 ? JIT_READY : JIT_REFUSED;
        atomic_store_explicit(&pattern->jit, jit, memory_order_release);
    }
    while (jit == JIT_BEING_MADE) {
        sched_yield();
        jit = atomic_load_explicit(&pattern->jit, memory_order_acquire);
    }
    return jit == JIT_READY;
}

bool
pattern_find(struct pattern *pattern, struct slice subject, struct pattern_scratch *scratch)
{
    PCRE2_SPTR text = (PCRE2_SPTR)(subject.data != NULL ? subject.data : "");
    int result = pattern_is_jitted(pattern)
                     ? pcre2_jit_match(pattern->code, text, subject.size, 0, 0, scratch->data, scratch->context)
                     : pcre2_match(pattern->code, text, subject.size, 0, 0, scratch->data, scratch->context);

    if (result < 0 && result != PCRE2_ERROR_NOMATCH)
        scratch->limits_met++;
    return result >= 0;
}

uint64_t
pattern_scratch_limits_met(const struct pattern_scratch *scratch)
{
    return scratch->limits_met;
}

static bool
captures_hold(const struct record_field *captures, unsigned count, const char *name)
{
    for (unsigned i = 0; i < count; i++)
        if (slice_is(captures[i].name, name))
            return true;
    return false;
}

unsigned
pattern_captures(const struct pattern *pattern, struct slice subject, const struct pattern_scratch *scratch,
                 struct record_field *captures, unsigned count)
{
    const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(scratch->data);

    for (size_t i = 0; i < pattern->group_count && count < LIMIT_CAPTURES; i++) {
        size_t group = pattern->groups[i];
        if (group >= SCRATCH_GROUPS || pairs[2 * group] == PCRE2_UNSET)
            continue;
        if (captures_hold(captures, count, pattern->group_names[i]))
            continue;
        /* \K in a lookahead can end a match before it starts; such a group has no text. */
        if (pairs[2 * group + 1] < pairs[2 * group])
            continue;
        captures[count].name = slice_of(pattern->group_names[i]);
        captures[count].value =
            (struct slice){subject.data + pairs[2 * group], pairs[2 * group + 1] - pairs[2 * group]};
        count++;
    }
    return count;
}
