// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/json/json_pointer.h"

#include <charconv>

namespace stoop {
namespace {

// The value under the last key of this name.
std::optional<uint32_t> member(JsonTokens& tokens, uint32_t token, std::string_view name) {
    std::optional<uint32_t> out;
    if (tokens.kind(++token) == '}') return out;
    for (;; ++token) {  // over the comma
        if (tokens.is_string(token, name)) out = token + 2;
        token += 2;
        tokens.skip_value(token);
        if (tokens.kind(token) != ',') return out;
    }
}

std::optional<uint32_t> element(JsonTokens& tokens, uint32_t token, std::string_view index) {
    size_t wanted = 0;
    auto read = std::from_chars(index.data(), index.data() + index.size(), wanted);
    bool number = read.ec == std::errc() && read.ptr == index.data() + index.size();
    if (!number || (index[0] == '0' && index.size() > 1) || tokens.kind(++token) == ']') return std::nullopt;
    for (size_t i = 0;; ++i, ++token) {  // over the comma
        if (i == wanted) return token;
        tokens.skip_value(token);
        if (tokens.kind(token) != ',') return std::nullopt;
    }
}

}  // namespace

JsonPointer::JsonPointer(std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '/' || steps_.empty()) {
            steps_.emplace_back();
        } else if (text[i] == '~' && i + 1 < text.size()) {
            steps_.back() += text[++i] == '1' ? '/' : '~';
        } else {
            steps_.back() += text[i];
        }
    }
}

std::optional<uint32_t> JsonPointer::find(JsonTokens& tokens) const {
    std::optional<uint32_t> at = 0;
    for (const std::string& step : steps_) {
        char kind = tokens.kind(*at);
        if (kind == '{')
            at = member(tokens, *at, step);
        else if (kind == '[')
            at = element(tokens, *at, step);
        else
            return std::nullopt;
        if (!at) return at;
    }
    return at;
}

}  // namespace stoop
