/* Fills a report from a store: asks its questions class by class and lets advice choose.  Used by command_report. */
#include "cli/report_fill.h"

#include "cli/follow_up.h"
#include "report/order.h"

#define SHAPES_SHOWN 10

struct filling {
    struct store *store;
    struct survey *survey;
    const struct rules *rules;
    const struct filter *filter;
    struct arena *arena;
    struct report *report;
    const char **present; /* ids of the classes that occur */
    size_t present_count;
    struct evidence *evidence; /* of each of them */
    enum platform platform;    /* that they tell, if no two tell another one */
};

static struct report_file
file_of(const struct store_file_info *info)
{
    return (struct report_file){
        .path = info->last_path,
        .log = info->log,
        .node = info->node,
        .bytes = info->bytes,
        .lines = info->lines,
        .continuation_lines = info->continuation_lines,
        .records = info->records,
        .classified = info->classified,
        .unclassified = info->unclassified,
        .unparsed = info->unparsed,
        .pruned_records = info->pruned_records,
        .first_time = info->first_time,
        .last_time = info->last_time,
    };
}

/* --- what the logs cannot show --- */

/* Is a class logged at `missing`, and at no level of more weight?  Those of less are absent from the logs too. */
static bool
is_hidden(const struct class_info *info, enum level missing)
{
    unsigned heavier = (1U << missing) - 1;
    return info->severity != SEVERITY_NOISE && (info->logged_at & (1U << missing)) != 0 &&
           (info->logged_at & heavier) == 0;
}

static void
add_blind(struct filling *filling, enum level missing)
{
    struct report *report = filling->report;
    size_t total = rules_count(filling->rules);
    const char **classes = arena_allocate(filling->arena, total * sizeof(*classes));
    size_t count = 0;
    for (size_t i = 0; i < total; i++)
        if (is_hidden(rules_class(filling->rules, i), missing))
            classes[count++] = rules_class(filling->rules, i)->id;
    report->blind[report->blind_count++] = (struct report_blind){NULL, missing, classes, count};
}

/* A level is missing when no record has it or a level that writes more: nginx writes all from its level up. */
static bool
is_missing(unsigned seen, enum level level)
{
    return seen >> level == 0;
}

static bool
fill_blind(struct filling *filling, const struct store_info *info)
{
    static const enum level levels[] = {LEVEL_WARN, LEVEL_INFO};
    unsigned seen;
    filling->report->blind = arena_allocate(filling->arena, 2 * sizeof(*filling->report->blind));
    if (info->file_count == 0 || (info->total.records > 0 && info->total.records == info->total.pruned_records))
        return true; /* nothing was read that could show anything, or it is gone */
    if (!survey_levels(filling->survey, &seen))
        return false;
    /* Of a log without any record only the usual reason is worth a word. */
    for (size_t i = 0; i < (info->total.records > 0 ? 2 : 1); i++)
        if (is_missing(seen, levels[i]))
            add_blind(filling, levels[i]);
    return true;
}

/* --- findings --- */

static bool
fill_tops(struct filling *filling, struct finding *finding)
{
    static const struct {
        const char *name;
        enum event_field field;
    } asked[] = {
        {"servers", FIELD_SERVER}, {"hosts", FIELD_HOST}, {"upstreams", FIELD_UPSTREAM_ADDR},
        {"clients", FIELD_CLIENT}, {"URIs", FIELD_URI},
    };
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        struct report_top top = {.name = asked[i].name};
        struct value_distinct distinct;
        if (!survey_top_values(filling->survey, finding->id, asked[i].field, REPORT_TOP, filling->arena, top.values,
                               &top.count, &distinct))
            return false;
        top.distinct = distinct.count;
        top.distinct_at_least = distinct.at_least;
        if (top.count > 0)
            finding->tops[finding->top_count++] = top;
    }
    return true;
}

static void
fill_causes(struct filling *filling, struct finding *finding, const struct class_info *info)
{
    const char **causes = arena_allocate(filling->arena, filling->present_count * sizeof(*causes));
    for (size_t p = 0; p < filling->present_count; p++)
        for (size_t f = 0; f < info->follow_count; f++)
            if (strcmp(filling->present[p], finding->id) != 0 &&
                class_glob_matches(slice_of(info->follows[f]), slice_of(filling->present[p]))) {
                causes[finding->caused_by_count++] = filling->present[p];
                break;
            }
    finding->caused_by = causes;
}

/* A query that is printed asks what the report was made from. */
static void
name_source(struct filling *filling, struct advice_check *checks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        checks[i].command = follow_up_command(checks[i].command, filling->report->again, filling->arena);
}

static void
name_sources(struct filling *filling, struct advice *advice)
{
    name_source(filling, advice->decides, advice->decide_count);
    name_source(filling, advice->checks, advice->check_count);
    for (size_t i = 0; i < advice->way_count; i++)
        name_source(filling, advice->ways[i].checks, advice->ways[i].check_count);
}

static void
fill_advice(struct filling *filling, struct evidence *evidence, struct finding *finding)
{
    size_t index = rules_find(filling->rules, slice_of(finding->id));
    if (index == SIZE_MAX)
        return;
    evidence->other_classes = filling->present;
    evidence->other_class_count = filling->present_count;
    evidence->platform = filling->platform;
    fill_causes(filling, finding, rules_class(filling->rules, index));
    advice_make(rules_class(filling->rules, index), evidence, filling->arena, &finding->advice);
    name_sources(filling, &finding->advice);
}

