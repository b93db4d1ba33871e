/* What is known of one branch of an expression while its parts are read.  Used by literals; private to this room. */
#include "classify/branch.h"

static uint64_t
texts_frequency(const struct branch *branch, struct texts texts)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < texts.count && branch->frequency != NULL; i++)
        sum += branch->frequency(branch->context, texts.items[i]);
    return sum;
}

/* The rarer set is the better one; of equals the longer. */
static bool
texts_better(const struct branch *branch, struct texts a, struct texts b)
{
    uint64_t often_a = texts_frequency(branch, a), often_b = texts_frequency(branch, b);

    if (b.count == 0 || often_a != often_b)
        return b.count == 0 || often_a < often_b;
    return texts_shortest(a) > texts_shortest(b);
}

static void
branch_offer(struct branch *branch, struct texts texts)
{
    size_t shortest = texts_shortest(texts);

    if (texts.count == 0 || texts.count > SET_MOST || shortest < BRIEF_LEAST)
        return;
    if (shortest < LITERAL_LEAST)
        branch->brief = branch->brief.count == 0 || texts.count < branch->brief.count ? texts : branch->brief;
    else if (texts_better(branch, texts, branch->required))
        branch->required = texts;
}

void
branch_end_run(struct branch *branch)
{
    branch_offer(branch, branch->run);
    if (branch->whole)
        branch->start = branch->run;
    branch->whole = false;
    branch->run = texts_one(branch->arena, "", 0);
}

/* The run goes on with a part whose texts are known. */
static void
branch_go_on(struct branch *branch, struct texts texts)
{
    if (branch->run.count * texts.count <= RUN_MOST) {
        branch->run = texts_product(branch->arena, branch->run, texts);
        return;
    }
    branch_end_run(branch);
    branch->run = texts;
}

void
branch_add(struct branch *branch, const struct part *part, enum quantity quantity)
{
    struct texts texts = part->texts;

    if (!part->exact || quantity == ANY_TIMES) {
        bool once = quantity == ONCE || quantity == AT_LEAST_ONCE;
        if (once && texts.count > 0 && branch->run.count * texts.count <= RUN_MOST)
            branch->run = texts_product(branch->arena, branch->run, texts);
        branch_end_run(branch);
        if (once) {
            branch_offer(branch, part->required);
            branch_offer(branch, part->brief);
        }
        return;
    }
    if (quantity == AT_MOST_ONCE) {
        struct texts with_nothing = texts_one(branch->arena, "", 0);
        for (size_t i = 0; i < texts.count; i++)
            texts_add(branch->arena, &with_nothing, texts.items[i]);
        texts = with_nothing;
    }
    branch_go_on(branch, texts);
    if (quantity == AT_LEAST_ONCE)
        branch_end_run(branch);
}

struct branch
branch_begin(struct arena *arena, literal_frequency frequency, void *context)
{
    return (struct branch){
        .arena = arena, .frequency = frequency, .context = context, .run = texts_one(arena, "", 0), .whole = true};
}

struct part
branch_end(struct branch *branch)
{
    struct part part = {.exact = branch->whole, .texts = branch->whole ? branch->run : branch->start};

    branch_offer(branch, branch->run);
    part.required = branch->required;
    part.brief = branch->brief;
    return part;
}
