// SQLite's way to the disks: a VFS that hands every other file on to the one that was the default.
#include "disk.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/// An open file.
struct Handle {
    sqlite3_file base;
    Node *node;
    /// A journal or WAL: as in SQLite's own VFS, its first sync is one of the directory too.
    bool syncs_directory;
    /// SQLITE_LOCK_NONE and up.
    int lock;
    /// The locks on the shared memory that it has.
    uint8_t shm_shared;
    uint8_t shm_exclusive;
    bool uses_shm;
};

static sqlite3_vfs *usual;
static sqlite3_vfs faults;

/// Locks the file's disk; false where its machine is no more.
static bool enter(Handle *handle) {
    disk_lock(handle->node->disk);
    return !handle->node->is_dead && !handle->node->disk->is_crashed;
}

static int leave(Handle *handle, int code) {
    disk_unlock(handle->node->disk);
    return code;
}

// Content ----------------------------------------------------------------------------------------

static int file_read(sqlite3_file *file, void *to, int count, sqlite3_int64 offset) {
    Handle *handle = (Handle *)file;
    if (!enter(handle)) return leave(handle, SQLITE_IOERR_READ);
    const Bytes *content = &handle->node->content;
    sqlite3_int64 there = content->count - offset;
    if (there < 0) there = 0;
    if (there > count) there = count;
    if (there > 0) memcpy(to, content->start + offset, (size_t)there);
    if (there == count) return leave(handle, SQLITE_OK);
    memset((uint8_t *)to + there, 0, (size_t)(count - there));
    return leave(handle, SQLITE_IOERR_SHORT_READ);
}

static int file_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    Handle *handle = (Handle *)file;
    if (!enter(handle)) return leave(handle, SQLITE_IOERR_WRITE);
    Node *node = handle->node;
    Verdict verdict = disk_change(
        node->disk, node,
        (FaultChange){.operation = FAULT_WRITE, .offset = offset, .length = count});
    node_write(node, bytes, verdict.done, offset);
    if (!verdict.fails) return leave(handle, SQLITE_OK);
    return leave(handle, verdict.kind == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 count) {
    Handle *handle = (Handle *)file;
    if (!enter(handle)) return leave(handle, SQLITE_IOERR_TRUNCATE);
    Node *node = handle->node;
    Verdict verdict = disk_change(
        node->disk, node, (FaultChange){.operation = FAULT_TRUNCATE, .offset = count});
    if (verdict.fails) return leave(handle, SQLITE_IOERR_TRUNCATE);
    node_truncate(node, count);
    return leave(handle, SQLITE_OK);
}

static int file_sync(sqlite3_file *file, int flags) {
    Handle *handle = (Handle *)file;
    if (!enter(handle)) return leave(handle, SQLITE_IOERR_FSYNC);
    Node *node = handle->node;
    Verdict verdict =
        disk_change(node->disk, node, (FaultChange){.operation = FAULT_SYNC, .flags = flags});
    if (!verdict.fails) {
        node_sync(node);
        if (handle->syncs_directory) disk_lay_ghosts(node->disk);
        handle->syncs_directory = false;
        return leave(handle, SQLITE_OK);
    }
    if (verdict.kind != FAULT_CRASH) node_forget_written(node);
    return leave(handle, SQLITE_IOERR_FSYNC);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    Handle *handle = (Handle *)file;
    if (!enter(handle)) return leave(handle, SQLITE_IOERR_FSTAT);
    *size = handle->node->content.count;
    return leave(handle, SQLITE_OK);
}

// Locks ------------------------------------------------------------------------------------------

static bool is_taken(const Handle *holder, const Handle *handle) {
    return holder != NULL && holder != handle;
}

static int file_lock(sqlite3_file *file, int level) {
    Handle *handle = (Handle *)file;
    if (!enter(handle)) return leave(handle, SQLITE_IOERR_LOCK);
    Node *node = handle->node;
    if (handle->lock >= level) return leave(handle, SQLITE_OK);
    if (is_taken(node->exclusive, handle)) return leave(handle, SQLITE_BUSY);
    if (level == SQLITE_LOCK_SHARED) {
        if (is_taken(node->pending, handle)) return leave(handle, SQLITE_BUSY);
        node->sharers += 1;
        handle->lock = SQLITE_LOCK_SHARED;
        return leave(handle, SQLITE_OK);
    }
    if (is_taken(node->reserved, handle) || is_taken(node->pending, handle))
        return leave(handle, SQLITE_BUSY);
    if (level == SQLITE_LOCK_RESERVED) {
        node->reserved = handle;
        handle->lock = SQLITE_LOCK_RESERVED;
        return leave(handle, SQLITE_OK);
    }
    // No new sharers from here on, and exclusive once the others are gone.
    node->pending = handle;
    handle->lock = SQLITE_LOCK_PENDING;
    if (node->sharers > 1) return leave(handle, SQLITE_BUSY);
    if (level == SQLITE_LOCK_EXCLUSIVE) {
        node->exclusive = handle;
        handle->lock = SQLITE_LOCK_EXCLUSIVE;
    }
    return leave(handle, SQLITE_OK);
}

