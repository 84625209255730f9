// Certificates and TLS connections for the tests' own server, made with OpenSSL.
#ifndef CTESTTLS_H
#define CTESTTLS_H

#include <stdbool.h>

#pragma clang assume_nonnull begin

/// A key with its certificate.
typedef struct tls_identity tls_identity;
/// A server's side of a connection.
typedef struct tls_session tls_session;

/// Makes a key and a certificate for a host name or IPv4 address, signed by `issuer` or by itself,
/// valid from and until so many seconds from now. Null where OpenSSL fails.
tls_identity *_Nullable tls_identity_make(
    const char *name, const tls_identity *_Nullable issuer, long from, long until);
void tls_identity_free(tls_identity *identity);
/// Writes the certificate as PEM; false where it cannot.
bool tls_identity_write(const tls_identity *identity, const char *path);

/// Shakes hands over a connected socket, which stays the caller's. Null where that fails.
tls_session *_Nullable tls_session_accept(
    const tls_identity *identity, int descriptor, bool offers_http2);
void tls_session_free(tls_session *session);
bool tls_session_speaks_http2(const tls_session *session);
/// As read() and write() do, 0 and less at the end.
int tls_session_read(tls_session *session, void *bytes, int count);
int tls_session_write(tls_session *session, const void *bytes, int count);

#pragma clang assume_nonnull end

#endif
