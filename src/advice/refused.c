/* Where `nginx -t` refuses a placeholder that was left unfilled, so that the line may stand uncommented.  Used by
 * render_config. Each row was tried with nginx 1.22.1: the argument takes variables ("unknown variable"), a number,
 * size, time or word of a fixed set ("invalid value"), an address ("host not found"), or names something that must
 * exist.  What is not in the table may be taken literally (server_name, location, paths that nginx creates, names of
 * zones) and is commented out. */
#include "advice/render_config.h"

/* Bits of arguments: ALL, or those from the second on, or the first alone. */
#define ALL         0xFFFFU
#define FROM_SECOND 0xFFFCU
#define FIRST       0x0002U

static const struct refusal {
    const char *directive; /* with proxy_ for the prefix of every upstream module */
    unsigned arguments;    /* bit 1 << argument */
} refusals[] = {
    {"access_log", FIRST},
    {"add_header", FROM_SECOND},
    {"alias", ALL},
    {"allow", ALL},
    {"auth_basic", ALL},
    {"auth_basic_user_file", ALL},
    {"client_body_buffer_size", ALL},
    {"client_body_timeout", ALL},
    {"client_header_buffer_size", ALL},
    {"client_header_timeout", ALL},
    {"client_max_body_size", ALL},
    {"deny", ALL},
    {"directio", ALL},
    {"error_page", ALL},
    {"expires", ALL},
    {"hash", FIRST},
    {"http2_max_concurrent_streams", ALL},
    {"include", ALL},
    {"keepalive", ALL},
    {"keepalive_requests", ALL},
    {"keepalive_timeout", ALL},
    {"large_client_header_buffers", ALL},
    {"limit_conn", ALL},
    {"limit_conn_status", ALL},
    {"limit_conn_zone", FIRST},
    {"limit_rate", ALL},
    {"limit_req", ALL},
    {"limit_req_status", ALL},
    {"limit_req_zone", FIRST},
    {"listen", ALL},
    {"load_module", ALL},
    {"map_hash_bucket_size", ALL},
    {"open_file_cache_errors", ALL},
    {"output_buffers", ALL},
    {"postpone_output", ALL},
    {"preread_buffer_size", ALL},
    {"preread_timeout", ALL},
    {"proxy_bind", ALL},
    {"proxy_buffer_size", ALL},
    {"proxy_buffers", ALL},
    {"proxy_busy_buffers_size", ALL},
    {"proxy_cache", ALL},
    {"proxy_cache_bypass", ALL},
    {"proxy_cache_key", ALL},
    {"proxy_cache_valid", ALL},
    {"proxy_connect_timeout", ALL},
    {"proxy_headers_hash_bucket_size", ALL},
    {"proxy_headers_hash_max_size", ALL},
    {"proxy_http_version", ALL},
    {"proxy_intercept_errors", ALL},
    {"proxy_limit_rate", ALL},
    {"proxy_max_temp_file_size", ALL},
    {"proxy_method", ALL},
    {"proxy_next_upstream", ALL},
    {"proxy_next_upstream_timeout", ALL},
    {"proxy_next_upstream_tries", ALL},
    {"proxy_param", FROM_SECOND},
    {"proxy_pass", ALL},
    {"proxy_read_timeout", ALL},
    {"proxy_redirect", ALL},
    {"proxy_send_timeout", ALL},
    {"proxy_set_header", FROM_SECOND},
    {"proxy_ssl_certificate", ALL},
    {"proxy_ssl_certificate_key", ALL},
    {"proxy_ssl_name", ALL},
    {"proxy_ssl_protocols", ALL},
    {"proxy_ssl_session_reuse", ALL},
    {"proxy_ssl_verify_depth", ALL},
    {"proxy_store", ALL},
    {"proxy_timeout", ALL},
    {"resolver", ALL},
    {"resolver_timeout", ALL},
    {"return", ALL},
    {"rewrite", FROM_SECOND},
    {"root", ALL},
    {"send_timeout", ALL},
    {"server", ALL},
    {"server_names_hash_bucket_size", ALL},
    {"server_names_hash_max_size", ALL},
    {"set", FROM_SECOND},
    {"set_real_ip_from", ALL},
    {"ssl_protocols", ALL},
    {"ssl_session_timeout", ALL},
    {"ssl_verify_depth", ALL},
    {"sub_filter", ALL},
    {"subrequest_output_buffer_size", ALL},
    {"try_files", ALL},
    {"types_hash_max_size", ALL},
    {"user", ALL},
    {"variables_hash_max_size", ALL},
    {"worker_connections", ALL},
    {"worker_processes", ALL},
    {"worker_rlimit_nofile", ALL},
    {"worker_shutdown_timeout", ALL},
};

static bool
row_matches(const char *row, struct slice prefix, struct slice rest)
{
    struct slice name = slice_of(row);
    if (prefix.size == 0)
        return slice_equal(name, rest);
    return slice_starts(name, SLICE("proxy_")) && slice_equal(slice_from(name, 6), rest);
}

bool
render_config_refused(struct slice directive, size_t argument)
{
    static const char *const prefixes[] = {"proxy_", "fastcgi_", "uwsgi_", "scgi_", "grpc_", "memcached_"};
    struct slice prefix = SLICE_NONE, rest = directive;
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
        if (slice_starts(directive, slice_of(prefixes[i]))) {
            prefix = slice_of(prefixes[i]);
            rest = slice_from(directive, prefix.size);
        }
    if (argument == 0 || argument > 15)
        return false;
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
        if (row_matches(refusals[i].directive, prefix, rest))
            return (refusals[i].arguments & (1U << argument)) != 0;
    return false;
}
