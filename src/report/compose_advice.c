/* Writes the advice for a class: cause, what to do, price, how to check.  Used in the room report. */
#include <stdio.h>

#include "parse/parse.h"
#include "report/compose.h"
#include "report/figures.h"

#define RELOAD "nginx -t && nginx -s reload"

void
compose_add_kinds(struct buffer *out, unsigned kinds)
{
    bool first = true;
    for (int kind = KIND_NONE; kind < KIND_COUNT; kind++) {
        if ((kinds & (1U << kind)) == 0)
            continue;
        buffer_add_text(out, first ? "" : ", ");
        buffer_add_text(out, kind == KIND_NONE ? "no upstream" : kind_name((enum kind)kind));
        first = false;
    }
}

/* Where a block is to be pasted, as a comment over it. */
static const char *
context_words(const char *context)
{
    static const char *const words[][2] = {
        {"main", "at the top of nginx.conf, outside all blocks"},
        {"events", "in events {}"},
        {"http", "in http {}"},
        {"server", "in the server {} concerned"},
        {"location", "in the location {} concerned"},
        {"upstream", "in the upstream {} concerned"},
        {"stream", "in stream {}"},
        {"stream-server", "in the server {} concerned, within stream {}"},
        {"stream-upstream", "in the upstream {} concerned, within stream {}"},
        {"mail", "in mail {}"},
        {"mail-server", "in the server {} concerned, within mail {}"},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i][0], context) == 0)
            return words[i][1];
    return context;
}

static void
compose_blocks(struct paper *paper, const struct way *way)
{
    for (size_t i = 0; i < way->block_count; i++) {
        struct buffer text = BUFFER_EMPTY;
        buffer_add_format(&text, "# %s\n", context_words(way->blocks[i].context));
        buffer_add_text(&text, way->blocks[i].config);
        paper_listing(paper, CODE_NGINX, buffer_text(&text));
        buffer_free(&text);
    }
    if (way->block_count == 0)
        return;
    paper_begin(paper, BLOCK_LABELLED, "Then");
    paper_code_text(paper, RELOAD);
    paper_end(paper);
}

static void
compose_checks(struct paper *paper, const char *label, const struct advice_check *checks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        paper_begin(paper, BLOCK_LABELLED, label);
        paper_words(paper, checks[i].meaning != NULL ? checks[i].meaning : "run this afterwards:");
        paper_end(paper);
        paper_listing(paper, CODE_SHELL, checks[i].command);
    }
}

/* Why it was chosen, or what must be so for it to be right. */
static void
compose_reason(struct paper *paper, const struct way *way)
{
    if (way->chosen_by_answer)
        paper_block(paper, BLOCK_FACT, "Right if", way->why);
    else if (way->holds)
        paper_block(paper, BLOCK_FACT, "Chosen by", way->why);
    else
        paper_block(paper, BLOCK_FACT, "Right if", way->conditions);
}

static void
compose_operator_values(struct paper *paper, const char *const *names, size_t count)
{
    if (count == 0)
        return;
    paper_begin(paper, BLOCK_FACT, "Fill in");
    for (size_t i = 0; i < count; i++) {
        struct buffer name = BUFFER_EMPTY;
        paper_words(paper, i > 0 ? ", " : "");
        buffer_add_format(&name, "${%s}", names[i]);
        paper_code_text(paper, buffer_text(&name));
        buffer_free(&name);
    }
    paper_words(paper, ": only you know.");
    paper_end(paper);
}

void
compose_way(struct paper *paper, const struct advice *advice, const struct way *way, const char *label)
{
    paper_begin(paper, BLOCK_LABELLED, label);
    paper_words(paper, way->source->name);
    paper_words(paper, ": ");
    paper->style->strong(paper, slice_of(way->title));
    if (advice->kind_unknown && way->source->kinds != 0) {
        struct buffer kinds = BUFFER_EMPTY;
        compose_add_kinds(&kinds, way->source->kinds);
        paper_format(paper, " (upstream: %s)", buffer_text(&kinds));
        buffer_free(&kinds);
    }
    paper_end(paper);
    compose_reason(paper, way);
    for (size_t i = 0; i < way->text_count; i++)
        paper_block(paper, BLOCK_LABELLED, NULL, way->texts[i]);
    compose_blocks(paper, way);
    compose_operator_values(paper, way->operator_values, way->operator_value_count);
    paper_block(paper, BLOCK_FACT, "Cost", way->cost);
    paper_block(paper, BLOCK_FACT, "Risk", way->risk);
    paper_block(paper, BLOCK_FACT, "Wrong if", way->wrong);
    compose_checks(paper, "Check", way->checks, way->check_count);
}

