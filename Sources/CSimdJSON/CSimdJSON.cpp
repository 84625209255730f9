#include "CSimdJSON.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace ondemand = simdjson::ondemand;

/// Why a walk stopped early; carried as a value, for nothing here throws.
struct failure {
  int status = json_status_ok;
  const char *reason = nullptr;
  explicit operator bool() const { return status != json_status_ok; }
};

failure malformed(simdjson::error_code code) {
  return {json_status_malformed, simdjson::error_message(code)};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// RFC 8259 `number`, the whole token: On-Demand hands out the raw text unchecked.
bool is_number(std::string_view token) {
  size_t at = 0;
  auto digits = [&] {
    size_t start = at;
    while (at < token.size() && is_digit(token[at])) at++;
    return at > start;
  };
  if (at < token.size() && token[at] == '-') at++;
  if (at < token.size() && token[at] == '0') {
    at++;
  } else if (!digits()) {
    return false;
  }
  if (at < token.size() && token[at] == '.') {
    at++;
    if (!digits()) return false;
  }
  if (at < token.size() && (token[at] == 'e' || token[at] == 'E')) {
    at++;
    if (at < token.size() && (token[at] == '+' || token[at] == '-')) at++;
    if (!digits()) return false;
  }
  return at == token.size();
}

/// How many bytes a UTF-8 character has that begins at `at`; 0 where none does (RFC 3629).
size_t character_length(std::string_view text, size_t at) {
  auto byte = [&](size_t offset) {
    return at + offset < text.size() ? uint8_t(text[at + offset]) : uint8_t(0);
  };
  uint8_t lead = byte(0), lowest = 0x80, highest = 0xBF;
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead == 0xE0) lowest = 0xA0;
  if (lead == 0xED) highest = 0x9F;
  if (lead == 0xF0) lowest = 0x90;
  if (lead == 0xF4) highest = 0x8F;
  size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (byte(1) < lowest || byte(1) > highest) return 0;
  for (size_t offset = 2; offset < length; offset++) {
    if ((byte(offset) & 0xC0) != 0x80) return 0;
  }
  return length;
}

/// Bytes that no text may have, each made a `?` so that the rest can be read.
class spoiled_bytes {
 public:
  /// More are not told apart: the whole text is refused.
  static constexpr size_t limit = 10000;

  /// What simdjson refused the whole text for.
  simdjson::error_code error = simdjson::SUCCESS;

  bool empty() const { return offsets.empty(); }

  void replace(std::vector<uint8_t> &text, size_t length) {
    std::string_view view(reinterpret_cast<const char *>(text.data()), length);
    start = view.data();
    bool is_string = false, is_escaped = false;
    for (size_t at = 0; at < length && offsets.size() <= limit;) {
      char c = view[at];
      size_t width = is_string && uint8_t(c) < 0x20 ? 0 : character_length(view, at);
      if (width == 0) {
        offsets.push_back(at);
        text[at] = '?';
      }
      if (c == '"' && !is_escaped) is_string = !is_string;
      is_escaped = c == '\\' && !is_escaped;
      at += std::max<size_t>(1, width);
    }
  }

  bool are_too_many() const { return offsets.size() > limit; }

  bool stand_in(const char *from, const char *to) const {
    auto first = std::lower_bound(offsets.begin(), offsets.end(), size_t(from - start));
    return first != offsets.end() && *first < size_t(to - start);
  }

 private:
  const char *start = nullptr;
  std::vector<size_t> offsets;
};

/// Whether a byte closes a container or parts its elements.
bool ends_or_goes_on(uint8_t c) { return c == ']' || c == '}' || c == ',' || c == ':'; }

class walk {
 public:
  walk(std::vector<json_node> &nodes, std::vector<uint8_t> &text, std::vector<uint32_t> &members,
       const spoiled_bytes &spoiled, uint32_t max_depth, bool keeps_faults)
      : nodes(nodes),
        text(text),
        members(members),
        spoiled(spoiled),
        max_depth(max_depth),
        keeps_faults(keeps_faults) {}

  /// The first of the faults that were kept.
  failure kept;

