/* classify: what the loader says about wrong pattern files, precedence, overriding, the hash. */
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "classify/rules.h"
#include "parse/parse.h"

struct folder {
    char path[64];
    char names[4][96];
    size_t count;
};

static void
folder_begin(struct folder *folder)
{
    memset(folder, 0, sizeof *folder);
    strcpy(folder->path, "/tmp/ngxerr-rules-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
}

static void
folder_add(struct folder *folder, const char *name, const char *text)
{
    struct buffer path = BUFFER_EMPTY;

    buffer_add_format(&path, "%s/%s", folder->path, name);
    assert_true(path.size < sizeof folder->names[0]);
    strcpy(folder->names[folder->count++], buffer_text(&path));
    FILE *file = fopen(buffer_text(&path), "w");
    buffer_free(&path);
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void
folder_end(struct folder *folder)
{
    for (size_t i = 0; i < folder->count; i++)
        unlink(folder->names[i]);
    rmdir(folder->path);
}

static struct rules *
load(const struct folder *first, const struct folder *second, struct capture *capture)
{
    const char *paths[] = {first->path, second != NULL ? second->path : NULL};
    struct rules_options options = {
        .directories = paths, .directory_count = second != NULL ? 2 : 1, .without_embedded = true};

    return rules_load(&options, capture->diagnostics);
}

/* The text without the folder's path, which differs each time. */
static void
assert_says(struct capture *capture, const struct folder *folder, const char *expected)
{
    struct buffer plain = BUFFER_EMPTY;
    const char *rest = capture_text(capture), *at;
    char prefix[80];

    snprintf(prefix, sizeof prefix, "%s/", folder->path);
    while ((at = strstr(rest, prefix)) != NULL) {
        buffer_add(&plain, (struct slice){rest, (size_t)(at - rest)});
        rest = at + strlen(prefix);
    }
    buffer_add_text(&plain, rest);
    assert_string_equal(buffer_text(&plain), expected);
    buffer_free(&plain);
}

/* A class that is right, with room for one more line, the fifth of the file. */
#define CLASS(id, more)                                                                                          \
    "class " id " {\n    title T; severity act; logged-at error; cause C; doc https://nginx.org/; proof docs;\n" \
    "    match 'alpha (?<zone>beta)'; example 'alpha beta';\n" more "\n}\n"
#define FILE_WITH(more) "area test;\n" CLASS("a", more)

static const struct {
    const char *text, *message;
} wrong_files[] = {
    {FILE_WITH("colour red;"),
     "ngxerr: bad.conf:5:1: unknown directive \"colour\" in a class; allowed are title, severity, logged-at, "
     "priority, fallback, "
     "match, while, level, side, kind, errno, where, except, cause, decide, suggest, check, caveat, follows, doc, "
     "proof, example "
     "and counter\n    colour red;\n    ^\n"},
    {FILE_WITH("severity fix;"),
     "ngxerr: bad.conf:5:1: \"severity\" stands here a second time\n    severity fix;\n    ^\n"},
    {FILE_WITH("level loud;"),
     "ngxerr: bad.conf:5:7: unknown level \"loud\"; allowed are emerg, alert, crit, error, warn, notice, "
     "info and debug\n    level loud;\n          ^\n"},
    {FILE_WITH("errno refused;"),
     "ngxerr: bad.conf:5:7: errno is a number, not \"refused\"\n    errno refused;\n          ^\n"},
    {FILE_WITH("match 'a(b';"),
     "ngxerr: bad.conf:5:11: wrong expression: missing closing parenthesis\n    match 'a(b';\n              ^\n"},
    {FILE_WITH("where colour x;"),
     "ngxerr: bad.conf:5:7: unknown field \"colour\"; allowed are client, server, request, method, uri, upstream, "
     "upstream_addr, "
     "host, referrer, subrequest, login and connection\n    where colour x;\n          ^\n"},
    {FILE_WITH("decide \"dig ${log_colour}\" M;"),
     "ngxerr: bad.conf:5:8: unknown placeholder ${log_colour}: class \"a\" has no such capture, and it is none of "
     "upstream_addr, "
     "upstream_host, upstream_port, client, server, host, site, uri_path, login, resolver, responder, peer and "
     "certificate\n"
     "    decide \"dig ${log_colour}\" M;\n           ^\n"},
    {FILE_WITH("caveat \"see $log_zone\";"),
     "ngxerr: bad.conf:5:8: a placeholder is written ${log_zone}\n    caveat \"see $log_zone\";\n           ^\n"},
    {FILE_WITH("decide only-one;"),
     "ngxerr: bad.conf:5:1: \"decide\" takes 2 arguments, not 1\n    decide only-one;\n    ^\n"},
    {FILE_WITH("suggest s;"), "ngxerr: bad.conf:5:1: \"suggest\" needs a block { ... }\n    suggest s;\n    ^\n"},
    {FILE_WITH("suggest s { title T; }"),
     "ngxerr: bad.conf:5:9: suggestion \"s\" has neither config nor text\n    suggest s { title T; }\n            ^\n"},
    {FILE_WITH("suggest s { title T; config server { gzip on; } }"),
     "ngxerr: bad.conf:5:9: suggestion \"s\" has a config, so it needs cost or risk\n"
     "    suggest s { title T; config server { gzip on; } }\n            ^\n"},
    {FILE_WITH("suggest s { title T; cost C; config galaxy { gzip on; } }"),
     "ngxerr: bad.conf:5:37: unknown context \"galaxy\"; allowed are main, events, http, server, location, upstream, "
     "stream, "
     "stream-server, stream-upstream, mail and mail-server\n"
     "    suggest s { title T; cost C; config galaxy { gzip on; } }\n                                        ^\n"
     "ngxerr: bad.conf:5:9: suggestion \"s\" has neither config nor text\n"
     "    suggest s { title T; cost C; config galaxy { gzip on; } }\n            ^\n"},
    {FILE_WITH("suggest s { title T; text X; when colour = 3; }"),
     "ngxerr: bad.conf:5:35: unknown key \"colour\" of \"when\"; allowed are errno, kind, level, family, client_network, platform, capture, "
     "count, clients, "
     "uris, peers, servers, hosts, top_client_share, top_uri_share, top_peer_share, since_reload, with, without\n"
     "    suggest s { title T; text X; when colour = 3; }\n                                      ^\n"},
    {FILE_WITH("suggest s { title T; text X; when clients 3; }"),
     "ngxerr: bad.conf:5:43: \"when clients\" needs a comparison: =, !=, <, <=, > or >= and a number\n"
     "    suggest s { title T; text X; when clients 3; }\n                                              ^\n"},
    /* nothing would compare it */
    {FILE_WITH("suggest s { title T; text X; when errno = 3; }"),
     "ngxerr: bad.conf:5:41: \"=\" is no value of \"errno\"\n"
     "    suggest s { title T; text X; when errno = 3; }\n                                            ^\n"},
    {FILE_WITH("suggest s { title T; text X; when capture colour = 3; }"),
     "ngxerr: bad.conf:5:35: no expression of class \"a\" has a group named \"colour\"\n"
     "    suggest s { title T; text X; when capture colour = 3; }\n                                      ^\n"},
    {"area test;\nclass A {\n}\n",
     "ngxerr: bad.conf:2:7: a class id is made of a-z, 0-9 and -, not \"A\"\n    class A {\n          ^\n"
     "ngxerr: bad.conf:2:7: class \"A\" lacks title, severity, logged-at, cause, doc, proof, example\n    class A "
     "{\n          ^\n"
     "ngxerr: bad.conf:2:7: class \"A\" has no condition and would take every record\n    class A {\n          ^\n"},
    {"area test;\n" CLASS("a", "") CLASS("a", ""),
     "ngxerr: bad.conf:7:7: class \"a\" is defined a second time; the first is at bad.conf:2:7\n    class a {\n      "
     "    ^\n"},
    {"area test;\n" CLASS("unclassified", ""),
     "ngxerr: bad.conf:2:7: \"unclassified\" is the name for what no class matches\n    class unclassified {\n          ^\n"},
    {CLASS("a", ""), "ngxerr: bad.conf:1:1: \"area NAME;\" must stand before the first class\n    class a {\n    ^\n"},
};

static void
wrong_files_are_explained(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong_files / sizeof *wrong_files; i++) {
        struct folder folder;
        struct capture capture;
        folder_begin(&folder);
        folder_add(&folder, "bad.conf", wrong_files[i].text);
        capture_begin(&capture);
        assert_null(load(&folder, NULL, &capture));
        assert_int_equal(diagnostics_worst(capture.diagnostics), STATUS_USAGE);
        assert_says(&capture, &folder, wrong_files[i].message);
        capture_end(&capture);
        folder_end(&folder);
    }
}

/* Directives that nginx does not have where a block puts them; the message's first line only. */
static const struct {
    const char *suggestion, *message;
} wrong_configs[] = {
    {"for https; config location { proxy_sll_name x; }", "nginx has no directive \"proxy_sll_name\""},
    {"for https; config upstream { proxy_ssl_name x; }",
     "\"proxy_ssl_name\" may not stand in upstream, but in http,server,location"},
    {"for grpc; config location { proxy_buffering off; }", "there is no \"grpc_buffering\""},
    {"config location { proxy_buffering off; }", "name the kinds that the suggestion holds for with \"for\""},
    {"for fastcgi; config location { proxy_ssl_verify on; }", "there is no \"fastcgi_ssl_verify\""},
    {"for http; config location { fastcgi_read_timeout 5s; }", "does not hold for every kind"},
    {"for fastcgi grpc; config location { fastcgi_read_timeout 5s; }", "does not hold for every kind"},
    {"for mail; config location { return 204; }", "does not suit every kind"},
    {"for http; config mail { server { listen 25; } }", "does not suit every kind"},
    {"for stream; config location { return 204; }", "does not suit every kind"},
    {"for https; config location { proxy_ssl_verify off; }", "must not switch verification off"},
    {"config main { user root; }", "must not run workers as root"},
    {"config server { allow ${log_zone}; }", "a value of the log must not grant trust"},
    {"config http { server { location / { stub_status2; } } }", "nginx has no directive \"stub_status2\""},
    {"config http { server { location / { listen 80; } } }", "\"listen\" may not stand in location"},
};

static void
wrong_configs_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong_configs / sizeof *wrong_configs; i++) {
        struct folder folder;
        struct capture capture;
        char text[1024];
        snprintf(text, sizeof text, FILE_WITH("suggest s { title T; cost C; %s }"), wrong_configs[i].suggestion);
        folder_begin(&folder);
        folder_add(&folder, "bad.conf", text);
        capture_begin(&capture);
        assert_null(load(&folder, NULL, &capture));
        if (strstr(capture_text(&capture), wrong_configs[i].message) == NULL)
            fail_msg("%s: %s", wrong_configs[i].suggestion, capture_text(&capture));
        capture_end(&capture);
        folder_end(&folder);
    }
}

