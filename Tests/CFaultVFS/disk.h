// Files and disks in memory; the VFS in vfs.c is SQLite's way to them.
#ifndef FAULT_DISK_H
#define FAULT_DISK_H

#include "CFaultVFS.h"

#include <pthread.h>
#include <stddef.h>

/// What is tracked as written since the last sync: the smaller sector's size.
enum { SECTOR = 512, SHM_LOCKS = 8 };

typedef struct Bytes {
    uint8_t *start;
    int64_t count;
    int64_t capacity;
} Bytes;

typedef struct Handle Handle;

/// A file as long as it has a name, a handle or a chance to come back.
typedef struct Node {
    struct Node *next;
    FaultDisk *disk;
    /// Its name in the disk's directory.
    char *name;
    FaultFile purpose;
    int handles;
    /// False once it is deleted, or of an earlier boot.
    bool has_name;
    /// Of an earlier boot: every operation on it fails.
    bool is_dead;
    /// Deleted, and the directory not synced: a crash may bring it back.
    bool is_ghost;

    Bytes content;
    Bytes durable;
    /// Sectors written since the last sync, as flags and as a list.
    uint8_t *is_written;
    int64_t is_written_count;
    int64_t *written;
    int64_t written_count;
    int64_t written_capacity;
    /// The smallest size since the last sync.
    int64_t smallest;

    /// The database's lock: how many handles share it, and who has more.
    int sharers;
    Handle *reserved;
    Handle *pending;
    Handle *exclusive;

    /// Shared memory, and who locks it: the number of sharers, or -1.
    uint8_t **regions;
    int region_count;
    int shm_locks[SHM_LOCKS];
    int shm_users;
} Node;

struct FaultDisk {
    FaultDisk *next;
    pthread_mutex_t mutex;
    /// Open files, and the signal that there are none.
    int handles;
    pthread_cond_t all_closed;
    /// The owner, and each node.
    int references;
    char *directory;
    Node *nodes;
    bool is_crashed;
    int64_t changes;
    int64_t failures;

    int64_t planned;
    FaultKind kind;
    bool lasts;
    uint64_t seed;

    bool records;
    FaultChange *recorded;
    int64_t recorded_count;
    int64_t recorded_capacity;
};

/// What is to become of a change.
typedef struct Verdict {
    bool fails;
    FaultKind kind;
    /// Of a write that fails: the bytes that are written all the same.
    int64_t done;
} Verdict;

/// Makes the VFS SQLite's default, once; the list of disks is locked.
void vfs_register(void);

/// SplitMix64's next number.
uint64_t fault_random(uint64_t *state);

/// The disk that `path` is on, locked, and the file's name there; NULL where it is on none.
FaultDisk *disk_lock_for(const char *path, const char **name);
void disk_lock(FaultDisk *disk);

/// Unlocks it, and frees it where nobody refers to it any more.
void disk_unlock(FaultDisk *disk);

// All of the following with the disk locked.

/// Numbers a change and decides about it.
Verdict disk_change(FaultDisk *disk, const Node *node, FaultChange change);

Node *disk_find(FaultDisk *disk, const char *name);
Node *disk_add(FaultDisk *disk, const char *name, FaultFile purpose);

/// Frees a node that has no name, no handle and no chance to come back.
void disk_drop_if_unused(Node *node);

/// The directory is synced: what was deleted stays so.
void disk_lay_ghosts(FaultDisk *disk);

/// Takes the file's name away.
void node_delete(Node *node);
void node_write(Node *node, const void *bytes, int64_t count, int64_t offset);
void node_truncate(Node *node, int64_t count);
void node_sync(Node *node);

/// A sync failed: what was written stays, and is not tried again.
void node_forget_written(Node *node);

#endif
