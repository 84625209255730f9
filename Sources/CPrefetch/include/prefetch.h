// What Swift has no word for: telling the processor which line of memory will be read next.
#ifndef TALLYSTICK_CPREFETCH_H
#define TALLYSTICK_CPREFETCH_H

static inline void tallystick_prefetch(const void *line) { __builtin_prefetch(line); }

#endif