/* Lines of a class that are wrong by little, and such as are right by as much; the message's first line only. */
static const struct {
    const char *line, *message; /* NULL: it is right */
} lines[] = {
    {"errno 100000;", "errno is a number, not \"100000\""},
    {"errno 99999;", NULL},
    {"where message x;", "unknown field \"message\""},
    {"except message x;", NULL},
    {"except colour x;", "allowed are message, client"},
    {"priority 1000;", "priority is a number from 0 to 999"},
    {"priority 999;", NULL},
    {"side both;", "unknown side \"both\""},
    {"kind http3;", "unknown kind \"http3\""},
    {"fallback maybe;", "fallback is on or off"},
    {"doc ftp://nginx.org/;", "doc is an address"},
    {"match '';", "an empty expression is found in every text"},
    {"match '(?<a>1)(?<b>2)(?<c>3)(?<d>4)(?<e>5)(?<f>6)(?<g>7)(?<h>8)';", "has 9 named captures; at most 8"},
    {"match '(?<a>1)(?<b>2)(?<c>3)(?<d>4)(?<e>5)(?<f>6)(?<g>7)' '(?<a>1)';", NULL},
    {"caveat \"${log_zone\";", "a placeholder is written ${log_zone}"},
    {"caveat \"${log_zone:x}\";", "a placeholder is written ${log_zone}"},
    {"caveat \"${your_}\";", "the placeholder ${your_} has no name"},
    {"caveat \"${log_zone} ${log_login} ${log_certificate} ${your_x} ${HOME} $host $\";", NULL},
    {"suggest -s { title T; text X; }", "the name of a suggestion is made of"},
    {"suggest s { title T; text X; } suggest s { title T; text X; }", "suggestion \"s\" stands here a second time"},
    {"suggest s { text X; }", "suggestion \"s\" lacks title"},
    {"suggest s { title T; risk R; config server { gzip on; } }", NULL},
    {"suggest s { title T; cost C; for grpc grpcs; config location { grpc_read_timeout 5s; } }", NULL},
    {"suggest s { title T; cost C; config server { if ($x) { return 403; } } }", NULL},
    {"suggest s { title T; cost C; config server { if ($x) { gzip on; } } }", "\"gzip\" may not stand in server-if"},
    {"suggest s { title T; cost C; config main { user nobody; } }", NULL},
    {"suggest s { title T; cost C; for stream; config main { user nobody; } }", NULL},
    {"suggest s { title T; text X; when count = 9223372036854775808; }", "a number must follow the comparison"},
    {"suggest s { title T; text X; when count = 9223372036854775807; }", NULL},
    {"suggest s { title T; text X; when count > -; }", "a number must follow the comparison"},
    {"suggest s { title T; text X; when count > 1 2; }", "one number follows the comparison"},
    {"suggest s { title T; text X; when capture zone; }", "\"when capture\" needs a value"},
    {"suggest s { title T; text X; when level loud; }", "\"loud\" is no value of \"level\""},
    {"suggest s { title T; text X; when client_network ours; }", "\"ours\" is no value of \"client_network\""},
    {"suggest s { title T; text X; when platform plan9; }", "\"plan9\" is no value of \"platform\""},
    {"suggest s { title T; text X; when kind none; when family unix; when capture login > 5; }", NULL},
};

