// SPDX-License-Identifier: Apache-2.0
#include "tests/support/reference_decoder.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "runtime/event/address.h"
#include "runtime/event/time.h"
#include "runtime/ingest/json/json_pointer.h"
#include "runtime/ingest/json/wrapper.h"

namespace stoop::tests {
namespace {

using nlohmann::json;

// Falco prints some numbers as text: hexadecimal, octal, or with leading zeros.
bool read_printed_number(const std::string& text, PrintFormat format, uint64_t& out) {
    int base = format == PrintFormat::Hex ? 16 : format == PrintFormat::Octal ? 8 : 10;
    auto result = std::from_chars(text.data(), text.data() + text.size(), out, base);
    return !text.empty() && result.ec == std::errc() && result.ptr == text.data() + text.size();
}

std::string read_signed(const json& j, unsigned bits, PrintFormat format, Value& out) {
    std::string expected = "an integer of " + std::to_string(bits) + " bits";
    int64_t value;
    if (j.is_string() && (format == PrintFormat::Hex || format == PrintFormat::Octal)) {
        uint64_t pattern;
        if (!read_printed_number(j.get_ref<const std::string&>(), format, pattern)) return expected;
        value = bits == 32 ? static_cast<int32_t>(pattern)
                           : static_cast<int64_t>(pattern);  // the bits, as printed
    } else if (j.is_number_unsigned() && j.get<uint64_t>() <= static_cast<uint64_t>(INT64_MAX)) {
        value = j.get<int64_t>();
    } else if (j.is_number_integer() && !j.is_number_unsigned()) {
        value = j.get<int64_t>();
    } else {
        return expected;
    }
    if (bits < 64 && (value < -(int64_t{1} << (bits - 1)) || value >= int64_t{1} << (bits - 1)))
        return expected;
    out = Value::of_signed(value);
    return "";
}

std::string read_unsigned(const json& j, unsigned bits, PrintFormat format, Value& out) {
    std::string expected = "a non-negative integer of " + std::to_string(bits) + " bits";
    uint64_t value;
    if (j.is_string() && format != PrintFormat::Decimal && format != PrintFormat::None) {
        if (!read_printed_number(j.get_ref<const std::string&>(), format, value)) return expected;
    } else if (j.is_number_unsigned() || (j.is_number_integer() && j.get<int64_t>() >= 0)) {
        value = j.get<uint64_t>();
    } else {
        return expected;
    }
    if (bits < 64 && value >> bits != 0) return expected;
    out = Value::of_unsigned(value);
    return "";
}

std::string read_text(const json& j, const FieldRef& ref, Arena& arena, Value& out) {
    if (j.is_number_unsigned()) {  // a time field, as alerts have it
        if (auto text = time_field_text(ref.field->name, j.get<uint64_t>())) {
            out = Value::of_text(arena.copy(*text));
            return "";
        }
    }
    if (!j.is_string()) return "a string";
    const std::string& text = j.get_ref<const std::string&>();
    out = Value::of_text(arena.copy(std::string_view(text).substr(0, text.find('\0'))));
    return "";
}

std::string read_bytes(const json& j, Arena& arena, Value& out) {
    constexpr const char* kExpected = "a string or {\"hex\": \"…\"}";
    if (j.is_string()) {
        out = Value::of_text(arena.copy(j.get_ref<const std::string&>()));
        return "";
    }
    if (!j.is_object() || j.size() != 1 || !j.contains("hex") || !j["hex"].is_string()) return kExpected;
    const std::string& hex = j["hex"].get_ref<const std::string&>();
    if (hex.size() % 2 != 0) return "an even number of hexadecimal digits";
    char* bytes = arena.bytes(hex.size() / 2 + 1);
    for (size_t i = 0; i < hex.size(); i += 2) {
        uint8_t byte;
        auto result = std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
        if (result.ec != std::errc() || result.ptr != hex.data() + i + 2) return "hexadecimal digits";
        bytes[i / 2] = static_cast<char>(byte);
    }
    out = Value::of_text({bytes, hex.size() / 2});
    return "";
}

std::string read_address(const json& j, Arena& arena, Value& out) {
    if (!j.is_string()) return "an IP address in a string";
    auto address = parse_address(j.get_ref<const std::string&>());
    if (!address) return "an IP address";
    out = Value::of_text(arena.copy({address->bytes, address->size}));
    return "";
}

std::string read_scalar(const json& j, const FieldRef& ref, Arena& arena, Value& out) {
    switch (type_class(ref.type)) {
        case TypeClass::Boolean:
            if (!j.is_boolean()) return "true or false";
            out = Value::of_bool(j.get<bool>());
            return "";
        case TypeClass::Signed: return read_signed(j, type_bits(ref.type), ref.print, out);
        case TypeClass::Unsigned: return read_unsigned(j, type_bits(ref.type), ref.print, out);
        case TypeClass::Double:
            if (!j.is_number()) return "a number";
            out = Value::of_double(j.get<double>());
            return "";
        case TypeClass::Text: return read_text(j, ref, arena, out);
        case TypeClass::Bytes: return read_bytes(j, arena, out);
        case TypeClass::Address:
        case TypeClass::Network: return read_address(j, arena, out);
        case TypeClass::Opaque:  // nothing but `exists` applies to it, so any value will do
            out = Value::of_text("");
            return "";
    }
    return "";
}

std::string read_list(const json& j, const FieldRef& ref, Arena& arena, Value& out) {
    size_t count = j.is_array() ? j.size() : 1;
    auto items = arena.values(count);
    for (size_t i = 0; i < count; ++i) {
        std::string expected = read_scalar(j.is_array() ? j[i] : j, ref, arena, items[i]);
        if (!expected.empty()) return expected + ", or an array of such";
    }
    bool empty = items.empty() && ref.field->list && !ref.field->may_be_empty;
    out = empty ? Value::absent() : Value::of_list(items);
    return "";
}

std::string read_value(const json& j, const FieldRef& ref, Arena& arena, Value& out) {
    if (j.is_null()) {
        out = Value::absent();
        return "";
    }
    return ref.holds_list() ? read_list(j, ref, arena, out) : read_scalar(j, ref, arena, out);
}

using Entries = std::vector<std::pair<std::string, json>>;

struct Members {
    Entries outer;
    Entries output_fields;  // of that member, the last time
};

// The members of an object in their order, those that come again included; nothing if the text is no object.
std::optional<Members> members(std::string_view text) {
    if (text.find('\0') != text.npos) return std::nullopt;  // the library takes it for the end
    Members out;
    std::string outer_key, key;
    auto note = [&](int depth, json::parse_event_t event, json& value) {
        bool whole = event == json::parse_event_t::value || event == json::parse_event_t::object_end ||
                     event == json::parse_event_t::array_end;
        if (depth == 1 && event == json::parse_event_t::key) {
            outer_key = value;
            if (outer_key == "output_fields") out.output_fields.clear();
        }
        if (depth == 2 && event == json::parse_event_t::key) key = value;
        if (depth == 1 && whole) out.outer.emplace_back(outer_key, value);
        if (depth == 2 && whole && outer_key == "output_fields") out.output_fields.emplace_back(key, value);
        return true;
    };
    try {
        if (!json::parse(text, note).is_object()) return std::nullopt;
    } catch (const json::exception&) {
        return std::nullopt;
    }
    return out;
}

const json* last(const Entries& entries, const std::string& key) {
    auto found =
        std::find_if(entries.rbegin(), entries.rend(), [&](const auto& e) { return e.first == key; });
    return found == entries.rend() ? nullptr : &found->second;
}

}  // namespace

// The outermost members, those that may be fields, and fields by name in their order.
struct ReferenceDecoder::Fields {
    Entries outer, members, flat;
    bool alert = false;

