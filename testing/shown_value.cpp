// SPDX-License-Identifier: Apache-2.0
#include "testing/shown_value.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/alert/render.h"
#include "runtime/base/excerpt.h"
#include "runtime/search/text.h"

namespace stoop {
namespace {

using nlohmann::ordered_json;

bool is_text(const Slot& slot) {
    TypeClass type = type_class(slot.type);
    return type == TypeClass::Text || type == TypeClass::Bytes;
}

ordered_json scalar_json(const Value& value, const Slot& slot) {
    std::string text;
    append_value_json(value, slot.type == Type::IPNET ? Type::IPADDR : slot.type, false, slot.print, text);
    return ordered_json::parse(text);
}

ordered_json text_json(const Value& value, const Slot& slot, size_t focus) {
    std::string text = cut(value.text(), focus);
    Value kept = Value::of_text(text);
    return scalar_json(is_long(value.text()) ? kept : value, slot);
}

ShownValue shown_list(const Value& list, const Slot& slot) {
    constexpr size_t kMostItems = 100;
    if (list.size == 0) return {};
    ShownValue out{ordered_json::array()};
    size_t bytes = 0, left = kLongestShown;
    bool whole = true, whole_items = true;
    for (const Value& item : list.list()) {
        bool text = item.present() && is_text(slot);
        if (text) bytes += item.size;
        whole = whole && out.json.size() < kMostItems && left > 0;
        if (!whole) continue;
        out.json.push_back(text ? text_json(item, slot, kNoFocus) : scalar_json(item, slot));
        left -= std::min<size_t>(left, text ? item.size : 1);
        if (text && is_long(item.text())) whole_items = false;
    }
    if (!whole) out.items = list.size;
    if (!whole || !whole_items) out.bytes = bytes;
    return out;
}

size_t first_difference(std::string_view a, std::string_view b) {
    return static_cast<size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

}  // namespace

std::string ShownValue::size_text() const {
    std::string out;
    if (items > 0) out = fmt::format("{} items", items);
    if (bytes > 0) out += fmt::format("{}{} bytes", out.empty() ? "" : ", ", bytes);
    return out;
}

ordered_json ShownValue::size_json() const {
    ordered_json out = ordered_json::object();
    if (items > 0) out["items"] = items;
    if (bytes > 0) out["bytes"] = bytes;
    return out;
}

ShownValue shown_value(const Value& value, const Slot& slot, size_t focus) {
    if (slot.holds_list()) return shown_list(value, slot);
    if (!is_text(slot)) return {scalar_json(value, slot)};
    return {text_json(value, slot, focus), is_long(value.text()) ? value.size : 0};
}

size_t focus_of(const Atom& atom, uint32_t slot, const Value& value) {
    bool one = compares_with_texts(atom) && atom.left.slot == slot && atom.constants.size() == 1;
    if (!one || !value.present() || !is_long(value.text())) return kNoFocus;
    std::string_view constant = atom.constants[0].text();
    switch (atom.op) {
        case Operator::Contains: return find(value.text(), constant);
        case Operator::Icontains: return find_ignoring_case(value.text(), constant);
        case Operator::Eq:
        case Operator::Ne:
        case Operator::Startswith: return first_difference(value.text(), constant);
        default: return kNoFocus;
    }
}

}  // namespace stoop