  /// Appends `value` and all it holds. `Value` is a document or a value: they share the calls used.
  template <typename Value>
  failure append(Value &&value, uint32_t depth) {
    uint32_t index = uint32_t(nodes.size());
    nodes.push_back({});
    ondemand::json_type type;
    if (auto error = value.type().get(type)) {
      if (depth == 0 || !may_be_value(token_of(value))) return malformed(error);
      return fault(index, json_fault_token, malformed(error));
    }
    bool is_container =
        type == ondemand::json_type::object || type == ondemand::json_type::array;
    if (depth == 0 && !is_container) {
      return {json_status_malformed, "the text must be an object or an array"};
    }
    // Where it is kept, the iterator skips it by its brackets alone.
    if (is_container && depth >= max_depth) {
      return fault(index, json_fault_too_deep, {json_status_too_deep, nullptr});
    }
    failure stopped;
    switch (type) {
      case ondemand::json_type::object: {
        ondemand::object object;
        if (auto error = value.get_object().get(object)) return malformed(error);
        stopped = append_members(object, index, depth);
        break;
      }
      case ondemand::json_type::array: {
        ondemand::array array;
        if (auto error = value.get_array().get(array)) return malformed(error);
        stopped = append_elements(array, index, depth);
        break;
      }
      case ondemand::json_type::string: {
        std::string_view string;
        if (!spoiled.empty()) {
          std::string_view token = token_of(value);
          if (spoiled.stand_in(token.data(), token.data() + token.size())) {
            return fault(index, json_fault_text, malformed(spoiled.error));
          }
        }
        if (auto error = value.get_string().get(string)) {
          return fault(index, json_fault_text, malformed(error));
        }
        nodes[index].kind = json_kind_string;
        nodes[index].offset = keep(string);
        nodes[index].length = uint32_t(string.size());
        break;
      }
      default:
        stopped = append_scalar(token_of(value), index);
    }
    nodes[index].next = uint32_t(nodes.size());
    return stopped;
  }

 private:
  std::vector<json_node> &nodes;
  std::vector<uint8_t> &text;
  std::vector<uint32_t> &members;
  const spoiled_bytes &spoiled;
  uint32_t max_depth;
  bool keeps_faults;

  /// Keeps what is wrong with a value, or stops for it.
  failure fault(uint32_t index, uint8_t fault, failure failed) {
    if (!keeps_faults) return failed;
    if (!kept) kept = failed;
    nodes[index].fault = fault;
    nodes[index].next = uint32_t(nodes.size());
    return {};
  }

  /// Whether a token stands in the place of a value, however wrong it is.
  static bool may_be_value(std::string_view token) {
    return !token.empty() && token.find_first_of(",:]}") != 0;
  }

  template <typename Value>
  static std::string_view token_of(Value &value) {
    std::string_view token;
    if (simdjson::simdjson_result<std::string_view>(value.raw_json_token()).get(token)) return {};
    // Not strchr: it finds NUL in every text.
    return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
  }

  failure append_scalar(std::string_view token, uint32_t index) {
    json_node &node = nodes[index];
    if (token == "null") {
      node.kind = json_kind_null;
    } else if (token == "true") {
      node.kind = json_kind_true;
    } else if (token == "false") {
      node.kind = json_kind_false;
    } else if (is_number(token)) {
      node.kind = json_kind_number;
      node.offset = keep(token);
      node.length = uint32_t(token.size());
    } else {
      return fault(index, json_fault_token,
                   {json_status_malformed, "a value is neither a number, a literal nor a string"});
    }
    return {};
  }

  /// A container nests one level more than what it holds; for itself it is called last.
  void raise(uint32_t index, uint32_t child) {
    uint8_t height = index == child ? 1 : uint8_t(nodes[child].height + 1);
    nodes[index].height = std::max(nodes[index].height, height);
    if (nodes[child].fault && !nodes[index].fault) nodes[index].fault = json_fault_within;
  }

  failure append_elements(ondemand::array array, uint32_t index, uint32_t depth) {
    uint32_t count = 0, last = 0;
    for (auto element : array) {
      ondemand::value value;
      if (auto error = element.get(value)) return malformed(error);
      uint32_t child = uint32_t(nodes.size());
      if (auto stopped = append(value, depth + 1)) return stopped;
      raise(index, child);
      if (count++ == 0) {
        nodes[index].offset = child;
      } else {
        nodes[last].sorted_next = child;
      }
      last = child;
    }
    raise(index, index);
    nodes[index].kind = json_kind_array;
    nodes[index].length = count;
    return {};
  }

  failure append_members(ondemand::object object, uint32_t index, uint32_t depth) {
    size_t first = members.size();
    for (auto member : object) {
      ondemand::field field;
      if (auto error = std::move(member).get(field)) return malformed(error);
      std::string_view key;
      const char *key_start = field.key().raw();
      simdjson::error_code error = field.unescaped_key().get(key);
      if (!error && !spoiled.empty() &&
          spoiled.stand_in(key_start, token_of(field.value()).data())) {
        error = spoiled.error;
      }
      if (error) {
        if (auto stopped = fault(index, json_fault_key, malformed(error))) return stopped;
        key = {};
      }
      uint32_t key_offset = keep(key), key_length = uint32_t(key.size());
      uint32_t child = uint32_t(nodes.size());
      if (auto stopped = append(field.value(), depth + 1)) return stopped;
      raise(index, child);
      nodes[child].key_offset = key_offset;
      nodes[child].key_length = key_length;
      members.push_back(child);
    }
    raise(index, index);
    nodes[index].kind = json_kind_object;
    nodes[index].length = uint32_t(members.size() - first);
    auto stopped = link_sorted(first, index);
    members.resize(first);
    return stopped;
  }