static void
lines_that_are_wrong_by_little(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct folder folder;
        struct capture capture;
        char text[1024];
        snprintf(text, sizeof text, FILE_WITH("%s"), lines[i].line);
        folder_begin(&folder);
        folder_add(&folder, "a.conf", text);
        capture_begin(&capture);
        struct rules *rules = load(&folder, NULL, &capture);
        const char *said = capture_text(&capture);
        if ((rules == NULL) != (lines[i].message != NULL) || (rules != NULL && said[0] != '\0') ||
            (rules == NULL && strstr(said, lines[i].message) == NULL))
            fail_msg("%s: %s", lines[i].line, said);
        rules_free(rules);
        capture_end(&capture);
        folder_end(&folder);
    }
}

static void
right_config_is_taken(void **state)
{
    struct folder folder;
    struct capture capture;

    (void)state;
    folder_begin(&folder);
    folder_add(&folder, "good.conf",
               FILE_WITH("suggest s { title \"A  title\n over two lines\"; cost C; for http https fastcgi uwsgi;\n"
                         "config location { proxy_read_timeout 60s; if ($uri) { return 403; } }\n"
                         "when since_reload > -5; config http { map $uri $x { default 1; } } }"));
    capture_begin(&capture);
    struct rules *rules = load(&folder, NULL, &capture);
    assert_string_equal(capture_text(&capture), "");
    assert_non_null(rules);
    assert_int_equal(rules_count(rules), 1);
    const struct suggestion *suggestion = &rules_class(rules, 0)->suggestions[0];
    assert_string_equal(suggestion->title, "A title over two lines");
    assert_int_equal(suggestion->conditions[0].number, -5);
    assert_int_equal(suggestion->block_count, 2);
    assert_int_equal(suggestion->blocks[0].lines[1].child_count, 1);
    assert_string_equal(suggestion->blocks[0].lines[1].children[0].words[1], "403");
    assert_int_equal(suggestion->kinds, 1U << KIND_HTTP | 1U << KIND_HTTPS | 1U << KIND_FASTCGI | 1U << KIND_UWSGI);
    rules_free(rules);
    capture_end(&capture);
    folder_end(&folder);
}

