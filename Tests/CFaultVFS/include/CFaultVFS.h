// Disks in memory under SQLite, which fail or lose power at a chosen moment.
#ifndef C_FAULT_VFS_H
#define C_FAULT_VFS_H

#include <stdbool.h>
#include <stdint.h>

/// A disk: the database files in one directory, kept in memory.
///
/// Each file has its content as SQLite reads it and its durable content, which is that of its last
/// sync. Whatever changes a file or the durable content is a change, and changes are numbered from
/// 1. Any number of connections on any threads may use a disk; their locks and their shared memory
/// (WAL's index) are in memory too, and end with the boot.
typedef struct FaultDisk FaultDisk;

/// What is on a disk at one moment; it never changes.
typedef struct FaultImage FaultImage;

/// Makes a disk of every file whose name begins with `directory` and a slash.
///
/// The first one makes this VFS the process's default; files that are on no disk go to the VFS that
/// was the default before, as do temporary files without a name. `directory` is absolute and need
/// not exist.
FaultDisk *fault_disk_create(const char *directory);

/// Removes the disk; connections that are still open get errors and may be closed later.
void fault_disk_release(FaultDisk *disk);

/// What a planned failure does.
typedef enum FaultKind {
    /// The power goes: the change may be done in part, and from then on every operation fails.
    FAULT_CRASH,
    /// SQLITE_IOERR_WRITE, _FSYNC, _TRUNCATE or _DELETE, as the change is. Half of a write is done.
    /// A sync that fails makes nothing durable, and as on Linux the next does not try that again:
    /// only what is written anew becomes durable then.
    FAULT_IO_ERROR,
    /// SQLITE_FULL for a write, half of which is done; other changes fail as above.
    FAULT_FULL,
} FaultKind;

/// Plans a failure at the change `number`, counted as `fault_disk_changes` does.
///
/// It replaces the plan before. A failure that is not a crash happens once, or from that change on
/// where `lasts`. `seed` decides how much is done of a write under which the power goes.
void fault_disk_plan(
    FaultDisk *disk, int64_t number, FaultKind kind, bool lasts, uint64_t seed);

/// Drops a plan that has not come to pass.
void fault_disk_drop_plan(FaultDisk *disk);

/// Changes since the disk was created, over all boots.
int64_t fault_disk_changes(FaultDisk *disk);

/// How many changes failed; a crash counts as one.
int64_t fault_disk_failures(FaultDisk *disk);

/// Whether the power is gone.
bool fault_disk_is_crashed(FaultDisk *disk);

/// What of the changes since each file's last sync is in an image.
typedef enum FaultSurvival {
    /// All: the process was killed and the machine went on.
    FAULT_EVERYTHING,
    /// Nothing: the power went. A deleted file is there again unless its directory was synced.
    FAULT_ONLY_SYNCED,
    /// Some, as a seed decides: each sector that was written is kept or not, by itself, also where
    /// later ones are kept; and so with each truncation and each deletion.
    FAULT_SOME,
} FaultSurvival;

/// The disk as it would be found if it crashed now, or as it was when it did.
///
/// - Parameters:
///   - survival: what of it is left.
///   - seed: decides about the sectors, and whether they have 512 bytes or 4096.
FaultImage *fault_disk_image(FaultDisk *disk, FaultSurvival survival, uint64_t seed);
void fault_image_release(FaultImage *image);

/// Starts the disk again with what is in `image`, everything durable.
///
/// The image may be of another disk.
/// Connections of before get errors, hold no lock and change nothing any more; better that none is
/// left. The plan is dropped.
void fault_disk_boot(FaultDisk *disk, const FaultImage *image);

/// Waits until no file on the disk is open, of this boot or one before.
///
/// A connection that ends with its process must not end later here: closing the last one deletes
/// the WAL by its name, which may be that of the next boot by then.
///
/// - Returns: false where some are still open after `seconds`.
bool fault_disk_wait_until_closed(FaultDisk *disk, int seconds);

/// Which file a change was made to, by SQLite's purpose for it.
typedef enum FaultFile { FAULT_DATABASE, FAULT_WAL, FAULT_OTHER } FaultFile;

typedef enum FaultOperation {
    FAULT_WRITE,
    FAULT_TRUNCATE,
    FAULT_SYNC,
    FAULT_DELETE,
} FaultOperation;

/// A change, in the order of their numbers; also one that failed.
typedef struct FaultChange {
    int64_t number;
    FaultOperation operation;
    FaultFile file;
    /// Of a write.
    int64_t offset;
    int64_t length;
    /// Of a sync: SQLITE_SYNC_NORMAL or _FULL, and SQLITE_SYNC_DATAONLY. SQLite's own VFS answers
    /// each by one fdatasync of that file.
    int flags;
} FaultChange;

/// Begins to record the changes, or ends that and forgets them.
void fault_disk_record(FaultDisk *disk, bool on);

/// Copies the recorded changes after the first `skip`, up to `capacity`; says how many.
int64_t fault_disk_recorded(
    FaultDisk *disk, int64_t skip, FaultChange *changes, int64_t capacity);

#endif
