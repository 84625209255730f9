// gzip unpacked in one call, into memory that the caller bounds.
#ifndef TALLYSTICK_CZLIB_H
#define TALLYSTICK_CZLIB_H

#include <stddef.h>

#pragma clang assume_nonnull begin

enum {
  /// More comes out than there is room for.
  CZLIB_TOO_LARGE = -1,
  /// Not gzip, damaged, or cut off.
  CZLIB_BROKEN = -2,
  CZLIB_NO_MEMORY = -3
};

/// Unpacks `count` bytes of gzip, all members of it, each checked against its own sum.
///
/// Returns how many bytes came out, or one of the codes above.
long czlib_unpack(const unsigned char *bytes, size_t count, unsigned char *output, size_t room);

#pragma clang assume_nonnull end

#endif
