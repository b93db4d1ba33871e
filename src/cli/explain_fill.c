/* Takes pasted text apart into records, classifies them and makes their advice.  Used by command_explain. */
#include "cli/explain_fill.h"

#include "parse/parse.h"

#define SHAPE_SIZE 512
/* Lines behind a record that are tried as parts of it. */
#define BROKEN_LINES 4

/* --- what is found --- */

static void
add_field(struct explanation *explanation, const char *name, struct slice value)
{
    size_t room = sizeof(explanation->fields) / sizeof(explanation->fields[0]);
    if (value.data != NULL && value.size > 0 && explanation->field_count < room)
        explanation->fields[explanation->field_count++] = (struct explanation_field){name, value};
}

/* "111: Connection refused"; none without an errno. */
static struct slice
errno_field(struct explain *explain, const struct record *record)
{
    struct buffer text = BUFFER_EMPTY;
    if (record->error_number < 0)
        return SLICE_NONE;
    buffer_add_format(&text, "%d: ", record->error_number);
    buffer_add(&text, record->error_text);
    struct slice copy = arena_copy(explain->arena, buffer_slice(&text));
    buffer_free(&text);
    return copy;
}

static void
add_fields(struct explain *explain, struct explanation *explanation, const struct record *record,
           const struct match *match)
{
    const struct {
        const char *name;
        struct slice value;
    } known[] = {
        {"Level", slice_of(level_name(record->level))},
        {"Action", record->doing},
        {"Errno", errno_field(explain, record)},
        {"SSL", record->ssl},
        {"Client", record->client},
        {"Server", record->server},
        {"Request", record->request},
        {"Subrequest", record->subrequest},
        {"Upstream", record->upstream},
        {"Host", record->host},
        {"Referrer", record->referrer},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        add_field(explanation, known[i].name, known[i].value);
    for (unsigned i = 0; i < record->extra_count; i++)
        add_field(explanation, arena_copy(explain->arena, record->extra[i].name).data, record->extra[i].value);
    for (unsigned i = 0; i < match->capture_count; i++)
        add_field(explanation, arena_copy(explain->arena, match->captures[i].name).data, match->captures[i].value);
}

static struct explanation *
new_explanation(struct explain *explain, size_t class_index)
{
    struct explanation_page *page = &explain->page;
    if (page->classes == NULL)
        page->classes = arena_allocate(explain->arena, LIMIT_EXPLAIN_CLASSES * sizeof(*page->classes));
    if (page->class_count == LIMIT_EXPLAIN_CLASSES)
        return NULL;
    explain->class_indices[page->class_count] = class_index;
    struct explanation *explanation = &page->classes[page->class_count++];
    memset(explanation, 0, sizeof(*explanation));
    return explanation;
}

static struct explanation *
find_explanation(struct explain *explain, size_t class_index)
{
    for (size_t i = 0; i < explain->page.class_count; i++)
        if (explain->class_indices[i] == class_index && explain->page.classes[i].count > 0)
            return &explain->page.classes[i];
    return NULL;
}

void
explain_add_class(struct explain *explain, size_t class_index)
{
    struct explanation *explanation = new_explanation(explain, class_index);
    if (explanation != NULL)
        advice_make_page(rules_class(explain->rules, class_index), explain->arena, &explanation->advice);
    else
        explain->page.beyond++;
}

static void
add_known(struct explain *explain, const struct record *record, const struct match *match, size_t candidates)
{
    struct explanation *explanation = find_explanation(explain, match->class_index);
    if (explanation != NULL) {
        explanation->count++;
        return;
    }
    explanation = new_explanation(explain, match->class_index);
    if (explanation == NULL) {
        explain->page.beyond++;
        return;
    }
    struct evidence *evidence = arena_allocate(explain->arena, sizeof(*evidence));
    evidence_of_record(record, match, evidence);
    explanation->count = 1;
    explanation->candidates = candidates;
    explanation->sample = slice_trim(record->raw);
    add_fields(explain, explanation, record, match);
    advice_make(rules_class(explain->rules, match->class_index), evidence, explain->arena, &explanation->advice);
}

static void
add_unknown(struct explain *explain, const struct record *record)
{
    struct explanation_page *page = &explain->page;
    char shape[SHAPE_SIZE];
    struct slice masked = {shape, parse_shape(record->message, shape, sizeof(shape))};
    if (page->unknown == NULL)
        page->unknown = arena_allocate(explain->arena, LIMIT_EXPLAIN_UNKNOWN * sizeof(*page->unknown));
    for (size_t i = 0; i < page->unknown_count; i++)
        if (slice_equal(explain->shapes[i], masked)) {
            page->unknown[i].count++;
            return;
        }
    if (page->unknown_count == LIMIT_EXPLAIN_UNKNOWN) {
        page->beyond++;
        return;
    }
    explain->shapes[page->unknown_count] = arena_copy(explain->arena, masked);
    struct explanation_unknown *unknown = &page->unknown[page->unknown_count++];
    memset(unknown, 0, sizeof(*unknown));
    unknown->count = 1;
    unknown->sample = slice_trim(record->raw);
    unknown->near_count = explain_nearest(explain->rules, record->message, unknown->near, 3);
    /* One word is a mistyped class, not a line. */
    if (slice_find_byte(slice_trim(record->message), ' ') != SIZE_MAX)
        unknown->expression = explain_expression(record->message, explain->arena);
}

/* --- one record --- */

/* The last lines of nginx -t's output say how the test went and are no record of their own. */
static bool
is_test_result(struct explain *explain, const struct record *record)
{
    struct slice message = record->message;
    if (record->level != LEVEL_NONE)
        return false;
    if (slice_ends(message, SLICE("syntax is ok")))
        explain->page.syntax_ok = true;
    else if (slice_ends(message, SLICE("test is successful")))
        explain->page.test_ok = true;
    else if (slice_ends(message, SLICE(" test failed")))
        explain->test_failed = record->raw;
    else
        return false;
    return true;
}

static void
add_classes(struct explain *explain, struct record *record)
{
    struct match matches[EXPLAIN_CANDIDATES];
    explain->page.records++;
    size_t count = explain_classify_anyhow(explain, record, matches);
    for (size_t i = 0; i < count; i++)
        add_known(explain, record, &matches[i], count);
    if (count == 0)
        add_unknown(explain, record);
}

static void
add_record(struct explain *explain, const struct record *record)
{
    struct record pasted = *record;
    if (explain_lacks_end(&pasted))
        record_as_fragment(&pasted);
    if (!is_test_result(explain, &pasted))
        add_classes(explain, &pasted);
}

/* --- text into records --- */

static bool
has_records(struct peeler *peeler, struct slice text)
{
    struct piece piece;
    for (uint64_t offset = 0;; offset += piece.consumed) {
        parse_next_wrapped(peeler, text, offset, true, &piece);
        if (piece.type == PIECE_MORE)
            return false;
        if (piece.type == PIECE_RECORD)
            return true;
        text = slice_from(text, piece.consumed);
    }
}

static bool
is_access_line(struct slice line)
{
    struct piece piece;
    parse_next(slice_trim(line), 0, true, &piece);
    return piece.type == PIECE_UNPARSED && piece.reason == UNPARSED_ACCESS;
}

/* Of the other log, which is taken for this one where a browser shows an error. */
static void
add_unparsed(struct explain *explain, struct slice line, unsigned lines)
{
    explain->page.unparsed += lines;
    if (is_access_line(line))
        explain->page.access += lines;
}

/* A line beside records: a record in a wrapper that parse does not know, or something else.  What stands in front of a
 * record, such as the name of a pod, is no line of its own: lines is 0 then. */
static void
add_line_beside(struct explain *explain, struct slice line, unsigned lines)
{
    struct record record;
    struct match matches[EXPLAIN_CANDIDATES];
    if (slice_trim(line).size == 0)
        return;
    record_parse_fragment(line, &record);
    if (is_test_result(explain, &record))
        return;
    if (explain_lacks_end(&record))
        record_as_fragment(&record);
    if (explain_classify(explain, &record, matches) == 1) {
        explain->page.records++;
        add_known(explain, &record, &matches[0], 1);
    } else {
        add_unparsed(explain, line, lines);
    }
}

/* A record that may have been broken into lines, and lines behind it that alone do not make it say more. */
struct broken {
    struct record record;
    bool is_one;
    struct slice raw; /* of all */
    struct slice lines[BROKEN_LINES];
    size_t line_count;
};

/* Where the record says more with its lines, it is with them from here on. */
static void
join_lines(struct explain *explain, struct broken *broken)
{
    struct match matches[EXPLAIN_CANDIDATES];
    struct record whole = broken->record, again;
    whole.raw = broken->raw;
    size_t rank = explain_rank(matches, explain_classify(explain, &broken->record, matches));
    for (unsigned way = 0; way < EXPLAIN_JOINS; way++)
        if (explain_read_again(&whole, way, explain->arena, &again) &&
            explain_rank(matches, explain_classify(explain, &again, matches)) < rank) {
            broken->record = again;
            broken->raw = again.raw;
            broken->line_count = 0;
            return;
        }
}

/* False when the record cannot have been broken there. */
static bool
take_line(struct explain *explain, struct broken *broken, const struct piece *piece)
{
    struct slice line = piece->record.raw;
    if (!explain->is_paste || !broken->is_one || piece->type != PIECE_UNPARSED || piece->reason != UNPARSED_FOREIGN ||
        piece->record.lines != 1 || broken->line_count == BROKEN_LINES || slice_trim(line).size == 0 ||
        broken->raw.size + line.size > LIMIT_EXPLAIN_WRAPPED)
        return false;
    struct buffer text = BUFFER_EMPTY;
    buffer_add(&text, slice_trim(broken->raw));
    buffer_add_byte(&text, '\n');
    buffer_add(&text, line);
    broken->raw = arena_copy(explain->arena, buffer_slice(&text));
    buffer_free(&text);
    broken->lines[broken->line_count++] = line;
    join_lines(explain, broken);
    return true;
}

static void
add_broken(struct explain *explain, struct broken *broken)
{
    if (broken->is_one)
        add_record(explain, &broken->record);
    for (size_t i = 0; i < broken->line_count; i++)
        add_line_beside(explain, broken->lines[i], 1);
    broken->is_one = false;
    broken->line_count = 0;
}

static void
add_records(struct explain *explain, struct peeler *peeler, struct slice text)
{
    struct piece piece;
    struct broken broken = {.is_one = false};
    for (uint64_t offset = 0;; offset += piece.consumed) {
        parse_next_wrapped(peeler, text, offset, true, &piece);
        text = slice_from(text, piece.consumed);
        if (take_line(explain, &broken, &piece))
            continue;
        add_broken(explain, &broken);
        if (piece.type == PIECE_MORE)
            return;
        if (piece.type == PIECE_UNPARSED) {
            add_line_beside(explain, piece.record.raw, piece.record.lines);
            continue;
        }
        broken.record = piece.record;
        broken.raw = piece.record.raw;
        broken.is_one = true;
    }
}

static bool
next_line(struct slice *text, struct slice *line)
{
    while (text->size > 0) {
        size_t end = slice_find_byte(*text, '\n');
        *line = slice_first(*text, end);
        *text = slice_from(*text, end == SIZE_MAX ? text->size : end + 1);
        if (slice_trim(*line).size > 0)
            return true;
    }
    return false;
}

/* Lines of a fragment that are known by themselves: two of them are two records, and no wrapped one. */
static size_t
count_known_lines(struct explain *explain, struct slice text)
{
    struct slice line;
    struct match matches[EXPLAIN_CANDIDATES];
    size_t known = 0;
    while (known < 2 && next_line(&text, &line)) {
        struct record record;
        record_parse_fragment(line, &record);
        known += explain_classify(explain, &record, matches) > 0;
    }
    return known;
}

static void
add_fragment(struct explain *explain, struct slice text)
{
    struct match matches[EXPLAIN_CANDIDATES];
    struct record record;
    record_parse_fragment(text, &record);
    if (is_access_line(text) && explain_classify(explain, &record, matches) == 0)
        add_unparsed(explain, text, 1);
    else
        add_record(explain, &record);
}

static void
add_fragments(struct explain *explain, struct slice text)
{
    struct buffer joined = BUFFER_EMPTY;
    struct slice line;
    if (text.size <= LIMIT_EXPLAIN_WRAPPED && count_known_lines(explain, text) < 2 && parse_unwrap(text, &joined))
        add_fragment(explain, arena_copy(explain->arena, buffer_slice(&joined)));
    else
        while (next_line(&text, &line))
            add_fragment(explain, line);
    buffer_free(&joined);
}

/* The text without what the way from the log to here did to it. */
static struct slice
mended(struct explain *explain, struct slice text, bool (*mend)(struct slice, struct buffer *))
{
    struct buffer out = BUFFER_EMPTY;
    if (mend(text, &out))
        text = arena_copy(explain->arena, buffer_slice(&out));
    buffer_free(&out);
    return text;
}

void
explain_add_text(struct explain *explain, struct slice text)
{
    struct peeler *peeler = peeler_new();
    explain->is_paste = text.size <= LIMIT_EXPLAIN_WRAPPED;
    if (explain->is_paste) {
        text = mended(explain, text, parse_plain);
        text = mended(explain, text, parse_requote);
        text = mended(explain, text, parse_unwrap_all);
    }
    peeler_begin(peeler, explain->arena);
    bool records = has_records(peeler, text);
    peeler_begin(peeler, explain->arena);
    if (records)
        add_records(explain, peeler, text);
    else
        add_fragments(explain, text);
    peeler_free(peeler);
}

void
explain_finish(struct explain *explain)
{
    struct explanation_page *page = &explain->page;
    struct record record;
    if (page->syntax_ok && explain->test_failed.data == NULL)
        page->test_ok = true;
    if (explain->test_failed.data == NULL || page->class_count > 0 || page->unknown_count > 0)
        return;
    record_parse_fragment(explain->test_failed, &record);
    add_classes(explain, &record);
}