static const char *
class_of(const struct rules *rules, const char *message)
{
    struct classifier *classifier = classifier_new(rules);
    struct match match;
    struct record record;

    memset(&record, 0, sizeof record);
    record.message = slice_of(message);
    record.error_number = -1;
    record.level = LEVEL_ERROR;
    classify_record(classifier, &record, &match);
    classifier_free(classifier);
    return match.class_index == CLASS_UNCLASSIFIED ? "" : rules_class(rules, match.class_index)->id;
}

#define SMALL(id, more)                                                                                   \
    "class " id " { title T; severity act; logged-at error; cause C; doc https://nginx.org/; proof docs;" \
    " example 'x'; " more " }\n"

static void
precedence(void **state)
{
    struct folder added, base;
    struct capture capture;

    (void)state;
    folder_begin(&added);
    folder_begin(&base);
    folder_add(&added, "mine.conf",
               "area mine;\n" SMALL("mine", "match 'gamma ray'; priority 900;") SMALL("both", "match 'mine both';"));
    folder_add(&base, "b.conf", "area b;\n" SMALL("later-file", "match 'alpha beta';"));
    folder_add(&base, "a.conf",
               "area a;\n" SMALL("rest", "match 'alpha' 'gamma ray' 'delta rest'; fallback on; priority 1;")
                   SMALL("first-line", "match 'alpha beta';") SMALL("second-line", "match 'alpha beta';")
                       SMALL("lower", "match 'alpha beta gamma'; priority 40;")
                           SMALL("theirs", "match 'gamma ray'; priority 1;") SMALL("both", "match 'their both';"));
    capture_begin(&capture);
    struct rules *rules = load(&added, &base, &capture);
    assert_string_equal(capture_text(&capture), "");
    assert_non_null(rules);
    assert_int_equal(rules_count(rules), 8); /* nine, of which one is overridden */
    assert_string_equal(class_of(rules, "alpha beta"), "first-line");
    assert_string_equal(class_of(rules, "alpha beta gamma"), "lower");
    assert_string_equal(class_of(rules, "gamma ray"), "mine");  /* added before lower priority */
    assert_string_equal(class_of(rules, "delta rest"), "rest"); /* a fallback after all others */
    assert_string_equal(class_of(rules, "mine both"), "both");
    assert_string_equal(class_of(rules, "their both"), ""); /* overridden as a whole */
    assert_string_equal(class_of(rules, "nothing"), "");
    size_t both = rules_find(rules, SLICE("both"));
    assert_true(both < rules_count(rules));
    assert_string_equal(rules_class(rules, both)->area, "mine");
    assert_true(rules_find(rules, SLICE("bot")) == SIZE_MAX);
    rules_free(rules);
    capture_end(&capture);
    folder_end(&added);
    folder_end(&base);
}

