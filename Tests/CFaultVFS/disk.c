#include "disk.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static pthread_mutex_t all_mutex = PTHREAD_MUTEX_INITIALIZER;
static FaultDisk *all;

/// A test has no use for a program that goes on without memory.
static void *grown(void *block, size_t size) {
    void *result = realloc(block, size);
    if (result == NULL && size > 0) abort();
    return result;
}

uint64_t fault_random(uint64_t *state) {
    uint64_t mixed = *state += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

// Bytes ------------------------------------------------------------------------------------------

/// Makes it `count` long; what is new is zero.
static void resize(Bytes *bytes, int64_t count) {
    if (count > bytes->capacity) {
        int64_t capacity = bytes->capacity < 4096 ? 4096 : bytes->capacity;
        while (capacity < count) capacity *= 2;
        bytes->start = grown(bytes->start, (size_t)capacity);
        bytes->capacity = capacity;
    }
    if (count > bytes->count)
        memset(bytes->start + bytes->count, 0, (size_t)(count - bytes->count));
    bytes->count = count;
}

static void copy(Bytes *to, const Bytes *from) {
    resize(to, from->count);
    if (from->count > 0) memcpy(to->start, from->start, (size_t)from->count);
}

/// Copies a range as far as `from` has it.
static void copy_range(Bytes *to, const Bytes *from, int64_t start, int64_t count) {
    int64_t end = start + count < from->count ? start + count : from->count;
    if (end <= start) return;
    if (to->count < end) resize(to, end);
    memcpy(to->start + start, from->start + start, (size_t)(end - start));
}

// Files ------------------------------------------------------------------------------------------

static void mark_written(Node *node, int64_t sector) {
    if (sector >= node->is_written_count) {
        int64_t count = node->is_written_count < 64 ? 64 : node->is_written_count;
        while (count <= sector) count *= 2;
        node->is_written = grown(node->is_written, (size_t)count);
        memset(node->is_written + node->is_written_count, 0,
               (size_t)(count - node->is_written_count));
        node->is_written_count = count;
    }
    if (node->is_written[sector]) return;
    node->is_written[sector] = 1;
    if (node->written_count == node->written_capacity) {
        node->written_capacity = node->written_capacity < 64 ? 64 : node->written_capacity * 2;
        node->written = grown(node->written, (size_t)node->written_capacity * sizeof(int64_t));
    }
    node->written[node->written_count++] = sector;
}

void node_write(Node *node, const void *bytes, int64_t count, int64_t offset) {
    if (count <= 0) return;
    int64_t before = node->content.count;
    if (before < offset + count) resize(&node->content, offset + count);
    memcpy(node->content.start + offset, bytes, (size_t)count);
    int64_t first = offset < before ? offset : before;
    for (int64_t sector = first / SECTOR; sector <= (offset + count - 1) / SECTOR; sector++)
        mark_written(node, sector);
}

void node_truncate(Node *node, int64_t count) {
    if (count >= node->content.count) return;
    resize(&node->content, count);
    if (count < node->smallest) node->smallest = count;
}

void node_forget_written(Node *node) {
    for (int64_t index = 0; index < node->written_count; index++)
        node->is_written[node->written[index]] = 0;
    node->written_count = 0;
    node->smallest = node->durable.count;
}

void node_sync(Node *node) {
    if (node->smallest < node->durable.count) resize(&node->durable, node->smallest);
    for (int64_t index = 0; index < node->written_count; index++)
        copy_range(&node->durable, &node->content, node->written[index] * SECTOR, SECTOR);
    node_forget_written(node);
}

void node_delete(Node *node) {
    node->has_name = false;
    node->is_ghost = true;
}

// Disks ------------------------------------------------------------------------------------------

FaultDisk *fault_disk_create(const char *directory) {
    FaultDisk *disk = calloc(1, sizeof(FaultDisk));
    if (disk == NULL) abort();
    pthread_mutex_init(&disk->mutex, NULL);
    pthread_cond_init(&disk->all_closed, NULL);
    disk->references = 1;
    disk->directory = strdup(directory);
    pthread_mutex_lock(&all_mutex);
    vfs_register();
    disk->next = all;
    all = disk;
    pthread_mutex_unlock(&all_mutex);
    return disk;
}

static void forget_nodes(FaultDisk *disk) {
    Node *node = disk->nodes;
    while (node != NULL) {
        Node *next = node->next;
        node->has_name = false;
        node->is_ghost = false;
        node->is_dead = true;
        disk_drop_if_unused(node);
        node = next;
    }
}

void fault_disk_release(FaultDisk *disk) {
    pthread_mutex_lock(&all_mutex);
    FaultDisk **link = &all;
    while (*link != disk) link = &(*link)->next;
    *link = disk->next;
    pthread_mutex_unlock(&all_mutex);
    disk_lock(disk);
    disk->is_crashed = true;
    forget_nodes(disk);
    disk->references -= 1;
    disk_unlock(disk);
}

FaultDisk *disk_lock_for(const char *path, const char **name) {
    if (path == NULL) return NULL;
    pthread_mutex_lock(&all_mutex);
    FaultDisk *disk = all;
    for (; disk != NULL; disk = disk->next) {
        size_t length = strlen(disk->directory);
        if (strncmp(path, disk->directory, length) != 0 || path[length] != '/') continue;
        *name = path + length + 1;
        break;
    }
    if (disk != NULL) disk_lock(disk);
    pthread_mutex_unlock(&all_mutex);
    return disk;
}

void disk_lock(FaultDisk *disk) { pthread_mutex_lock(&disk->mutex); }

void disk_unlock(FaultDisk *disk) {
    bool is_unused = disk->references == 0;
    pthread_mutex_unlock(&disk->mutex);
    if (!is_unused) return;
    pthread_cond_destroy(&disk->all_closed);
    pthread_mutex_destroy(&disk->mutex);
    free(disk->directory);
    free(disk->recorded);
    free(disk);
}

Node *disk_find(FaultDisk *disk, const char *name) {
    for (Node *node = disk->nodes; node != NULL; node = node->next)
        if (node->has_name && strcmp(node->name, name) == 0) return node;
    return NULL;
}

Node *disk_add(FaultDisk *disk, const char *name, FaultFile purpose) {
    Node *node = calloc(1, sizeof(Node));
    if (node == NULL) abort();
    node->disk = disk;
    node->name = strdup(name);
    node->purpose = purpose;
    node->has_name = true;
    node->next = disk->nodes;
    disk->nodes = node;
    disk->references += 1;
    return node;
}

void disk_drop_if_unused(Node *node) {
    if (node->has_name || node->is_ghost || node->handles > 0) return;
    FaultDisk *disk = node->disk;
    Node **link = &disk->nodes;
    while (*link != node) link = &(*link)->next;
    *link = node->next;
    for (int region = 0; region < node->region_count; region++) free(node->regions[region]);
    free(node->regions);
    free(node->content.start);
    free(node->durable.start);
    free(node->is_written);
    free(node->written);
    free(node->name);
    free(node);
    disk->references -= 1;
}

void disk_lay_ghosts(FaultDisk *disk) {
    Node *node = disk->nodes;
    while (node != NULL) {
        Node *next = node->next;
        node->is_ghost = false;
        disk_drop_if_unused(node);
        node = next;
    }
}

// Changes ----------------------------------------------------------------------------------------

Verdict disk_change(FaultDisk *disk, const Node *node, FaultChange change) {
    change.number = ++disk->changes;
    change.file = node->purpose;
    if (disk->records) {
        if (disk->recorded_count == disk->recorded_capacity) {
            disk->recorded_capacity = disk->recorded_capacity * 2 + 256;
            disk->recorded =
                grown(disk->recorded, (size_t)disk->recorded_capacity * sizeof(FaultChange));
        }
        disk->recorded[disk->recorded_count++] = change;
    }
    Verdict verdict = {.fails = false, .kind = disk->kind, .done = change.length};
    bool comes = disk->planned > 0
        && (disk->lasts ? change.number >= disk->planned : change.number == disk->planned);
    if (!comes) return verdict;
    verdict.fails = true;
    disk->failures += 1;
    if (disk->kind == FAULT_CRASH) {
        disk->is_crashed = true;
        // Nothing, all, or anything between.
        uint64_t drawn = fault_random(&disk->seed);
        uint64_t part = fault_random(&disk->seed);
        if (drawn % 4 == 0) verdict.done = 0;
        else if (drawn % 4 > 1 && change.length > 0)
            verdict.done = (int64_t)(part % (uint64_t)change.length);
    } else {
        verdict.done = change.length / 2;
    }
    if (!disk->lasts) disk->planned = 0;
    return verdict;
}

void fault_disk_plan(
    FaultDisk *disk, int64_t number, FaultKind kind, bool lasts, uint64_t seed) {
    disk_lock(disk);
    disk->planned = number;
    disk->kind = kind;
    disk->lasts = lasts && kind != FAULT_CRASH;
    disk->seed = seed;
    disk_unlock(disk);
}

void fault_disk_drop_plan(FaultDisk *disk) {
    disk_lock(disk);
    disk->planned = 0;
    disk_unlock(disk);
}

int64_t fault_disk_changes(FaultDisk *disk) {
    disk_lock(disk);
    int64_t changes = disk->changes;
    disk_unlock(disk);
    return changes;
}

int64_t fault_disk_failures(FaultDisk *disk) {
    disk_lock(disk);
    int64_t failures = disk->failures;
    disk_unlock(disk);
    return failures;
}

bool fault_disk_is_crashed(FaultDisk *disk) {
    disk_lock(disk);
    bool is_crashed = disk->is_crashed;
    disk_unlock(disk);
    return is_crashed;
}

bool fault_disk_wait_until_closed(FaultDisk *disk, int seconds) {
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += seconds;
    disk_lock(disk);
    int code = 0;
    while (disk->handles > 0 && code == 0)
        code = pthread_cond_timedwait(&disk->all_closed, &disk->mutex, &end);
    bool are_closed = disk->handles == 0;
    disk_unlock(disk);
    return are_closed;
}

void fault_disk_record(FaultDisk *disk, bool on) {
    disk_lock(disk);
    disk->records = on;
    if (!on) disk->recorded_count = 0;
    disk_unlock(disk);
}

int64_t fault_disk_recorded(
    FaultDisk *disk, int64_t skip, FaultChange *changes, int64_t capacity) {
    disk_lock(disk);
    int64_t count = disk->recorded_count - skip;
    if (count > capacity) count = capacity;
    if (count > 0)
        memcpy(changes, disk->recorded + skip, (size_t)count * sizeof(FaultChange));
    disk_unlock(disk);
    return count > 0 ? count : 0;
}

// Images -----------------------------------------------------------------------------------------

typedef struct ImageFile {
    struct ImageFile *next;
    char *name;
    FaultFile purpose;
    Bytes content;
} ImageFile;

struct FaultImage {
    ImageFile *files;
};

/// Some of the sectors that were written, on top of what is durable.
static void mix(Bytes *to, const Node *node, int64_t sector_size, uint64_t *seed) {
    copy(to, &node->durable);
    if (node->smallest < to->count && fault_random(seed) % 2 == 0) resize(to, node->smallest);
    // One draw for each sector of the device, which has one or eight of ours.
    int64_t last = -1;
    for (int64_t ours = 0; ours < node->is_written_count; ours++) {
        if (!node->is_written[ours]) continue;
        int64_t sector = ours * SECTOR / sector_size;
        if (sector == last) continue;
        last = sector;
        if (fault_random(seed) % 2 == 0)
            copy_range(to, &node->content, sector * sector_size, sector_size);
    }
}

FaultImage *fault_disk_image(FaultDisk *disk, FaultSurvival survival, uint64_t seed) {
    FaultImage *image = calloc(1, sizeof(FaultImage));
    if (image == NULL) abort();
    disk_lock(disk);
    int64_t sector_size = fault_random(&seed) % 2 == 0 ? SECTOR : SECTOR * 8;
    for (Node *node = disk->nodes; node != NULL; node = node->next) {
        if (node->is_dead) continue;
        bool is_there = node->has_name;
        if (!is_there && node->is_ghost && survival != FAULT_EVERYTHING) {
            // A file of the same name that was created since is a newer entry of the directory.
            is_there = disk_find(disk, node->name) == NULL
                && (survival == FAULT_ONLY_SYNCED || fault_random(&seed) % 2 == 0);
        }
        if (!is_there) continue;
        ImageFile *file = calloc(1, sizeof(ImageFile));
        if (file == NULL) abort();
        file->name = strdup(node->name);
        file->purpose = node->purpose;
        switch (survival) {
        case FAULT_EVERYTHING: copy(&file->content, &node->content); break;
        case FAULT_ONLY_SYNCED: copy(&file->content, &node->durable); break;
        case FAULT_SOME: mix(&file->content, node, sector_size, &seed); break;
        }
        file->next = image->files;
        image->files = file;
    }
    disk_unlock(disk);
    return image;
}

void fault_image_release(FaultImage *image) {
    ImageFile *file = image->files;
    while (file != NULL) {
        ImageFile *next = file->next;
        free(file->name);
        free(file->content.start);
        free(file);
        file = next;
    }
    free(image);
}

void fault_disk_boot(FaultDisk *disk, const FaultImage *image) {
    disk_lock(disk);
    forget_nodes(disk);
    disk->is_crashed = false;
    disk->planned = 0;
    for (const ImageFile *file = image->files; file != NULL; file = file->next) {
        if (disk_find(disk, file->name) != NULL) continue;
        Node *node = disk_add(disk, file->name, file->purpose);
        copy(&node->content, &file->content);
        copy(&node->durable, &file->content);
        node->smallest = node->durable.count;
    }
    disk_unlock(disk);
}
