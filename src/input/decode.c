/* Reads a compressed file through its decoder: several members, zeros between and behind them, damaged and cut ones.
 * The same for every format.  For this room only. */
#include "input/parts.h"

void
decode_begin(struct input *input, const struct decoder *decoder)
{
    decode_end(input);
    input->decoder = decoder;
    input->decoder_state = decoder->make();
}

void
decode_end(struct input *input)
{
    if (input->decoder != NULL)
        input->decoder->release(input->decoder_state);
    input->decoder = NULL;
    input->decoder_state = NULL;
}

void
decode_restart(struct input *input)
{
    input->decoder->restart(input->decoder_state);
    input->between = input->further = input->hungry = false;
    input->member_from = 0;
    input->member_head_size = 0;
}

/* Between two members: skips zeros.  False when there is nothing else in raw. */
static bool
decode_next_member(struct input *input)
{
    while (input->raw_at < input->raw_size && input->raw[input->raw_at] == '\0')
        input->raw_at++;
    if (input->raw_at == input->raw_size)
        return false;
    decode_restart(input);
    input->further = true;
    input->member_from = input_disk_offset(input);
    return true;
}

static enum input_status
decode_failed(struct input *input, enum decode_result result, const char *why)
{
    const char *name = input->format->name;

    if (result == DECODE_TOO_LARGE) {
        input->unsupported = true;
        return input_end(input, INPUT_FAILED, "the %s data at byte %llu needs %s", name,
                         (unsigned long long)input->member_from, why);
    }
    if (input->further)
        return input_end(input, INPUT_DAMAGED, "what follows the %s data at byte %llu is no %s data", name,
                         (unsigned long long)input->member_from, name);
    return input_end(input, INPUT_DAMAGED, "the %s data is damaged at byte %llu (%s)", name,
                     (unsigned long long)input_disk_offset(input), why);
}

static void
keep_member_head(struct input *input, const char *bytes, size_t size)
{
    size_t room = MAGIC_SIZE - input->member_head_size, keep = size < room ? size : room;

    if (keep > 0)
        memcpy(input->member_head + input->member_head_size, bytes, keep);
    input->member_head_size += keep;
}

/* A decoder may wait for a whole header before it looks at one; what ends before that and begins as no member does is none that will
 * be finished. */
static bool
is_foreign(const struct input *input)
{
    return input->further && !input->format->agrees((struct slice){input->member_head, input->member_head_size});
}

/* Waits for more bytes, or for the end, when `hungry`. */
static enum input_status
decode_fill(struct input *input)
{
    input->hungry = false;
    if (raw_fill(input))
        return INPUT_DATA;
    if (input->ended == INPUT_FAILED)
        return INPUT_FAILED;
    if (input->between)
        return input_end(input, INPUT_END, "%s", "");
    if (is_foreign(input))
        return decode_failed(input, DECODE_DAMAGED, "");
    return input_end(input, INPUT_UNFINISHED, "the %s data ends in its middle, at byte %llu", input->format->name,
                     (unsigned long long)input_disk_offset(input));
}

/* One call of the decoder.  INPUT_DATA when reading may go on, after decode_fill when `hungry`. */
static enum input_status
decode_once(struct input *input, struct decode_step *step)
{
    size_t room = step->out_size;

    if (input->between && !decode_next_member(input)) {
        input->hungry = true;
        return INPUT_DATA;
    }
    step->in = input->raw + input->raw_at;
    step->in_size = input->raw_size - input->raw_at;
    enum decode_result result = input->decoder->step(input->decoder_state, step);
    size_t taken = input->raw_size - input->raw_at - step->in_size;
    if (input->further)
        keep_member_head(input, input->raw + input->raw_at, taken);
    input->raw_at += taken;
    if (step->out_size < room)
        input->further = false;
    if (result == DECODE_MEMBER_END)
        input->between = true;
    else if (result != DECODE_GOES_ON)
        return decode_failed(input, result, step->why);
    else if (taken == 0 && step->out_size == room) {
        if (input->raw_at < input->raw_size)
            return decode_failed(input, DECODE_DAMAGED, "it does not go on");
        input->hungry = true;
    }
    return INPUT_DATA;
}

/* A writer may be silent in the middle of a member, and a decoder may hold bytes when all that came is taken: only one that gives a byte
 * tells that there is one.  No more than one read(2) a call, since what comes may be nothing but padding. */
bool
decode_ready(struct input *input, int milliseconds)
{
    struct decode_step step = {.out = &input->ahead, .out_size = 1};
    bool filled = false;

    while (!input->has_ahead && input->ended == INPUT_DATA) {
        if (!input->hungry)
            decode_once(input, &step);
        else if (filled || !raw_ready(input, milliseconds))
            return false;
        else {
            decode_fill(input);
            filled = true;
        }
        input->has_ahead = step.out_size == 0;
    }
    return true;
}

/* What decode_ready looked at. */
static void
give_ahead(struct input *input, struct decode_step *step)
{
    if (!input->has_ahead)
        return;
    *step->out++ = input->ahead;
    step->out_size--;
    input->has_ahead = false;
}

enum input_status
decode_read(struct input *input, char *bytes, size_t capacity, size_t *got)
{
    /* no more than what every library's counters hold */
    size_t room = capacity > (1U << 30) ? 1U << 30 : capacity;
    struct decode_step step = {.out = bytes, .out_size = room};
    enum input_status status = input->ended;

    give_ahead(input, &step);
    while (step.out_size > 0 && status == INPUT_DATA) {
        if (!input->hungry)
            status = decode_once(input, &step);
        else if (step.out_size == room || raw_ready(input, 0))
            status = decode_fill(input);
        else
            break; /* what there is, is given before more is waited for */
    }
    *got = room - step.out_size;
    return *got > 0 ? INPUT_DATA : status;
}