void
compose_causes(struct paper *paper, const struct advice *advice)
{
    for (size_t i = 0; i < advice->cause_count; i++)
        paper_block(paper, BLOCK_LABELLED, i == 0 ? "Cause" : NULL, advice->causes[i]);
}

void
compose_decides(struct paper *paper, const struct advice *advice)
{
    bool one = advice->decide_count == 1;
    if (advice->decide_count == 0)
        return;
    if (advice->chosen != NULL)
        paper_block(paper, BLOCK_LABELLED, "Find out",
                    one ? "this command tells whether another way is better:"
                        : "these commands tell whether another way is better:");
    else
        paper_block(paper, BLOCK_LABELLED, "Find out",
                    one ? "the log alone does not tell which change is right; this command does:"
                        : "the log alone does not tell which change is right; these commands do, in this order:");
    for (size_t i = 0; i < advice->decide_count; i++) {
        paper_listing(paper, CODE_SHELL, advice->decides[i].command);
        paper_block(paper, BLOCK_LABELLED, NULL, advice->decides[i].meaning);
    }
    if (advice->chosen == NULL)
        compose_operator_values(paper, advice->operator_values, advice->operator_value_count);
}

static void
compose_no_choice(struct paper *paper, const struct advice *advice)
{
    if (advice->no_cure_for_kind) {
        paper_begin(paper, BLOCK_LABELLED, "Do this");
        paper_format(paper, "No change of nginx's configuration is known to cure this with upstreams of the kind %s.",
                     advice->kind == KIND_NONE ? "none" : kind_name(advice->kind));
        paper_end(paper);
    }
    compose_decides(paper, advice);
}

void
compose_do_this(struct paper *paper, const struct advice *advice)
{
    if (advice->chosen != NULL)
        compose_way(paper, advice, advice->chosen, "Do this");
    else
        compose_no_choice(paper, advice);
}

static void
compose_one_line(struct paper *paper, const struct way *way)
{
    const char *reason = way->chosen_by_answer ? way->why : way->conditions;
    paper_begin(paper, BLOCK_ITEM, NULL);
    paper_words(paper, way->source->name);
    paper_words(paper, ": ");
    paper_words(paper, way->title);
    if (reason != NULL) {
        paper_words(paper, ", if ");
        paper_words(paper, reason);
    }
    paper_end(paper);
}

void
compose_other_ways(struct paper *paper, const struct advice *advice)
{
    size_t others = 0;
    for (size_t i = 0; i < advice->way_count; i++)
        others += &advice->ways[i] != advice->chosen;
    if (others == 0)
        return;
    paper_begin(paper, BLOCK_LABELLED, advice->chosen != NULL ? "Other ways" : "Ways");
    paper_words(paper, advice->chosen != NULL ? "written out by " : "one of these, written out by ");
    struct buffer command = BUFFER_EMPTY;
    buffer_add_format(&command, "ngxerr explain %s", advice->class_info->id);
    paper_code_text(paper, buffer_text(&command));
    buffer_free(&command);
    paper_end(paper);
    for (size_t i = 0; i < advice->way_count; i++)
        if (&advice->ways[i] != advice->chosen)
            compose_one_line(paper, &advice->ways[i]);
}

void
compose_notes(struct paper *paper, const struct advice *advice)
{
    compose_checks(paper, "Verify", advice->checks, advice->check_count);
    for (size_t i = 0; i < advice->caveat_count; i++)
        paper_block(paper, BLOCK_LABELLED, i == 0 ? "Mind" : NULL, advice->caveats[i]);
    for (size_t i = 0; i < advice->doc_count; i++) {
        paper_begin(paper, BLOCK_FACT, i == 0 ? "Read" : NULL);
        paper->style->link(paper, slice_of(advice->docs[i]));
        paper_end(paper);
    }
}