/* Of every class first, since one may tell the system that the logs come from, and others not. */
static bool
gather_evidence(struct filling *filling)
{
    bool differ = false;
    filling->evidence = arena_allocate(filling->arena, filling->present_count * sizeof(*filling->evidence));
    for (size_t i = 0; i < filling->present_count; i++) {
        if (!survey_evidence(filling->survey, filling->present[i], filling->arena, &filling->evidence[i]))
            return false;
        enum platform platform = advice_platform(&filling->evidence[i]);
        differ = differ || (platform != PLATFORM_UNKNOWN && filling->platform != PLATFORM_UNKNOWN &&
                            platform != filling->platform);
        if (platform != PLATFORM_UNKNOWN)
            filling->platform = platform;
    }
    if (differ)
        filling->platform = PLATFORM_UNKNOWN;
    return true;
}

/* To the nearest thousandth; what is not all is under 1000. */
static unsigned
share_of(uint64_t count, uint64_t events)
{
    if (count >= events)
        return events > 0 ? 1000 : 0;
    double share = (double)count * 1000.0 / (double)events + 0.5;
    return share < 1000.0 ? (unsigned)share : 999;
}

static void
fill_figures(struct filling *filling, const struct class_summary *summary, struct finding *finding)
{
    uint64_t events = filling->report->events;
    *finding = (struct finding){
        .id = summary->id,
        .area = summary->area,
        .title = summary->title,
        .severity = summary->severity,
        .retired = summary->retired,
        .is_new = summary->is_new,
        .clients = summary->clients,
        .weight = finding_weight(summary->severity, summary->clients, summary->count),
        .count = summary->count,
        .first_time = summary->first_time,
        .last_time = summary->last_time,
        .peak_minute = summary->peak_minute,
        .peak_count = summary->peak_count,
    };
    finding->permille = share_of(summary->count, events);
}

static bool
fill_finding(struct filling *filling, const struct class_summary *summary, struct evidence *evidence)
{
    struct report *report = filling->report;
    if (strcmp(summary->id, "unclassified") == 0)
        return true;
    if (summary->severity == SEVERITY_NOISE) {
        fill_figures(filling, summary, &report->noise[report->noise_count++]);
        return true;
    }
    struct finding *finding = &report->findings[report->finding_count++];
    fill_figures(filling, summary, finding);
    fill_advice(filling, evidence, finding);
    return fill_tops(filling, finding) &&
           survey_samples(filling->survey, finding->id, 3, filling->arena, finding->samples, &finding->sample_count);
}

static bool
fill_findings(struct filling *filling)
{
    struct class_summary *summaries;
    size_t count;
    survey_class_summaries(filling->survey, filling->arena, &summaries, &count);
    filling->report->findings = arena_allocate(filling->arena, count * sizeof(struct finding));
    filling->report->noise = arena_allocate(filling->arena, count * sizeof(struct finding));
    filling->present = arena_allocate(filling->arena, count * sizeof(*filling->present));
    for (size_t i = 0; i < count; i++)
        filling->present[filling->present_count++] = summaries[i].id;
    if (!gather_evidence(filling))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!fill_finding(filling, &summaries[i], &filling->evidence[i]))
            return false;
    findings_sort(filling->report->findings, filling->report->finding_count);
    findings_sort(filling->report->noise, filling->report->noise_count);
    return true;
}

static bool
fill_shapes(struct filling *filling)
{
    struct shape_summary *shapes;
    struct shape_totals totals;
    struct report *report = filling->report;
    size_t count;
    if (!store_shapes(filling->store, filling->filter, SHAPES_SHOWN, filling->arena, &shapes, &count, &totals))
        return false;
    report->shape_total = totals.shapes;
    report->new_shape_total = totals.new_shapes;
    report->shapes = arena_allocate(filling->arena, count * sizeof(*report->shapes));
    for (size_t i = 0; i < count; i++)
        report->shapes[i] = (struct report_shape){
            .shape = shapes[i].shape,
            .sample = shapes[i].sample,
            .level = shapes[i].level,
            .is_new = shapes[i].is_new,
            .count = shapes[i].count,
            .first_time = shapes[i].first_time,
            .last_time = shapes[i].last_time,
        };
    report->shape_count = count;
    return true;
}

static bool
fill_read(struct filling *filling, struct store_info *info)
{
    struct report *report = filling->report;
    struct event_totals totals;
    if (!store_info(filling->store, filling->arena, info))
        return false;
    survey_totals(filling->survey, &totals);
    if (report->from_database)
        report->source = info->path;
    report->current_to = report->from_database ? info->last_scan : -1;
    report->pruned_before = info->pruned_before;
    report->total = file_of(&info->total);
    report->files = arena_allocate(filling->arena, info->file_count * sizeof(*report->files));
    for (size_t i = 0; i < info->file_count; i++)
        report->files[i] = file_of(&info->files[i]);
    report->file_count = info->file_count;
    report->events = totals.events;
    report->events_classified = totals.classified;
    report->events_unclassified = totals.unclassified;
    memcpy(report->events_by_level, totals.by_level, sizeof(report->events_by_level));
    return true;
}

bool
report_fill(struct store *store, const struct rules *rules, const struct filter *filter, struct arena *arena,
            struct report *report)
{
    struct filling filling = {.store = store, .rules = rules, .filter = filter, .arena = arena, .report = report};
    struct store_info info;
    filling.survey = store_survey(store, filter);
    bool good = filling.survey != NULL && fill_read(&filling, &info) && fill_findings(&filling) &&
                fill_shapes(&filling) && fill_blind(&filling, &info);
    survey_free(filling.survey);
    return good;
}
