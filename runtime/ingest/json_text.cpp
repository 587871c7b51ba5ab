#include "runtime/ingest/json_text.h"

#include <nlohmann/json.hpp>

namespace stoop {
namespace {

size_t skip_space(std::string_view text, size_t at) {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r'))
        ++at;
    return at;
}

size_t skip_string(std::string_view text, size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
    return at + 1;
}

size_t skip_value(std::string_view text, size_t at) {
    size_t depth = 0;
    while (at < text.size()) {
        char c = text[at];
        if (c == '"') {
            at = skip_string(text, at);
            if (depth == 0) return at;
            continue;
        }
        if (depth == 0 &&
            (c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t'))
            return at;
        if (c == '{' || c == '[') ++depth;
        if ((c == '}' || c == ']') && --depth == 0) return at + 1;
        ++at;
    }
    return at;
}

struct Entry {
    JsonRange key;
    JsonRange value;
};

// The entry of the object at `at` whose key is `name`; the last one, as the library takes the last one.
bool find_entry(std::string_view text, size_t at, const std::string& name, Entry& out) {
    at = skip_space(text, at);
    if (at >= text.size() || text[at] != '{') return false;
    at = skip_space(text, at + 1);
    bool found = false;
    while (at < text.size() && text[at] == '"') {
        Entry entry;
        entry.key = {at, skip_string(text, at)};
        at = skip_space(text, skip_space(text, entry.key.end) + 1);  // the colon
        entry.value = {at, skip_value(text, at)};
        auto key = nlohmann::json::parse(text.substr(entry.key.begin, entry.key.end - entry.key.begin),
                                         nullptr, false);
        if (key.is_string() && key.get_ref<const std::string&>() == name) {
            out = entry;
            found = true;
        }
        at = skip_space(text, entry.value.end);
        if (at < text.size() && text[at] == ',') at = skip_space(text, at + 1);
    }
    return found;
}

Entry find_path(std::string_view text, const std::vector<std::string>& path) {
    Entry entry{{0, text.size()}, {0, text.size()}};
    for (const std::string& name : path)
        if (!find_entry(text, entry.value.begin, name, entry)) break;
    return entry;
}

}  // namespace

JsonRange find_json_value(std::string_view text, const std::vector<std::string>& path) {
    return find_path(text, path).value;
}

JsonRange find_json_key(std::string_view text, const std::vector<std::string>& path) {
    return find_path(text, path).key;
}

std::vector<JsonRange> json_elements(std::string_view text) {
    std::vector<JsonRange> out;
    size_t at = skip_space(text, skip_space(text, 0) + 1);
    while (at < text.size() && text[at] != ']') {
        size_t end = skip_value(text, at);
        out.push_back({at, end});
        at = skip_space(text, end);
        if (at < text.size() && text[at] == ',') at = skip_space(text, at + 1);
    }
    return out;
}

}  // namespace stoop
