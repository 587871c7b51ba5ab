// SPDX-License-Identifier: Apache-2.0
#include "testing/test_template.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/excerpt.h"

namespace stoop {
namespace {

// A value on one line.
std::string shown(const YamlNode& node) {
    if (node.IsNull()) return "null";
    if (node.IsScalar()) return fmt::format("\"{}\"", excerpt(node.Scalar()));
    return node.IsMap() ? "{…}" : "[…]";
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t";
    size_t begin = text.find_first_not_of(kBlank);
    if (begin == text.npos) return "";
    return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

}  // namespace

void TestTemplate::add(Values values) {
    Part part{std::move(values), {}, {}, size_, 1};
    part.strides.resize(part.values.size());
    for (size_t i = part.values.size(); i-- > 0;) {
        const auto& [key, list] = part.values[i];
        part.strides[i] = part.size;
        part.by_key.try_emplace(key, i);
        part.size = list.size() > UINT64_MAX / part.size ? UINT64_MAX : part.size * list.size();
    }
    if (parts_.empty())
        for (const auto& [key, list] : part.values) keys_.push_back(key);
    size_ += std::min(part.size, UINT64_MAX - size_);
    parts_.push_back(std::move(part));
}

const TestTemplate::Part& TestTemplate::part_of(uint64_t number) const {
    auto behind = std::upper_bound(parts_.begin(), parts_.end(), number,
                                   [](uint64_t at, const Part& part) { return at < part.begin; });
    return *std::prev(behind);
}

std::optional<YamlNode> TestTemplate::value(uint64_t number, std::string_view key) const {
    const Part& part = part_of(number);
    auto found = part.by_key.find(key);
    if (found == part.by_key.end()) return std::nullopt;
    return part.value(found->second, number);
}

std::string TestTemplate::label(uint64_t number) const {
    const Part& part = part_of(number);
    std::string out;
    for (size_t i = 0; i < part.values.size() && out.size() <= kLongestShown; ++i)
        out += fmt::format("{}{}={}", out.empty() ? "" : ", ", excerpt(part.values[i].first),
                           shown(part.value(i, number)));
    return excerpt(out);
}

std::optional<Placeholder> find_placeholder(std::string_view text, size_t from) {
    for (size_t at = from; (at = text.find('{', at)) != text.npos; ++at) {
        if (at == from || (text[at - 1] != '%' && text[at - 1] != '$')) continue;
        size_t end = text.find('}', at);
        if (end == text.npos) return std::nullopt;
        std::string_view content = trimmed(text.substr(at + 1, end - at - 1));
        constexpr std::string_view kItem = "item.";
        Placeholder out{at - 1, end + 1, ""};
        if (content.starts_with(kItem)) out.key = content.substr(kItem.size());
        return out;
    }
    return std::nullopt;
}

std::string with_plain_placeholders(std::string_view text) {
    std::string out(text);
    for (size_t at = 0; (at = out.find("%{", at)) != out.npos; at += 2) {
        size_t before = at == 0 ? out.npos : out.find_last_not_of(" \t", at - 1);
        if (before != out.npos && before + 1 < at && out[before] == ':') out[at] = '$';
    }
    return out;
}

}  // namespace stoop