  /// Chains an object's members by the bytes of their keys; two equal neighbours are a duplicate.
  failure link_sorted(size_t first, uint32_t index) {
    std::sort(members.begin() + first, members.end(),
              [&](uint32_t a, uint32_t b) { return key_of(a) < key_of(b); });
    for (size_t at = first; at < members.size(); at++) {
      if (at == first) {
        nodes[index].offset = members[at];
        continue;
      }
      if (nodes[index].fault <= json_fault_within &&
          key_of(members[at - 1]) == key_of(members[at])) {
        if (!kept) duplicate = key_of(members[at]);
        failure twice{json_status_duplicate_member, nullptr};
        if (auto stopped = fault(index, json_fault_duplicate_member, twice)) return stopped;
      }
      nodes[members[at - 1]].sorted_next = members[at];
    }
    return {};
  }

  std::string_view key_of(uint32_t index) const {
    return {reinterpret_cast<const char *>(text.data()) + nodes[index].key_offset,
            nodes[index].key_length};
  }

  uint32_t keep(std::string_view piece) {
    uint32_t offset = uint32_t(text.size());
    text.insert(text.end(), piece.begin(), piece.end());
    return offset;
  }

 public:
  /// The name of a member that stands twice; its own, for the walk may go on.
  std::string duplicate;
};

/// Bytes of nodes that a thread keeps: enough for 10,000 events of usual size.
constexpr size_t kept_bytes = 8 << 20;

/// What one thread keeps between texts, so that a request allocates nothing but its document.
struct workshop {
  ondemand::parser parser;
  std::vector<uint8_t> padded;
  std::vector<json_node> nodes;
  std::vector<uint8_t> text;
  std::vector<uint32_t> members;
};

template <typename Item>
Item *copy_of(const std::vector<Item> &items) {
  auto *copy = static_cast<Item *>(std::malloc(std::max<size_t>(1, items.size()) * sizeof(Item)));
  if (copy && !items.empty()) std::memcpy(copy, items.data(), items.size() * sizeof(Item));
  return copy;
}

void parse(json_document &result, const uint8_t *bytes, size_t length, size_t capacity,
           uint32_t max_depth, bool keeps_faults) {
  static thread_local workshop shop;
  // One text of nothing but numbers must not cost every thread its memory for good.
  if (shop.nodes.capacity() * sizeof(json_node) > kept_bytes) shop = workshop();
  shop.nodes.clear();
  shop.text.clear();
  shop.members.clear();
  auto pad = [&] {
    shop.padded.resize(length + simdjson::SIMDJSON_PADDING);
    if (length > 0) std::memcpy(shop.padded.data(), bytes, length);
    std::memset(shop.padded.data() + length, 0, simdjson::SIMDJSON_PADDING);
    bytes = shop.padded.data();
    capacity = shop.padded.size();
  };
  // On-Demand takes the byte behind a text that is cut off for one more token of it.
  if (capacity < length + simdjson::SIMDJSON_PADDING || ends_or_goes_on(bytes[length])) pad();
  spoiled_bytes spoiled;
  walk walk(shop.nodes, shop.text, shop.members, spoiled, max_depth, keeps_faults);
  failure stopped;
  ondemand::document document;
  auto error = shop.parser.iterate(bytes, length, capacity).get(document);
  if (keeps_faults && (error == simdjson::UTF8_ERROR || error == simdjson::UNESCAPED_CHARS)) {
    if (bytes != shop.padded.data()) pad();
    spoiled.error = error;
    spoiled.replace(shop.padded, length);
    if (!spoiled.are_too_many()) {
      error = shop.parser.iterate(bytes, length, capacity).get(document);
    }
  }
  if (error) {
    stopped = malformed(error);
  } else {
    stopped = walk.append(document, 0);
    if (!stopped && document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
      stopped = {json_status_malformed, "there is more text after the value"};
    }
  }
  result.status = stopped.status;
  result.fault = walk.kept.status;
  if (!stopped) stopped = walk.kept;
  if (stopped.status == json_status_duplicate_member) {
    std::snprintf(result.message, sizeof result.message, "%s", walk.duplicate.c_str());
  } else if (stopped) {
    std::snprintf(result.message, sizeof result.message, "%s",
                  stopped.reason ? stopped.reason : "");
  }
  if (result.status != json_status_ok) return;
  result.nodes = copy_of(shop.nodes);
  result.text = copy_of(shop.text);
  result.node_count = uint32_t(shop.nodes.size());
  result.text_length = uint32_t(shop.text.size());
  if (!result.nodes || !result.text) result.status = json_status_no_memory;
}

}  // namespace

extern "C" json_document *json_document_parse(const uint8_t *bytes, size_t length, size_t capacity,
                                              uint32_t max_depth, bool keeps_faults) {
  auto *result = static_cast<json_document *>(std::calloc(1, sizeof(json_document)));
  if (!result) return nullptr;
  try {
    parse(*result, bytes, length, capacity, max_depth, keeps_faults);
  } catch (const std::bad_alloc &) {
    result->status = json_status_no_memory;
  }
  return result;
}

extern "C" void json_document_free(json_document *document) {
  if (!document) return;
  std::free(document->nodes);
  std::free(document->text);
  std::free(document);
}
