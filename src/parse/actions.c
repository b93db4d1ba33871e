/* The values of nginx's log->action, what stands after " while ", in all versions from 1.0.0 on.
 * For this room only. */
#include "parse/parts.h"

/* In the place of its size each action of that size, one behind the other; unit tests check that each is found.  Source: every
 * assignment of log->action in nginx's src/; old ones: "processing SPDY" 1.3.15 to 1.9.4, "handling client connection" and
 * "initializing connection" 1.9.0 to 1.11.4, "processing pushed request headers" 1.13.9 to 1.25.0; "loading SSL certificate
 * by lua": lua-nginx-module; "SSL handshaking to fetch target": njs. */
static const char *const actions[] = {
    [8] = "proxying",
    [9] = "keepalive"
          "resolving",
    [13] = "in auth state"
           "preparing ack"
           "updating keys",
    [14] = "parsing frames"
           "returning text"
           "sending frames",
    [15] = "SSL handshaking"
           "closing request"
           "handling frames"
           "logging request"
           "processing SPDY",
    [16] = "handling payload"
           "reading upstream",
    [17] = "decrypting packet"
           "in starttls state"
           "logging to syslog"
           "sending to client",
    [18] = "in http auth state",
    [19] = "handling quic input"
           "parsing quic packet"
           "proxying connection"
           "waiting for request",
    [20] = "handling quic packet"
           "initializing session",
    [21] = "sending flv to client"
           "sending mp4 to client",
    [22] = "connecting to upstream"
           "prereading client data"
           "reading PROXY protocol"
           "reading client request",
    [23] = "handling initial packet"
           "initializing connection",
    [24] = "creating quic connection"
           "parsing quic long header"
           "sending AUTH to upstream",
    [25] = "handling decrypted packet"
           "in delay pipelining state",
    [26] = "handling client connection"
           "passing connection to port"
           "sending response to client",
    [27] = "SSL handshaking to upstream"
           "in resolving client address"
           "reading client request line"
           "sending RCPT TO to upstream"
           "sending XCLIENT to upstream"
           "sending request to upstream",
    [28] = "in resolving client hostname"
           "processing HTTP/2 connection"
           "proxying upgraded connection"
           "sending client greeting line"
           "sending password to upstream",
    [29] = "requesting certificate status"
           "sending HELO/EHLO to upstream"
           "sending MAIL FROM to upstream"
           "sending early hints to client"
           "sending user name to upstream",
    [30] = "loading SSL certificate by lua"
           "proxying and sending to client"
           "reading client request headers"
           "reading response from upstream",
    [31] = "SSL handshaking to fetch target",
    [32] = "proxying and reading from client"
           "proxying and sending to upstream",
    [33] = "processing pushed request headers"
           "sending LOGIN command to upstream",
    [34] = "proxying and reading from upstream",
    [36] = "sending client HELO/EHLO to upstream",
    [37] = "reading client pipelined request line"
           "reading response header from upstream",
    [41] = "sending PROXY protocol header to upstream",
};

/* ngx_accept_log_error and ngx_acceptex_log_error write the listening address into the clause. */
static bool
action_accepts(struct slice text)
{
    static const struct slice accepting = TEXT("accepting new connection on ");
    static const struct slice posting = TEXT("posting AcceptEx() on ");
    size_t start = slice_starts(text, accepting) ? accepting.size : slice_starts(text, posting) ? posting.size : 0;

    /* an address has no quote: the one after a client's text would be taken along */
    return start != 0 && start < text.size && memchr(text.data + start, ' ', text.size - start) == NULL &&
           memchr(text.data + start, '"', text.size - start) == NULL;
}

bool
action_known(struct slice text)
{
    const char *action = text.size < sizeof(actions) / sizeof(actions[0]) ? actions[text.size] : NULL;

    for (; action != NULL && *action != '\0'; action += text.size)
        if (*action == *text.data && memcmp(action, text.data, text.size) == 0)
            return true;
    return action_accepts(text);
}
