// libcurl for Swift: what Swift cannot call (variadic setters, macros) as plain typed functions.
#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>
#include <stdbool.h>
#include <sys/socket.h>

#if LIBCURL_VERSION_NUM < 0x075700
#error "libcurl 7.87.0 or newer is needed (Debian 12 has 7.88.1)"
#endif

#pragma clang assume_nonnull begin

/// Initialises libcurl once for the process; safe from any thread, any number of times.
CURLcode ccurl_global_init(void);

/// Blocks every signal on the calling thread but those of its own faults, so that SIGPIPE cannot
/// end the process and SIGTERM is left to the threads that wait for it.
void ccurl_block_signals(void);

CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value);
CURLcode ccurl_set_offset(CURL *handle, CURLoption option, curl_off_t value);
/// For char * options; libcurl copies the text, except that of CURLOPT_POSTFIELDS.
CURLcode ccurl_set_string(CURL *handle, CURLoption option, const char *value);
/// For object and callback data options: CURLOPT_PRIVATE, CURLOPT_HTTPHEADER, CURLOPT_ERRORBUFFER.
CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *_Nullable value);
CURLcode ccurl_set_write(CURL *handle, curl_write_callback callback, void *context);
CURLcode ccurl_set_header(CURL *handle, curl_write_callback callback, void *context);

/// Says whether a connection to this address may be opened.
typedef bool (*ccurl_connect_check)(
    void *context, const struct sockaddr *address, socklen_t length);

/// A check and what it is called with. It must live as long as the handle that it is set on.
typedef struct {
    ccurl_connect_check check;
    void *context;
} ccurl_connect_gate;

/// Opens every socket of the handle through the gate, once per address tried, closed on exec.
CURLcode ccurl_set_connect_gate(CURL *handle, ccurl_connect_gate *gate);

CURLcode ccurl_get_long(CURL *handle, CURLINFO info, long *value);
CURLcode ccurl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value);
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode ccurl_multi_set_socket(CURLM *multi, curl_socket_callback callback, void *context);
CURLMcode ccurl_multi_set_timer(CURLM *multi, curl_multi_timer_callback callback, void *context);

#pragma clang assume_nonnull end

#endif