    const json* source() const { return alert ? last(outer, "source") : last(flat, "evt.source"); }
};

ReferenceDecoder::ReferenceDecoder(const Schema& schema, const Program& program, Check check)
    : schema_(schema), program_(program), check_(check), slots_(program.slots), deriver_(schema, slots_) {}

bool ReferenceDecoder::is_prefix(const std::string& name) const {
    if (schema_.find(name).ref) return false;
    if (const Field* field = schema_.exact(name))
        return field->argument != ArgumentForm::None && field->argument != ArgumentForm::Index &&
               field->argument != ArgumentForm::Key && field->argument != ArgumentForm::KeyOrIndex &&
               field->argument != ArgumentForm::Number;
    return std::any_of(schema_.fields().begin(), schema_.fields().end(),
                       [&](const Field& field) { return field.name.starts_with(name + "."); });
}

std::optional<EventProblem::Kind> ReferenceDecoder::read(const Fields& fields, Event& event) {
    std::optional<EventProblem::Kind> unknown, wrong;
    std::set<std::string> read;
    for (auto entry = fields.flat.rbegin(); entry != fields.flat.rend(); ++entry) {
        Schema::Lookup found = schema_.find(entry->first);
        if (!found.ref) found.ref = schema_.older_spelling(entry->first);
        if (!found.ref) {
            if (!fields.alert && check_ == Check::AllFields) unknown = EventProblem::Kind::UnknownField;
            continue;
        }
        const FieldRef& ref = *found.ref;
        auto slot = std::find_if(slots_.begin(), slots_.end(),
                                 [&](const Slot& s) { return s.spelling == ref.spelling; });
        if (slot == slots_.end() && check_ == Check::AskedFields) continue;
        if (!read.insert(ref.spelling).second) continue;
        bool hidden = ref.field->filter_only && (entry->second.is_null() || entry->second == "<IPNET>");
        if (fields.alert && hidden) continue;
        Value value;
        if (!read_value(entry->second, ref, event.arena, value).empty())
            wrong = EventProblem::Kind::WrongType;
        else if (slot != slots_.end())
            event.values[static_cast<size_t>(slot - slots_.begin())] = value;
    }
    const json* source = fields.source();
    if ((unknown || wrong) && source && source->is_string() && *source != schema_.source()) {
        std::fill(event.values.begin(), event.values.end(), Value());
        return std::nullopt;
    }
    return unknown ? unknown : wrong;
}

// What the wrapper of a document holds; nothing if it is no wrapper, or an event by itself.
std::optional<std::string> ReferenceDecoder::unwrapped(std::string_view text, const Fields& fields) const {
    for (const auto& [key, value] : fields.members)
        if (schema_.find(key).ref) return std::nullopt;
    if (last(fields.flat, "evt.type")) return std::nullopt;
    JsonTokens tokens;
    tokens.scan(text);
    Arena arena;
    std::optional<std::string> first;
    for (const Wrapper& wrapper : wrappers()) {
        const json* value = wrapper.key.empty() ? nullptr : last(fields.members, std::string(wrapper.key));
        if (!value) continue;
        std::string key(wrapper.key);
        uint32_t token = *JsonPointer("/" + key).find(tokens);
        size_t begin = tokens.begin(token);
        std::string written(text.substr(begin, tokens.value_end(token) - begin));
        if (value->is_string()) written = written.substr(1, written.size() - 2);
        if (!value->is_object() && !(value->is_string() && may_hold_event(written))) continue;
        std::string inner = value->is_string() ? value->get<std::string>() : written;
        if (written.find("output_fields") != written.npos || written.find("evt.") != written.npos)
            return inner;
        if (!first) first = inner;
    }
    return first;
}

std::optional<EventProblem::Kind> ReferenceDecoder::decode(std::string_view text, Event& event) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    bool marked = text.starts_with(kByteOrderMark) && read_cri_line(text.substr(kByteOrderMark.size()));
    return decode_in(marked ? text.substr(kByteOrderMark.size()) : text, 0, event);
}