static void unlock(Handle *handle, int level) {
    Node *node = handle->node;
    if (handle->lock <= level) return;
    if (node->reserved == handle) node->reserved = NULL;
    if (node->pending == handle) node->pending = NULL;
    if (node->exclusive == handle) node->exclusive = NULL;
    if (level == SQLITE_LOCK_NONE) node->sharers -= 1;
    handle->lock = level;
}

static int file_unlock(sqlite3_file *file, int level) {
    Handle *handle = (Handle *)file;
    enter(handle);
    unlock(handle, level);
    return leave(handle, SQLITE_OK);
}

static int file_check_reserved_lock(sqlite3_file *file, int *is_reserved) {
    Handle *handle = (Handle *)file;
    if (!enter(handle)) return leave(handle, SQLITE_IOERR_CHECKRESERVEDLOCK);
    *is_reserved = handle->node->reserved != NULL || handle->node->pending != NULL;
    return leave(handle, SQLITE_OK);
}

// Shared memory ----------------------------------------------------------------------------------

static int shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **to) {
    Handle *handle = (Handle *)file;
    *to = NULL;
    if (!enter(handle)) return leave(handle, SQLITE_IOERR_SHMMAP);
    Node *node = handle->node;
    if (!handle->uses_shm) {
        handle->uses_shm = true;
        node->shm_users += 1;
    }
    if (region >= node->region_count) {
        if (!extend) return leave(handle, SQLITE_OK);
        node->regions = realloc(node->regions, sizeof(uint8_t *) * (size_t)(region + 1));
        while (node->region_count <= region)
            node->regions[node->region_count++] = calloc(1, (size_t)size);
    }
    *to = node->regions[region];
    return leave(handle, SQLITE_OK);
}

static int shm_lock(sqlite3_file *file, int offset, int count, int flags) {
    Handle *handle = (Handle *)file;
    if (!enter(handle)) return leave(handle, SQLITE_IOERR_SHMLOCK);
    int *locks = handle->node->shm_locks;
    uint8_t mask = (uint8_t)(((1 << count) - 1) << offset);
    if (flags & SQLITE_SHM_UNLOCK) {
        for (int slot = offset; slot < offset + count; slot++) {
            uint8_t bit = (uint8_t)(1 << slot);
            if (handle->shm_exclusive & bit) locks[slot] = 0;
            else if (handle->shm_shared & bit) locks[slot] -= 1;
        }
        handle->shm_exclusive &= (uint8_t)~mask;
        handle->shm_shared &= (uint8_t)~mask;
        return leave(handle, SQLITE_OK);
    }
    if (flags & SQLITE_SHM_SHARED) {
        if (handle->shm_shared & mask) return leave(handle, SQLITE_OK);
        if (locks[offset] < 0) return leave(handle, SQLITE_BUSY);
        locks[offset] += 1;
        handle->shm_shared |= mask;
        return leave(handle, SQLITE_OK);
    }
    for (int slot = offset; slot < offset + count; slot++)
        if (locks[slot] != 0 && !(handle->shm_exclusive & (1 << slot)))
            return leave(handle, SQLITE_BUSY);
    for (int slot = offset; slot < offset + count; slot++) locks[slot] = -1;
    handle->shm_exclusive |= mask;
    return leave(handle, SQLITE_OK);
}

static void shm_barrier(sqlite3_file *file) {
    Handle *handle = (Handle *)file;
    enter(handle);
    leave(handle, SQLITE_OK);
}

/// Gives back the locks, and the memory after the last user.
static void shm_leave(Handle *handle) {
    Node *node = handle->node;
    if (!handle->uses_shm) return;
    for (int slot = 0; slot < SHM_LOCKS; slot++) {
        uint8_t bit = (uint8_t)(1 << slot);
        if (handle->shm_exclusive & bit) node->shm_locks[slot] = 0;
        else if (handle->shm_shared & bit) node->shm_locks[slot] -= 1;
    }
    handle->shm_exclusive = 0;
    handle->shm_shared = 0;
    handle->uses_shm = false;
    node->shm_users -= 1;
    if (node->shm_users > 0) return;
    for (int region = 0; region < node->region_count; region++) free(node->regions[region]);
    free(node->regions);
    node->regions = NULL;
    node->region_count = 0;
}

static int shm_unmap(sqlite3_file *file, int deletes) {
    (void)deletes;
    Handle *handle = (Handle *)file;
    enter(handle);
    shm_leave(handle);
    return leave(handle, SQLITE_OK);
}

// The rest of a file -----------------------------------------------------------------------------

