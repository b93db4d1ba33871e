/* Advice and explanations as JSON.  Used in the room report. */
#include "report/json_advice.h"

#include "parse/parse.h"
#include "report/formats.h"

#define FORMAT_VERSION 1

static void
write_checks(struct json *json, const char *name, const struct advice_check *checks, size_t count)
{
    json_open(json, name, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "command", checks[i].command);
        json_text(json, "meaning", checks[i].meaning);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
write_kinds(struct json *json, unsigned kinds)
{
    json_open(json, "kinds", '[');
    for (int kind = KIND_NONE; kind < KIND_COUNT; kind++)
        if ((kinds & (1U << kind)) != 0)
            json_text(json, NULL, kind == KIND_NONE ? "none" : kind_name((enum kind)kind));
    json_close(json, ']');
}

static void
write_way(struct json *json, const struct way *way)
{
    json_open(json, NULL, '{');
    json_text(json, "name", way->source->name);
    json_text(json, "title", way->title);
    write_kinds(json, way->source->kinds);
    json_bool(json, "holds", way->holds);
    json_text(json, "why", way->chosen_by_answer ? NULL : way->why);
    json_text(json, "answer", way->chosen_by_answer ? way->why : NULL);
    json_text(json, "conditions", way->conditions);
    json_texts(json, "texts", way->texts, way->text_count);
    json_open(json, "config", '[');
    for (size_t i = 0; i < way->block_count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "context", way->blocks[i].context);
        json_text(json, "text", way->blocks[i].config);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_text(json, "cost", way->cost);
    json_text(json, "risk", way->risk);
    json_text(json, "wrong_if", way->wrong);
    write_checks(json, "checks", way->checks, way->check_count);
    json_texts(json, "operator_values", way->operator_values, way->operator_value_count);
    json_close(json, '}');
}

void
json_advice(struct json *json, const char *name, const struct advice *advice)
{
    json_open(json, name, '{');
    json_text(json, "kind", advice->kind_unknown ? NULL : advice->kind == KIND_NONE ? "none" : kind_name(advice->kind));
    json_texts(json, "causes", advice->causes, advice->cause_count);
    json_text(json, "do_this", advice->chosen != NULL ? advice->chosen->source->name : NULL);
    json_bool(json, "no_cure_for_kind", advice->no_cure_for_kind);
    json_open(json, "ways", '[');
    for (size_t i = 0; i < advice->way_count; i++)
        write_way(json, &advice->ways[i]);
    json_close(json, ']');
    write_checks(json, "decides", advice->decides, advice->decide_count);
    write_checks(json, "checks", advice->checks, advice->check_count);
    json_texts(json, "caveats", advice->caveats, advice->caveat_count);
    json_texts(json, "operator_values", advice->operator_values, advice->operator_value_count);
    json_texts(json, "docs", advice->docs, advice->doc_count);
    json_text(json, "proof", proof_name(advice->class_info->proof));
    json_close(json, '}');
}

static void
write_explanation(struct json *json, const struct explanation *explanation)
{
    const struct class_info *info = explanation->advice.class_info;
    json_open(json, NULL, '{');
    json_text(json, "class", info->id);
    json_text(json, "area", info->area);
    json_text(json, "title", info->title);
    json_text(json, "severity", severity_name(info->severity));
    json_number(json, "count", explanation->count);
    json_bool(json, "one_of_several", explanation->candidates > 1);
    json_slice(json, "line", explanation->sample);
    json_open(json, "fields", '[');
    for (size_t i = 0; i < explanation->field_count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "name", explanation->fields[i].name);
        json_slice(json, "value", explanation->fields[i].value);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_advice(json, "advice", &explanation->advice);
    json_close(json, '}');
}

static void
write_unknown(struct json *json, const struct explanation_unknown *unknown)
{
    json_open(json, NULL, '{');
    json_number(json, "count", unknown->count);
    json_slice(json, "line", unknown->sample);
    json_open(json, "nearest", '[');
    for (size_t i = 0; i < unknown->near_count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "class", unknown->near[i].id);
        json_text(json, "title", unknown->near[i].title);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

void
explanation_write_json(const struct explanation_page *page, struct buffer *out)
{
    struct json json = {.out = out};
    json_open(&json, NULL, '{');
    json_text(&json, "format", "ngxerr-explanation");
    json_number(&json, "version", FORMAT_VERSION);
    json_number(&json, "records", page->records);
    json_number(&json, "unparsed", page->unparsed);
    json_number(&json, "left_out", page->beyond);
    json_bool(&json, "test_ok", page->test_ok);
    json_open(&json, "classes", '[');
    for (size_t i = 0; i < page->class_count; i++)
        write_explanation(&json, &page->classes[i]);
    json_close(&json, ']');
    json_open(&json, "unknown", '[');
    for (size_t i = 0; i < page->unknown_count; i++)
        write_unknown(&json, &page->unknown[i]);
    json_close(&json, ']');
    json_close(&json, '}');
    buffer_add_byte(out, '\n');
}
