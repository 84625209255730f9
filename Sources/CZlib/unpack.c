#include <limits.h>
#include <zlib.h>

#include "CZlib.h"

// The largest window, and a header of gzip rather than zlib's own.
#define GZIP_WINDOW (MAX_WBITS + 16)

static long unpack_members(z_stream *stream) {
  unsigned char excess;
  long total = 0;
  for (;;) {
    uInt room = stream->avail_out;
    // Without room nothing tells a stream that ends here from one that goes on.
    int is_full = room == 0;
    if (is_full) {
      stream->next_out = &excess;
      stream->avail_out = 1;
    }
    uInt before = stream->avail_out;
    int code = inflate(stream, Z_FINISH);
    uInt written = before - stream->avail_out;
    if (is_full && written > 0) return CZLIB_TOO_LARGE;
    if (is_full) stream->avail_out = 0;
    total += written;
    if (code == Z_MEM_ERROR) return CZLIB_NO_MEMORY;
    if (code == Z_STREAM_END) {
      if (stream->avail_in == 0) return total;
      if (inflateReset(stream) != Z_OK) return CZLIB_BROKEN;
      continue;
    }
    // Z_BUF_ERROR and Z_OK: the room or the bytes are used up.
    if (code != Z_BUF_ERROR && code != Z_OK) return CZLIB_BROKEN;
    if (is_full || stream->avail_out > 0) return CZLIB_BROKEN;
  }
}

long czlib_unpack(const unsigned char *bytes, size_t count, unsigned char *output, size_t room) {
  if (count > INT_MAX || room > INT_MAX) return CZLIB_TOO_LARGE;
  z_stream stream = {0};
  stream.next_in = (Bytef *)bytes;
  stream.avail_in = (uInt)count;
  stream.next_out = output;
  stream.avail_out = (uInt)room;
  if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK) return CZLIB_NO_MEMORY;
  long result = unpack_members(&stream);
  inflateEnd(&stream);
  return result;
}
