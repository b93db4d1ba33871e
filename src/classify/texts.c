/* Small sets of texts.  Used by literals; private to this room. */
#include "classify/texts.h"

#include "classify/rule.h"

struct texts
texts_one(struct arena *arena, const char *bytes, size_t size)
{
    struct slice *item = arena_allocate(arena, sizeof *item);

    *item = arena_copy(arena, (struct slice){bytes, size});
    return (struct texts){item, 1};
}

void
texts_add(struct arena *arena, struct texts *texts, struct slice text)
{
    texts->items = list_grow(arena, texts->items, texts->count, sizeof *texts->items);
    texts->items[texts->count++] = text;
}

struct texts
texts_product(struct arena *arena, struct texts left, struct texts right)
{
    struct texts product = {NULL, 0};

    for (size_t l = 0; l < left.count; l++)
        for (size_t r = 0; r < right.count; r++) {
            size_t size = left.items[l].size + right.items[r].size;
            char *bytes = arena_allocate(arena, size + 1);
            memcpy(bytes, left.items[l].data, left.items[l].size);
            memcpy(bytes + left.items[l].size, right.items[r].data, right.items[r].size);
            texts_add(arena, &product, (struct slice){bytes, size});
        }
    return product;
}

size_t
texts_shortest(struct texts texts)
{
    size_t shortest = SIZE_MAX;

    for (size_t i = 0; i < texts.count; i++)
        shortest = texts.items[i].size < shortest ? texts.items[i].size : shortest;
    return shortest;
}

bool
texts_join(struct arena *arena, struct texts *all, struct texts more, size_t most)
{
    if (more.count == 0 || all->count + more.count > most) {
        *all = (struct texts){NULL, 0};
        return false;
    }
    for (size_t i = 0; i < more.count; i++)
        texts_add(arena, all, more.items[i]);
    return true;
}

/* True when another text of the set is a part of this one, which then says no more than that one. */
static bool
text_is_spare(struct texts texts, size_t index)
{
    for (size_t i = 0; i < texts.count; i++)
        if (i != index && (texts.items[i].size < texts.items[index].size || i < index) &&
            slice_find(texts.items[index], texts.items[i]) != SIZE_MAX)
            return true;
    return false;
}

static bool
text_has_letter(struct slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned letter = (unsigned char)text.data[i] | 0x20U;
        if (letter >= 'a' && letter <= 'z')
            return true;
    }
    return false;
}

size_t
texts_few(struct texts texts, bool caseless, struct slice *few, size_t most)
{
    size_t count = 0;

    for (size_t i = 0; i < texts.count; i++) {
        if (text_is_spare(texts, i))
            continue;
        if (count == most || (caseless && text_has_letter(texts.items[i])))
            return 0;
        few[count++] = texts.items[i];
    }
    return count;
}
