// SQLite's C API, and the destructor constant that Swift cannot import.
#ifndef TALLYSTICK_CSQLITE_H
#define TALLYSTICK_CSQLITE_H

#include <sqlite3.h>

/// SQLITE_TRANSIENT: SQLite copies the bytes before the call returns.
sqlite3_destructor_type csqlite_transient(void);

#endif
