/* Writes an nginx error log of a busy site to standard output: generate LINES [SEED] [--distinct].  The same arguments give the same
 * bytes.  With --distinct every client, URI and message is a new one.  With --patterns it writes a pattern file of LINES classes
 * instead, in the words of nginx's messages, none of which the log has.  Used by tests/bench and tests/invariants. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct generator {
    uint64_t random;
    uint64_t line;   /* lines written */
    uint64_t record; /* records written */
    uint64_t lines;  /* lines wanted */
    int64_t seconds; /* civil time of the record */
    bool distinct;
};

/* xorshift64*: a fixed sequence for a seed, on every machine. */
static uint64_t
next_random(struct generator *generator)
{
    uint64_t x = generator->random;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    generator->random = x;
    return x * 2685821657736338717ULL;
}

static unsigned
below(struct generator *generator, unsigned limit)
{
    return (unsigned)((next_random(generator) >> 33) % limit);
}

/* A few of `limit` are met often and most of them rarely, as with clients and URIs. */
static unsigned
skewed(struct generator *generator, unsigned limit)
{
    uint64_t u = next_random(generator) >> 44; /* 20 bits */

    return (unsigned)((((u * u) >> 20) * u >> 20) * limit >> 20);
}

/* --- the parts of a line --- */

#define CLIENTS 6000U
#define SITES   40U
#define PATHS   200000U

static const char *const sections[] = {"catalog/products", "blog/2026", "assets/images/products",  "api/v2/customers",
                                       "account/orders",   "search",    "wp-content/uploads/2026", "checkout/payment"};
static const char *const extensions[] = {"", ".html", ".php", ".json", ".jpg", "/details", "/comments", ".css"};

static void
put_client(struct generator *generator, char *out, size_t size)
{
    unsigned id = generator->distinct ? (unsigned)generator->record : skewed(generator, CLIENTS) * 2654435u;

    if (id % 11 == 0 && !generator->distinct)
        snprintf(out, size, "2001:db8:%x:%x::%x", id >> 20 & 0xffff, id >> 8 & 0xfff, id & 0xff);
    else
        snprintf(out, size, "%u.%u.%u.%u", 11 + (id >> 24) % 200, id >> 16 & 255, id >> 8 & 255, id & 255);
}

static void
put_uri(struct generator *generator, char *out, size_t size)
{
    unsigned id = generator->distinct ? (unsigned)generator->record : skewed(generator, PATHS);
    unsigned mixed = id * 2654435761u;
    const char *section = sections[mixed >> 8 & 7];

    if (mixed >> 12 & 1)
        snprintf(out, size, "/%s/%u%s", section, id, extensions[mixed >> 16 & 7]);
    else
        snprintf(out, size, "/%s/%u%s?page=%u&session=%08x", section, id, extensions[mixed >> 16 & 7],
                 1 + below(generator, 30), mixed);
}

struct parts {
    char client[64], uri[256], path[256], site[64], upstream[64], tail[1024];
};

static void
make_parts(struct generator *generator, struct parts *parts, const char *scheme)
{
    unsigned site = skewed(generator, SITES);
    size_t used;

    put_client(generator, parts->client, sizeof parts->client);
    put_uri(generator, parts->uri, sizeof parts->uri);
    snprintf(parts->path, sizeof parts->path, "%.*s", (int)strcspn(parts->uri, "?"), parts->uri);
    snprintf(parts->site, sizeof parts->site, "%s%u.example.com", site % 3 == 0 ? "www" : "shop", site);
    snprintf(parts->upstream, sizeof parts->upstream, "10.0.%u.%u:%u", site % 4,
             10 + site % 5 * 4 + below(generator, 3), 8080 + site % 3);
    used = (size_t)snprintf(parts->tail, sizeof parts->tail, ", client: %s, server: %s, request: \"%s %s HTTP/%s\"",
                            parts->client, parts->site, below(generator, 5) == 0 ? "POST" : "GET", parts->uri,
                            below(generator, 3) == 0 ? "1.1" : "2.0");
    if (scheme != NULL && strcmp(scheme, "fastcgi") == 0)
        used += (size_t)snprintf(parts->tail + used, sizeof parts->tail - used,
                                 ", upstream: \"fastcgi://unix:/run/php/php8.2-fpm.sock:\"");
    else if (scheme != NULL)
        used += (size_t)snprintf(parts->tail + used, sizeof parts->tail - used, ", upstream: \"%s://%s%s\"", scheme,
                                 parts->upstream, parts->uri);
    used += (size_t)snprintf(parts->tail + used, sizeof parts->tail - used, ", host: \"%s\"", parts->site);
    if (below(generator, 10) < 4)
        snprintf(parts->tail + used, sizeof parts->tail - used, ", referrer: \"https://%s/%s\"", parts->site,
                 sections[below(generator, 8)]);
}

