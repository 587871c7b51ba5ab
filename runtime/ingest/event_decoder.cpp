#include "runtime/ingest/event_decoder.h"

#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "runtime/event/time.h"
#include "runtime/ingest/json_text.h"
#include "runtime/ingest/json_value.h"

namespace stoop {
namespace {

using nlohmann::json;

// Events are untrusted: keys beyond this many are looked up again each time instead of being remembered.
constexpr size_t kMostRememberedKeys = 4096;

bool is_alert(const json& document) {
    return document.contains("rule") && document.contains("time") && document.contains("output_fields") &&
           document["output_fields"].is_object();
}

std::string describe(const json& value) {
    switch (value.type()) {
        case json::value_t::null: return "null";
        case json::value_t::object: return "an object";
        case json::value_t::array: return "an array";
        case json::value_t::string: return "a string";
        case json::value_t::boolean: return "a boolean";
        default: return "the number " + value.dump();
    }
}

// nlohmann's message without its own position, which counts differently.
std::string parse_message(const json::parse_error& e) {
    std::string what = e.what();
    size_t colon = what.find("syntax error");
    return colon == what.npos ? what : what.substr(colon);
}

EventProblem not_json(std::string message, std::string label, size_t at) {
    return {EventProblem::Kind::NotJson,
            std::move(message),
            std::move(label),
            "each line must be one JSON object whose keys are field names, or a Falco alert",
            at,
            at + 1};
}

// Fields that Falco never prints in an alert, whatever their value.
bool hidden_in_alerts(const FieldRef& ref, const json& value) {
    return ref.field->filter_only && (value.is_null() || value == "<IPNET>");
}

}  // namespace

EventDecoder::EventDecoder(const Schema& schema, const Plan& plan)
    : schema_(schema),
      slots_(plan.slots),
      time_slot_(plan.time_slot),
      type_slot_(plan.type_slot),
      deriver_(schema, slots_) {
    for (uint32_t i = 0; i < slots_.size(); ++i) slot_of_.emplace(slots_[i].ref.spelling, i);
    for (const Field& field : schema_.fields()) has_pointers_ = has_pointers_ || !field.pointer.empty();
}

bool EventDecoder::is_source_document(const json& document) {
    if (!has_pointers_ || document.contains("evt.source")) return false;
    return std::none_of(document.items().begin(), document.items().end(),
                        [&](const auto& entry) { return known(entry.key()).ref.has_value(); });
}

// What is not there, or not of the field's type, is absent. Text fields take other values as JSON.
void EventDecoder::read_source_document(const json& document, Event& event) {
    for (uint32_t i = 0; i < slots_.size(); ++i) {
        const FieldRef& ref = slots_[i].ref;
        if (ref.field->pointer.empty() || ref.has_argument) continue;
        event.values[i] = Value::absent();
        json::json_pointer pointer(ref.field->pointer);
        if (!document.contains(pointer)) continue;
        json value = document[pointer];
        if (type_class(ref.type) == TypeClass::Text && !ref.field->list && !value.is_string() &&
            !value.is_null())
            value = value.dump();
        Value decoded;
        if (read_json_value(value, ref, event.arena, decoded).empty()) event.values[i] = decoded;
    }
}

const EventDecoder::KnownKey& EventDecoder::known(const std::string& key) {
    auto entry = keys_.find(key);
    if (entry != keys_.end()) return entry->second;
    Schema::Lookup found = schema_.find(key);
    KnownKey made{std::move(found.ref), std::nullopt, std::move(found.error), std::move(found.suggestion)};
    if (made.ref) {
        auto slot = slot_of_.find(made.ref->spelling);
        if (slot != slot_of_.end()) made.slot = slot->second;
    }
    if (keys_.size() >= kMostRememberedKeys) keys_.clear();
    return keys_.emplace(key, std::move(made)).first->second;
}

std::optional<EventProblem> EventDecoder::fields(const json& object, std::string_view text, bool alert,
                                                 Event& event) {
    auto path = [&](const std::string& key) {
        return alert ? std::vector<std::string>{"output_fields", key} : std::vector<std::string>{key};
    };
    for (const auto& [key, value] : object.items()) {
        const KnownKey& k = known(key);
        if (!k.ref) {
            // Alerts carry what their rule's author added under names of their own.
            if (alert) continue;
            JsonRange at = find_json_key(text, path(key));
            return EventProblem{EventProblem::Kind::UnknownField,
                                fmt::format("'{}': {}", key, k.error),
                                "unknown field",
                                k.suggestion.empty() ? "'stoop fields' lists all fields"
                                                     : fmt::format("did you mean '{}'?", k.suggestion),
                                at.begin,
                                at.end};
        }
        if (alert && hidden_in_alerts(*k.ref, value)) continue;
        Value decoded;
        std::string expected = read_json_value(value, *k.ref, event.arena, decoded);
        if (!expected.empty()) {
            JsonRange at = find_json_value(text, path(key));
            return EventProblem{EventProblem::Kind::WrongType,
                                fmt::format("field '{}' is of type {}; found {}", key, type_name(k.ref->type),
                                            describe(value)),
                                "expected " + expected,
                                "",
                                at.begin,
                                at.end};
        }
        if (k.slot) event.values[*k.slot] = decoded;
    }
    return std::nullopt;
}

// evt.rawtime from whatever tells the time (spec: alert-derivation.md).
void EventDecoder::set_time(const json& document, bool alert, Event& event) {
    Value& time = event.values[time_slot_];
    if (time.state != State::NotRecorded) return;
    const json& fields = alert ? document["output_fields"] : document;
    auto take = [&](const json& value) {
        std::optional<uint64_t> ns;
        if (value.is_number_unsigned()) ns = value.get<uint64_t>();
        if (value.is_string()) ns = parse_iso8601(value.get_ref<const std::string&>());
        if (!ns || time.present()) return;
        time = Value::of_unsigned(*ns);
        time.derived = true;
    };
    for (const char* key : {"evt.time", "evt.time.iso8601", "evt.datetime"})
        if (fields.contains(key)) take(fields[key]);
    if (alert) take(document["time"]);
}

void EventDecoder::set_type(const json& fields, Event& event) {
    if (!type_slot_) return;
    const Value& type = event.values[*type_slot_];
    if (!type.present()) return;
    auto arguments = fields.find("evt.args");
    event.type = schema_.event_types().id(type.text(), arguments != fields.end() && *arguments == "");
}

std::optional<EventProblem> EventDecoder::decode(std::string_view text, Event& event) {
    event.clear(slots_.size());
    json document;
    try {
        document = json::parse(text);
    } catch (const json::parse_error& e) {
        size_t at = e.byte > 0 ? e.byte - 1 : 0;
        // Of a word that means nothing the library gives the last byte that it looked at.
        while (at > 0 && at < text.size() && std::isalpha(static_cast<unsigned char>(text[at - 1]))) --at;
        return not_json("this is not JSON: " + parse_message(e),
                        at >= text.size() ? "the text ends here" : "here", at);
    } catch (const json::exception& e) {  // a number beyond what a double holds
        std::string_view what = e.what();
        size_t open = what.find('\''), close = what.rfind('\'');
        size_t at = open < close ? text.find(what.substr(open + 1, close - open - 1)) : 0;
        return not_json("a number is out of range", "too large", at == text.npos ? 0 : at);
    }
    if (!document.is_object()) return not_json("an event must be a JSON object", describe(document), 0);
    bool alert = is_alert(document);
    event.source = schema_.source();
    if (!alert && is_source_document(document)) {
        read_source_document(document, event);
        return std::nullopt;
    }
    if (auto problem = fields(alert ? document["output_fields"] : document, text, alert, event))
        return problem;
    const json& source = alert ? document["source"] : document["evt.source"];
    if (source.is_string()) event.source = source;
    auto recorded = [&](const char* name, const json& value) {
        auto slot = slot_of_.find(name);
        if (slot == slot_of_.end() || !value.is_string() ||
            event.values[slot->second].state != State::NotRecorded)
            return;
        event.values[slot->second] = Value::of_text(event.arena.copy(value.get_ref<const std::string&>()));
        event.values[slot->second].derived = true;
    };
    if (alert) {
        recorded("evt.source", source);
        recorded("evt.hostname", document["hostname"]);
    }
    set_time(document, alert, event);
    deriver_.run(event);
    set_type(alert ? document["output_fields"] : document, event);
    return std::nullopt;
}

}  // namespace stoop
