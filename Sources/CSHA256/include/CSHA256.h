// SHA-256 in one call that allocates nothing: what every event and every link of a chain costs.
#ifndef TALLYSTICK_CSHA256_H
#define TALLYSTICK_CSHA256_H

#include <stddef.h>

/// Writes the 32 bytes of SHA-256 of `count` bytes to `digest`.
void csha256(const void *bytes, size_t count, unsigned char *digest);

#endif