static int file_close(sqlite3_file *file) {
    Handle *handle = (Handle *)file;
    Node *node = handle->node;
    FaultDisk *disk = node->disk;
    disk_lock(disk);
    unlock(handle, SQLITE_LOCK_NONE);
    shm_leave(handle);
    node->handles -= 1;
    disk_drop_if_unused(node);
    disk->handles -= 1;
    if (disk->handles == 0) pthread_cond_broadcast(&disk->all_closed);
    disk_unlock(disk);
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
    (void)file;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file) {
    (void)file;
    return 4096;
}

/// As SQLite's own VFS has it: bytes that a write does not name stay as they were.
static int file_characteristics(sqlite3_file *file) {
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

// Names ------------------------------------------------------------------------------------------

static FaultFile purpose(int flags) {
    if (flags & SQLITE_OPEN_MAIN_DB) return FAULT_DATABASE;
    return flags & SQLITE_OPEN_WAL ? FAULT_WAL : FAULT_OTHER;
}

static int vfs_open(
    sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *opened) {
    (void)vfs;
    const char *name = NULL;
    FaultDisk *disk = disk_lock_for(path, &name);
    if (disk == NULL) return usual->xOpen(usual, path, file, flags, opened);
    file->pMethods = NULL;
    Node *node = disk->is_crashed ? NULL : disk_find(disk, name);
    if (node == NULL && !disk->is_crashed && flags & SQLITE_OPEN_CREATE)
        node = disk_add(disk, name, purpose(flags));
    if (node != NULL) {
        Handle *handle = (Handle *)file;
        memset(handle, 0, sizeof(Handle));
        handle->base.pMethods = &methods;
        handle->node = node;
        handle->syncs_directory = flags & SQLITE_OPEN_CREATE && !(flags & SQLITE_OPEN_MAIN_DB);
        node->handles += 1;
        disk->handles += 1;
        if (opened != NULL) *opened = flags;
    }
    disk_unlock(disk);
    return node == NULL ? SQLITE_CANTOPEN : SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int syncs_directory) {
    (void)vfs;
    const char *name = NULL;
    FaultDisk *disk = disk_lock_for(path, &name);
    if (disk == NULL) return usual->xDelete(usual, path, syncs_directory);
    int code = SQLITE_IOERR_DELETE;
    Node *node = disk->is_crashed ? NULL : disk_find(disk, name);
    if (node != NULL) {
        Verdict verdict = disk_change(disk, node, (FaultChange){.operation = FAULT_DELETE});
        if (!verdict.fails) {
            node_delete(node);
            if (syncs_directory) disk_lay_ghosts(disk);
            code = SQLITE_OK;
        }
    } else if (!disk->is_crashed) {
        code = SQLITE_IOERR_DELETE_NOENT;
    }
    disk_unlock(disk);
    return code;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *result) {
    (void)vfs;
    const char *name = NULL;
    FaultDisk *disk = disk_lock_for(path, &name);
    if (disk == NULL) return usual->xAccess(usual, path, flags, result);
    Node *node = disk_find(disk, name);
    // As SQLite's own VFS has it: an empty file does not exist.
    *result = node != NULL && (flags != SQLITE_ACCESS_EXISTS || node->content.count > 0);
    int code = disk->is_crashed ? SQLITE_IOERR_ACCESS : SQLITE_OK;
    disk_unlock(disk);
    return code;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int capacity, char *full) {
    (void)vfs;
    const char *name = NULL;
    FaultDisk *disk = disk_lock_for(path, &name);
    if (disk == NULL) return usual->xFullPathname(usual, path, capacity, full);
    disk_unlock(disk);
    size_t size = strlen(path) + 1;
    if (size > (size_t)capacity) return SQLITE_CANTOPEN;
    memcpy(full, path, size);
    return SQLITE_OK;
}

static int vfs_randomness(sqlite3_vfs *vfs, int count, char *bytes) {
    (void)vfs;
    return usual->xRandomness(usual, count, bytes);
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return usual->xSleep(usual, microseconds);
}

static int vfs_current_time(sqlite3_vfs *vfs, double *time) {
    (void)vfs;
    return usual->xCurrentTime(usual, time);
}

static int vfs_current_time_int64(sqlite3_vfs *vfs, sqlite3_int64 *time) {
    (void)vfs;
    return usual->xCurrentTimeInt64(usual, time);
}

static int vfs_last_error(sqlite3_vfs *vfs, int capacity, char *text) {
    (void)vfs;
    return usual->xGetLastError(usual, capacity, text);
}

void vfs_register(void) {
    if (usual != NULL) return;
    usual = sqlite3_vfs_find(NULL);
    if (usual == NULL) abort();
    int size = (int)sizeof(Handle);
    faults = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = usual->szOsFile > size ? usual->szOsFile : size,
        .mxPathname = usual->mxPathname,
        .zName = "faults",
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_current_time,
        .xGetLastError = vfs_last_error,
        .xCurrentTimeInt64 = vfs_current_time_int64,
    };
    if (sqlite3_vfs_register(&faults, 1) != SQLITE_OK) abort();
}