static void
begin_record(struct generator *generator, const char *level, bool connection)
{
    time_t seconds = (time_t)generator->seconds;
    struct tm civil;
    unsigned pid = 1200 + below(generator, 8);

    gmtime_r(&seconds, &civil);
    printf("%04d/%02d/%02d %02d:%02d:%02d [%s] %u#%u: ", civil.tm_year + 1900, civil.tm_mon + 1, civil.tm_mday,
           civil.tm_hour, civil.tm_min, civil.tm_sec, level, pid, pid);
    if (connection)
        printf("*%" PRIu64 " ", 1000 + generator->record * 3 + below(generator, 3));
    generator->line++;
    generator->record++;
}

/* --- the messages --- */

static void
write_php(struct generator *generator)
{
    struct parts parts;
    unsigned function = skewed(generator, 400);

    make_parts(generator, &parts, "fastcgi");
    begin_record(generator, "error", true);
    printf(
        "FastCGI sent in stderr: \"PHP message: PHP Fatal error:  Uncaught TypeError: render_%u(): Argument #1 ($item) must be of type array, "
        "null given in /srv/www/%s/lib/view.php:%u\nStack trace:\n#0 /srv/www/%s/index.php(%u): render_%u()\n#1 {main}\n  thrown in "
        "/srv/www/%s/lib/view.php on line %u\" while reading response header from upstream%s\n",
        function, parts.site, 10 + function, parts.site, 20 + function, function, parts.site, 10 + function,
        parts.tail);
    generator->line += 4;
}

/* A message that no pattern knows, in as many forms as there are numbers. */
static void
write_unknown(struct generator *generator)
{
    struct parts parts;
    uint64_t word = generator->distinct ? generator->record * 0x9e3779b97f4a7c15ULL : below(generator, 30);
    char letters[16];

    for (size_t i = 0; i < 13; i++, word /= 26)
        letters[i] = (char)('a' + word % 26);
    letters[13] = '\0';
    make_parts(generator, &parts, "http");
    begin_record(generator, "error", true);
    printf("the module %s gave up its hold on the widget%s\n", letters, parts.tail);
}

static void
write_tls(struct generator *generator)
{
    struct parts parts;

    make_parts(generator, &parts, NULL);
    begin_record(generator, "crit", true);
    printf(
        "SSL_do_handshake() failed (SSL: error:0A00006C:SSL routines::bad key share) while SSL handshaking, client: %s, server: 0.0.0.0:443\n",
        parts.client);
}

static void
write_upstream_tls(struct generator *generator)
{
    struct parts parts;

    make_parts(generator, &parts, "https");
    begin_record(generator, "error", true);
    printf(
        "SSL_do_handshake() failed (SSL: error:0A000410:SSL routines::sslv3 alert handshake failure:SSL alert number 40) while SSL "
        "handshaking to upstream%s\n",
        parts.tail);
}

static void
write_process(struct generator *generator)
{
    begin_record(generator, "notice", false);
    printf("signal process started\n");
}

/* Messages of one line whose variable part is the tail or a path. */
struct message {
    unsigned weight;
    const char *level;
    const char *scheme; /* of the upstream; NULL: none */
    const char *text;   /* %s: the URI; %u: a number */
    bool path;          /* has a %s */
};

static const struct message messages[] = {
    {220, "error", NULL, "open() \"/srv/www/html%s\" failed (2: No such file or directory)", true},
    {130, "error", "http", "upstream timed out (110: Connection timed out) while reading response header from upstream",
     false},
    {90, "error", "http", "connect() failed (111: Connection refused) while connecting to upstream", false},
    {40, "error", "http", "connect() failed (113: No route to host) while connecting to upstream", false},
    {40, "error", "http", "upstream prematurely closed connection while reading response header from upstream", false},
    {30, "error", "fastcgi",
     "recv() failed (104: Connection reset by peer) while reading response header from upstream", false},
    {25, "error", "http", "no live upstreams while connecting to upstream", false},
    {90, "warn", "http",
     "an upstream response is buffered to a temporary file /var/cache/nginx/proxy_temp/%u/00/0000000%u while reading upstream",
     false},
    {60, "warn", NULL, "a client request body is buffered to a temporary file /var/lib/nginx/body/%010u", false},
    {50, "error", NULL, "limiting requests, excess: %u.%03u by zone \"perip\"", false},
    {25, "error", NULL, "limiting connections by zone \"addr\"", false},
    {20, "warn", NULL, "delaying request, excess: %u.%03u, by zone \"perip\"", false},
    {30, "error", NULL, "client intended to send too large body: %u%05u bytes", false},
    {40, "error", NULL, "access forbidden by rule", false},
    {20, "error", NULL, "directory index of \"/srv/www/html%s/\" is forbidden", true},
    {20, "error", "http", "upstream sent too big header while reading response header from upstream", false},
    {15, "error", NULL, "user \"u%u\" was not found in \"/etc/nginx/htpasswd\"", false},
    {30, "info", NULL, "client timed out (110: Connection timed out) while waiting for request", false},
    {15, "crit", NULL, "open() \"/srv/www/html%s\" failed (13: Permission denied)", true},
    {10, "error", NULL, "rewrite or internal redirection cycle while internally redirecting to \"/index.php\"", false},
};
#define MESSAGE_COUNT (sizeof messages / sizeof *messages)

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void
write_message(struct generator *generator, const struct message *message)
{
    struct parts parts;
    unsigned number = below(generator, 100000);

    make_parts(generator, &parts, message->scheme);
    begin_record(generator, message->level, true);
    if (message->path)
        printf(message->text, parts.path);
    else
        printf(message->text, number % 10, number % 1000);
    printf("%s\n", parts.tail);
}
#pragma GCC diagnostic pop

