// simdjson behind a C header: a text becomes a flat array of nodes in one pass, every token visited.
// A fault that ends with the value it stands in can be kept with that value, and the rest be read.
#ifndef TALLYSTICK_CSIMDJSON_H
#define TALLYSTICK_CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  json_kind_null = 0,
  json_kind_false = 1,
  json_kind_true = 2,
  json_kind_number = 3,
  json_kind_string = 4,
  json_kind_array = 5,
  json_kind_object = 6,
};

enum {
  json_status_ok = 0,
  json_status_malformed = 1,
  json_status_too_deep = 2,
  json_status_duplicate_member = 3,
  json_status_no_memory = 4,
};

/// What is wrong with a value, where faults are kept.
enum {
  json_fault_none = 0,
  json_fault_within = 1,  // nothing but what it holds
  json_fault_text = 2,
  json_fault_token = 3,
  json_fault_too_deep = 4,
  json_fault_duplicate_member = 5,
  json_fault_key = 6,
};

/// One value; a null where it cannot be read or nests too deep. Offsets point into the document's text, indices into its nodes.
typedef struct {
  uint8_t kind;
  uint8_t height;       // how many levels of containers it nests, itself included
  uint8_t fault;
  uint32_t key_offset;  // of an object's member, unescaped
  uint32_t key_length;
  uint32_t offset;  // number as written, string unescaped; of a container: its first child, sorted
  uint32_t length;  // bytes of the text; of a container: how many children
  uint32_t next;    // the node after this value and all it holds: its next sibling as written
  uint32_t sorted_next;  // the next sibling by the bytes of its key; 0 after the last
} json_node;

typedef struct {
  json_node *nodes;
  uint8_t *text;
  uint32_t node_count;
  uint32_t text_length;
  int32_t status;
  int32_t fault;  // the status that the first of the faults kept would have had
  char message[160];
} json_document;

/// Parses `length` bytes. `capacity` is how many bytes may be read from `bytes`: with 64 more than
/// `length` nothing is copied first. With `keeps_faults`, what is wrong with one value is that
/// value's `fault`. Never returns NULL unless memory is out; ask `status`.
json_document *json_document_parse(const uint8_t *bytes, size_t length, size_t capacity,
                                   uint32_t max_depth, bool keeps_faults);

void json_document_free(json_document *document);

#ifdef __cplusplus
}
#endif

#endif
