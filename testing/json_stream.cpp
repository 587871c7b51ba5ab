// SPDX-License-Identifier: Apache-2.0
#include "testing/json_stream.h"

#include "testing/test_values.h"

namespace stoop {
namespace {

using nlohmann::ordered_json;

std::string indent(size_t depth) { return std::string(2 * depth, ' '); }

}  // namespace

// What stands before a value: a comma, a new line, its key.
std::string JsonStream::before(std::string_view key) {
    std::string out;
    if (!open_.empty()) {
        out = (open_.back().empty ? "\n" : ",\n") + indent(open_.size());
        open_.back().empty = false;
        if (open_.back().bracket == '{') out += ordered_json(key).dump(-1, ' ', false, kReplace) + ": ";
    }
    return out;
}

void JsonStream::open(std::string_view key, char bracket) {
    write_(before(key) + bracket);
    open_.push_back({bracket, true});
}

void JsonStream::close() {
    Open closed = open_.back();
    open_.pop_back();
    std::string out = closed.empty ? "" : "\n" + indent(open_.size());
    out += closed.bracket == '{' ? '}' : ']';
    if (open_.empty()) out += '\n';
    write_(out);
}

void JsonStream::put(std::string_view key, const ordered_json& value) {
    std::string out = before(key), in = indent(open_.size());
    for (char c : value.dump(2, ' ', false, kReplace)) {
        out += c;
        if (c == '\n') out += in;
    }
    write_(out);
}

void JsonStream::put_all(const ordered_json& object) {
    for (const auto& [key, value] : object.items()) put(key, value);
}

}  // namespace stoop