/* The hash of one file with this text. */
static void
hash_of(const char *text, char *hash)
{
    struct folder folder;
    struct capture capture;

    folder_begin(&folder);
    folder_add(&folder, "one.conf", text);
    capture_begin(&capture);
    struct rules *rules = load(&folder, NULL, &capture);
    assert_non_null(rules);
    strcpy(hash, rules_hash(rules));
    rules_free(rules);
    capture_end(&capture);
    folder_end(&folder);
}

static void
hash_follows_content(void **state)
{
    char first[33], spaced[33], other[33], cause[33], area[33];

    (void)state;
    hash_of("area a;\n" SMALL("x", "match 'alpha beta';"), first);
    hash_of("area a; # a comment\n\n\n" SMALL("x", "match    'alpha beta'  ;"), spaced);
    hash_of("area a;\n" SMALL("x", "match 'alpha betb';"), other);
    hash_of("area a;\n" SMALL("x", "match 'alpha beta'; cause D;"), cause);
    hash_of("area b;\n" SMALL("x", "match 'alpha beta';"), area);
    assert_int_equal(strlen(first), 32);
    assert_string_equal(first, spaced);
    assert_string_not_equal(first, other);
    assert_string_not_equal(first, cause);
    assert_string_not_equal(first, area);
}

/* What rules_load would read: names, bytes, and where one file ends; hidden files are not read. */
static void
files_of_a_directory(void **state)
{
    struct folder folder;
    struct capture capture;
    char first[HASH_HEX_SIZE], other[HASH_HEX_SIZE], joined[128];
    const char *paths[] = {folder.path};
    struct rules_options options = {.directories = paths, .directory_count = 1, .without_embedded = true};

    (void)state;
    folder_begin(&folder);
    folder_add(&folder, "a.conf", "area a;\n");
    folder_add(&folder, "b.conf", "area b;\n");
    assert_true(rules_files_hash(&options, first));
    folder_add(&folder, ".c.conf", "no pattern file {");
    folder_add(&folder, "c.conf~", "nor this {");
    assert_true(rules_files_hash(&options, other));
    assert_string_equal(first, other);
    options.without_embedded = false;
    assert_true(rules_files_hash(&options, other));
    assert_string_not_equal(first, other);
    options.without_embedded = true;
    capture_begin(&capture);
    struct rules *rules = load(&folder, NULL, &capture);
    assert_string_equal(capture_text(&capture), "");
    rules_free(rules);
    capture_end(&capture);
    folder_end(&folder);
    assert_false(rules_files_hash(&options, other));

    /* the same bytes in a row, in one file */
    assert_int_equal(mkdir(folder.path, 0700), 0);
    snprintf(joined, sizeof joined, "area a;\n%s/b.confarea b;\n", folder.path);
    folder.count = 0;
    folder_add(&folder, "a.conf", joined);
    assert_true(rules_files_hash(&options, other));
    assert_string_not_equal(first, other);
    folder_end(&folder);
}

