/* The values of nginx's log->action, what stands after " while ", in all versions from 1.0.0 on.
 * For this room only. */
#include "parse/parts.h"

/* Sorted by length, then by bytes; a unit test checks that each is found.  Source: every assignment of log->action in
 * nginx's src/; old ones: "processing SPDY" 1.3.15 to 1.9.4, "handling client connection" and "initializing
 * connection" 1.9.0 to 1.11.4, "processing pushed request headers" 1.13.9 to 1.25.0; "loading SSL certificate by lua":
 * lua-nginx-module. */
static const struct slice actions[] = {
    TEXT("proxying"),
    TEXT("keepalive"),
    TEXT("resolving"),
    TEXT("in auth state"),
    TEXT("preparing ack"),
    TEXT("updating keys"),
    TEXT("parsing frames"),
    TEXT("returning text"),
    TEXT("sending frames"),
    TEXT("SSL handshaking"),
    TEXT("closing request"),
    TEXT("handling frames"),
    TEXT("logging request"),
    TEXT("processing SPDY"),
    TEXT("handling payload"),
    TEXT("reading upstream"),
    TEXT("decrypting packet"),
    TEXT("in starttls state"),
    TEXT("logging to syslog"),
    TEXT("sending to client"),
    TEXT("in http auth state"),
    TEXT("handling quic input"),
    TEXT("parsing quic packet"),
    TEXT("proxying connection"),
    TEXT("waiting for request"),
    TEXT("handling quic packet"),
    TEXT("initializing session"),
    TEXT("sending flv to client"),
    TEXT("sending mp4 to client"),
    TEXT("connecting to upstream"),
    TEXT("prereading client data"),
    TEXT("reading PROXY protocol"),
    TEXT("reading client request"),
    TEXT("handling initial packet"),
    TEXT("initializing connection"),
    TEXT("creating quic connection"),
    TEXT("parsing quic long header"),
    TEXT("sending AUTH to upstream"),
    TEXT("handling decrypted packet"),
    TEXT("in delay pipelining state"),
    TEXT("handling client connection"),
    TEXT("passing connection to port"),
    TEXT("sending response to client"),
    TEXT("SSL handshaking to upstream"),
    TEXT("in resolving client address"),
    TEXT("reading client request line"),
    TEXT("sending RCPT TO to upstream"),
    TEXT("sending XCLIENT to upstream"),
    TEXT("sending request to upstream"),
    TEXT("in resolving client hostname"),
    TEXT("processing HTTP/2 connection"),
    TEXT("proxying upgraded connection"),
    TEXT("sending client greeting line"),
    TEXT("sending password to upstream"),
    TEXT("requesting certificate status"),
    TEXT("sending HELO/EHLO to upstream"),
    TEXT("sending MAIL FROM to upstream"),
    TEXT("sending early hints to client"),
    TEXT("sending user name to upstream"),
    TEXT("loading SSL certificate by lua"),
    TEXT("proxying and sending to client"),
    TEXT("reading client request headers"),
    TEXT("reading response from upstream"),
    TEXT("proxying and reading from client"),
    TEXT("proxying and sending to upstream"),
    TEXT("processing pushed request headers"),
    TEXT("sending LOGIN command to upstream"),
    TEXT("proxying and reading from upstream"),
    TEXT("sending client HELO/EHLO to upstream"),
    TEXT("reading client pipelined request line"),
    TEXT("reading response header from upstream"),
    TEXT("sending PROXY protocol header to upstream"),
};

static int
action_compare(struct slice a, struct slice b)
{
    if (a.size != b.size)
        return a.size < b.size ? -1 : 1;
    return memcmp(a.data, b.data, a.size);
}

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
    size_t low = 0, high = sizeof(actions) / sizeof(actions[0]);

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = action_compare(text, actions[middle]);
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return action_accepts(text);
}