/* Special messages take a share of a thousand each; the rest goes to the table by weight. */
static void
write_record(struct generator *generator)
{
    unsigned choice = below(generator, 1000);
    unsigned total = 0;

    if (generator->distinct || choice < 12) {
        write_unknown(generator);
        return;
    }
    if (choice < 24 && generator->line + 5 <= generator->lines) {
        write_php(generator);
        return;
    }
    if (choice < 40) {
        write_tls(generator);
        return;
    }
    if (choice < 50) {
        write_upstream_tls(generator);
        return;
    }
    if (choice < 51) {
        write_process(generator);
        return;
    }
    for (size_t i = 0; i < MESSAGE_COUNT; i++)
        total += messages[i].weight;
    choice = below(generator, total);
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        if (choice < messages[i].weight) {
            write_message(generator, &messages[i]);
            return;
        }
        choice -= messages[i].weight;
    }
}

/* --- pattern files --- */

static const char *const words[] = {"upstream",  "client",      "connection", "request",   "response", "header",
                                    "timed out", "failed",      "open\\(\\)", "while",     "reading",  "buffered",
                                    "temporary", "file",        "limiting",   "excess",    "zone",     "connect\\(\\)",
                                    "sent",      "body",        "SSL",        "handshake", "to",       "closed",
                                    "forbidden", "prematurely", "directory"};

static void
put_words(struct generator *generator, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        printf("%s ", words[below(generator, sizeof words / sizeof *words)]);
}

/* Like the program's own classes: some match from the beginning, some have captures, two or three alternatives. */
static void
write_class(struct generator *generator, unsigned number)
{
    printf("class bench-%u {\n    title \"Bench\"; severity noise; logged-at error;\n    match", number);
    for (unsigned i = 0; i < 2 + number % 2; i++) {
        printf(" '%s", below(generator, 2) == 0 ? "^" : "");
        put_words(generator, 1 + below(generator, 3));
        printf("%s(?<value>[^\"]+) ", below(generator, 2) == 0 ? "of \"" : "");
        put_words(generator, 2 + below(generator, 2));
        printf("by %u'", number);
    }
    printf(";\n    cause \"None.\"; doc https://nginx.org/; proof docs; example 'upstream by %u';\n}\n", number);
}

static void
write_patterns(struct generator *generator)
{
    printf("area bench;\n");
    for (unsigned i = 0; i < generator->lines; i++)
        write_class(generator, i);
}

static int
flushed(void)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return 0;
    perror("generate");
    return 1;
}

int
main(int argc, char **argv)
{
    struct generator generator = {.random = 42, .seconds = 1793577600}; /* 2026-11-02 00:00:00 */
    uint64_t rate;
    bool patterns = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--distinct") == 0)
            generator.distinct = true;
        else if (strcmp(argv[i], "--patterns") == 0)
            patterns = true;
        else if (generator.lines == 0)
            generator.lines = strtoull(argv[i], NULL, 10);
        else
            generator.random = strtoull(argv[i], NULL, 10) | 1;
    }
    if (generator.lines == 0) {
        fputs("usage: generate LINES [SEED] [--distinct | --patterns]\n", stderr);
        return 2;
    }
    if (patterns) {
        write_patterns(&generator);
        return flushed();
    }
    rate = generator.lines / 43200 + 1; /* about two days in all, whatever the number of lines */
    while (generator.line < generator.lines) {
        if (below(&generator, (unsigned)rate) == 0)
            generator.seconds += 1 + below(&generator, 7);
        write_record(&generator);
    }
    return flushed();
}
