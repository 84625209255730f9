// Counts allocations: linked into a program, it stands before the C library's malloc and kin.
#ifndef C_ALLOCATIONS_H
#define C_ALLOCATIONS_H

#include <stdbool.h>
#include <stdint.h>

// False where the C library is not glibc or a sanitizer has an allocator of its own: the count then
// stays 0 and proves nothing.
bool allocations_are_counted(void);

// Blocks that the calling thread has asked for since it began.
uint64_t allocations_of_this_thread(void);

// Blocks that the process has asked for since it began.
uint64_t allocations_of_all_threads(void);

#endif