static void
missing_directories(void **state)
{
    const char *paths[] = {"/nonexistent/ngxerr"};
    const bool may_be_missing[] = {true};
    struct rules_options options = {.directories = paths, .directory_count = 1, .without_embedded = true};
    struct capture capture;

    (void)state;
    capture_begin(&capture);
    assert_null(rules_load(&options, capture.diagnostics));
    assert_string_equal(capture_text(&capture),
                        "ngxerr: cannot read patterns from /nonexistent/ngxerr: No such file or directory\n");
    capture_end(&capture);
    capture_begin(&capture);
    options.may_be_missing = may_be_missing;
    struct rules *rules = rules_load(&options, capture.diagnostics);
    assert_non_null(rules);
    assert_int_equal(rules_count(rules), 0);
    rules_free(rules);
    /* it is not there, or something else is wrong with it */
    char hash[HASH_HEX_SIZE];
    assert_true(rules_files_hash(&options, hash));
    paths[0] = "/dev/null/ngxerr";
    assert_false(rules_files_hash(&options, hash));
    assert_null(rules_load(&options, capture.diagnostics));
    assert_string_equal(capture_text(&capture),
                        "ngxerr: cannot read patterns from /dev/null/ngxerr: Not a directory\n");
    capture_end(&capture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_files_are_explained),
        cmocka_unit_test(wrong_configs_are_refused),
        cmocka_unit_test(lines_that_are_wrong_by_little),
        cmocka_unit_test(right_config_is_taken),
        cmocka_unit_test(precedence),
        cmocka_unit_test(files_of_a_directory),
        cmocka_unit_test(hash_follows_content),
        cmocka_unit_test(missing_directories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
