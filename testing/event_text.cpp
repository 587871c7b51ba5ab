// SPDX-License-Identifier: Apache-2.0
#include "testing/event_text.h"

#include <algorithm>

#include "testing/test_values.h"

namespace stoop {

std::string_view EventText::of(const LoadedTest& test, size_t index) {
    TestEvent event = test.event(index);
    given_.clear();
    if (event.recorded && !test.changes()) return event.recorded->text();
    set_test(test);
    text_.clear();
    first_ = true;
    std::string_view end = "}";
    if (event.recorded) {
        // What is not a JSON object stays as it is; the decoder then says what is wrong.
        auto copied = copy_recorded(event.recorded->text());
        if (!copied) return event.recorded->text();
        end = *copied;
    } else {
        text_ = "{";
        for (const FieldValue& value : event.written->values)
            if (!is_changed(value.field)) put(value);
    }
    for (const FieldValue* value : set_) put(*value);
    return text_ += end;
}

std::optional<std::string> EventText::hostname(const LoadedTest& test, size_t index) {
    TestEvent event = test.event(index);
    uint32_t end = 0;
    if (!event.recorded || !tokens_.scan(event.recorded->text()) || tokens_.kind(0) != '{' ||
        !tokens_.skip_value(end))
        return std::nullopt;
    std::optional<std::string> out;
    for_each_entry(0, [&](uint32_t key, uint32_t value) {
        if (tokens_.is_string(key, "hostname") && tokens_.kind(value) == '"') {
            arena_.reset();
            out = std::string(tokens_.string(value, arena_));
        }
    });
    return out;
}

const FieldValue* EventText::given_before(size_t offset) const {
    auto behind = std::upper_bound(given_.begin(), given_.end(), offset,
                                   [](size_t at, const auto& given) { return at < given.first; });
    return behind == given_.begin() ? nullptr : std::prev(behind)->second;
}

void EventText::set_test(const LoadedTest& test) {
    if (test_ == test.test && variant_ == test.variant) return;
    test_ = test.test;
    variant_ = test.variant;
    changed_.clear();
    set_.clear();
    for (const std::string& field : test.test->unset) changed_[field] = nullptr;
    std::vector<const FieldValue*> all;
    test.for_each_set([&](const FieldValue& value) {
        changed_[value.field] = &value;
        all.push_back(&value);
    });
    for (const FieldValue* value : all)
        if (changed_[value->field] == value) set_.push_back(value);
}

template <typename Visit>
void EventText::for_each_entry(uint32_t object, const Visit& visit) {
    for (uint32_t key = object + 1; tokens_.kind(key) == '"';) {
        uint32_t value = key + 2, next = value;
        visit(key, value);
        tokens_.skip_value(next);
        key = next + (tokens_.kind(next) == ',');
    }
}

void EventText::separate() {
    if (!first_) text_ += ',';
    first_ = false;
}

void EventText::put(const FieldValue& value) {
    separate();
    given_.emplace_back(text_.size(), &value);
    text_ += nlohmann::json(value.field).dump(-1, ' ', false, kReplace);
    text_ += ':';
    text_ += value.json;
}

// The event up to the end of its fields, but for those that the test changes. Of an alert the fields come
// last. Returns what ends the event; nothing if the text is no JSON object.
std::optional<std::string_view> EventText::copy_recorded(std::string_view text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    uint32_t end = 0;
    if (!tokens_.scan(text) || tokens_.kind(0) != '{' || !tokens_.skip_value(end) || end != tokens_.count())
        return std::nullopt;
    arena_.reset();
    auto copy = [&](uint32_t key, uint32_t value) {
        separate();
        size_t begin = tokens_.begin(key);
        text_ += text.substr(begin, tokens_.value_end(value) - begin);
    };
    uint32_t fields = 0;
    for_each_entry(0, [&](uint32_t key, uint32_t value) {
        if (tokens_.string(key, arena_) == "output_fields") fields = tokens_.kind(value) == '{' ? value : 0;
    });
    text_ = "{";
    if (fields != 0) {
        for_each_entry(0, [&](uint32_t key, uint32_t value) {
            if (tokens_.string(key, arena_) != "output_fields") copy(key, value);
        });
        separate();
        text_ += "\"output_fields\":{";
        first_ = true;
    }
    for_each_entry(fields, [&](uint32_t key, uint32_t value) {
        if (!is_changed(tokens_.string(key, arena_))) copy(key, value);
    });
    return fields == 0 ? "}" : "}}";
}

}  // namespace stoop