std::optional<EventProblem::Kind> ReferenceDecoder::decode_in(std::string_view text, size_t wrappers,
                                                              Event& event) {
    event.clear(slots_.size());
    if (auto line = read_cri_line(text)) {
        std::string_view content = text.substr(line->content);
        if (wrappers < kMostWrappers) {
            if (line->partial) return EventProblem::Kind::NotJson;
            if (may_hold_event(content)) return decode_in(content, wrappers + 1, event);
        }
        if (check_ == Check::AllFields) return EventProblem::Kind::UnknownField;
        finish({}, event);
        return std::nullopt;
    }
    auto all = members(text);
    if (!all) return EventProblem::Kind::NotJson;
    Fields fields;
    const json* output = last(all->outer, "output_fields");
    fields.alert = last(all->outer, "rule") && output && output->is_object();
    fields.outer = all->outer;
    fields.members = fields.alert ? all->output_fields : all->outer;
    std::function<void(const std::string&, const json&)> flatten = [&](const std::string& name,
                                                                       const json& j) {
        if (!j.is_object() || !is_prefix(name)) return fields.flat.emplace_back(name, j), void();
        for (const auto& [key, value] : j.items()) flatten(name + "." + key, value);
    };
    for (const auto& [key, value] : fields.members) flatten(key, value);
    if (auto inner = fields.alert ? std::nullopt : unwrapped(text, fields);
        inner && wrappers < kMostWrappers) {
        std::string kept = *inner;
        return decode_in(kept, wrappers + 1, event);
    }
    if (auto problem = read(fields, event)) return problem;
    finish(fields, event);
    return std::nullopt;
}

// What is known beside the fields.
void ReferenceDecoder::finish(const Fields& fields, Event& event) {
    bool alert = fields.alert;
    const json* source = fields.source();
    event.source = source && source->is_string() ? source->get<std::string>() : schema_.source();
    auto derive = [&](const char* name, Value value) {
        for (size_t i = 0; i < slots_.size(); ++i) {
            if (slots_[i].spelling != name || event.values[i].state != State::NotRecorded) continue;
            event.values[i] = value;
            event.values[i].derived = true;
        }
    };
    derive("evt.source", Value::of_text(event.arena.copy(event.source)));
    if (event.number > 0) derive("evt.num", Value::of_unsigned(event.number));
    const json* host = alert ? last(fields.outer, "hostname") : nullptr;
    if (host && host->is_string())
        derive("evt.hostname", Value::of_text(event.arena.copy(host->get_ref<const std::string&>())));
    Value& time = event.values[program_.time_slot];
    bool timed = time.state != State::NotRecorded;
    auto take = [&](const json* value) {
        std::optional<uint64_t> ns;
        if (value && value->is_number_unsigned()) ns = value->get<uint64_t>();
        if (value && value->is_string()) ns = parse_iso8601(value->get_ref<const std::string&>());
        if (timed || !ns) return;
        time = Value::of_unsigned(*ns);
        time.derived = timed = true;
    };
    for (const char* key : {"evt.time", "evt.time.iso8601", "evt.datetime"}) take(last(fields.flat, key));
    if (alert) take(last(fields.outer, "time"));
    if (program_.type_slot && event.values[*program_.type_slot].present()) {
        const json* arguments = last(fields.flat, "evt.args");
        event.type =
            schema_.event_types().id(event.values[*program_.type_slot].text(), arguments && *arguments == "");
    }
    deriver_.run(event);
}

}  // namespace stoop::tests
