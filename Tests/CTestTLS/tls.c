#include "CTestTLS.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tls_identity {
    EVP_PKEY *key;
    X509 *certificate;
};

struct tls_session {
    SSL_CTX *context;
    SSL *ssl;
};

static bool add_extension(X509 *certificate, int kind, const char *value) {
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, kind, value);
    if (!extension) return false;
    bool added = X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static bool fill(
    X509 *certificate, EVP_PKEY *key, const char *name, const tls_identity *issuer, long from,
    long until) {
    struct in_addr address;
    char alternative[300];
    bool is_address = inet_pton(AF_INET, name, &address) == 1;
    snprintf(alternative, sizeof alternative, is_address ? "IP:%s" : "DNS:%s", name);
    X509_NAME *subject = X509_get_subject_name(certificate);
    static long serial = 0;
    return X509_set_version(certificate, 2) == 1
        && ASN1_INTEGER_set(
               X509_get_serialNumber(certificate), __atomic_add_fetch(&serial, 1, __ATOMIC_SEQ_CST))
            == 1
        && X509_gmtime_adj(X509_getm_notBefore(certificate), from)
        && X509_gmtime_adj(X509_getm_notAfter(certificate), until)
        && X509_NAME_add_entry_by_txt(
               subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0)
            == 1
        && X509_set_issuer_name(
               certificate, issuer ? X509_get_subject_name(issuer->certificate) : subject)
            == 1
        && X509_set_pubkey(certificate, key) == 1
        && add_extension(certificate, NID_subject_alt_name, alternative)
        && (issuer || add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE"))
        && X509_sign(certificate, issuer ? issuer->key : key, EVP_sha256()) > 0;
}

tls_identity *tls_identity_make(
    const char *name, const tls_identity *issuer, long from, long until) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    tls_identity *identity = malloc(sizeof *identity);
    if (key && certificate && identity && fill(certificate, key, name, issuer, from, until)) {
        *identity = (tls_identity){key, certificate};
        return identity;
    }
    free(identity);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return NULL;
}

void tls_identity_free(tls_identity *identity) {
    X509_free(identity->certificate);
    EVP_PKEY_free(identity->key);
    free(identity);
}

bool tls_identity_write(const tls_identity *identity, const char *path) {
    FILE *file = fopen(path, "w");
    if (!file) return false;
    bool written = PEM_write_X509(file, identity->certificate) == 1;
    return fclose(file) == 0 && written;
}

static int choose_http2(
    SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *offered,
    unsigned int offered_length, void *context) {
    (void)ssl;
    (void)context;
    static const unsigned char http2[] = {2, 'h', '2'};
    int chosen = SSL_select_next_proto(
        (unsigned char **)out, length, http2, sizeof http2, offered, offered_length);
    return chosen == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

tls_session *tls_session_accept(const tls_identity *identity, int descriptor, bool offers_http2) {
    // OpenSSL writes without MSG_NOSIGNAL. The signal goes to the thread that writes.
    sigset_t pipe_signal;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, NULL);
    tls_session *session = calloc(1, sizeof *session);
    if (!session) return NULL;
    session->context = SSL_CTX_new(TLS_server_method());
    if (session->context && SSL_CTX_use_certificate(session->context, identity->certificate) == 1
        && SSL_CTX_use_PrivateKey(session->context, identity->key) == 1) {
        if (offers_http2) SSL_CTX_set_alpn_select_cb(session->context, choose_http2, NULL);
        session->ssl = SSL_new(session->context);
        if (session->ssl && SSL_set_fd(session->ssl, descriptor) == 1
            && SSL_accept(session->ssl) == 1) {
            return session;
        }
    }
    tls_session_free(session);
    return NULL;
}

void tls_session_free(tls_session *session) {
    SSL_free(session->ssl);
    SSL_CTX_free(session->context);
    free(session);
}

bool tls_session_speaks_http2(const tls_session *session) {
    const unsigned char *name = NULL;
    unsigned int length = 0;
    SSL_get0_alpn_selected(session->ssl, &name, &length);
    return length == 2 && memcmp(name, "h2", 2) == 0;
}

int tls_session_read(tls_session *session, void *bytes, int count) {
    return SSL_read(session->ssl, bytes, count);
}

int tls_session_write(tls_session *session, const void *bytes, int count) {
    return SSL_write(session->ssl, bytes, count);
}
