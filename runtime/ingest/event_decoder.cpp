#include "runtime/ingest/event_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/event/time.h"
#include "runtime/ingest/json_problem.h"
#include "runtime/ingest/json_value.h"

namespace stoop {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr size_t kMostExtraTargets = 4096;

AlertKey alert_key(std::string_view name) {
    if (name == "rule") return AlertKey::Rule;
    if (name == "time") return AlertKey::Time;
    if (name == "output_fields") return AlertKey::OutputFields;
    if (name == "source") return AlertKey::Source;
    if (name == "hostname") return AlertKey::Hostname;
    return AlertKey::None;
}

// Fields that Falco never prints in an alert, whatever their value.
bool hidden_in_alerts(const FieldRef& ref, const JsonTokens& tokens, uint32_t token) {
    return ref.field->filter_only && (tokens.kind(token) == 'n' || tokens.text(token) == "\"<IPNET>\"");
}

}  // namespace

EventDecoder::EventDecoder(const Schema& schema, const Plan& plan, Check check)
    : schema_(schema),
      check_(check),
      slots_(plan.slots),
      time_slot_(plan.time_slot),
      type_slot_(plan.type_slot),
      deriver_(schema, slots_) {
    for (uint32_t i = 0; i < slots_.size(); ++i) targets_[add_target(slots_[i].ref)].slot = i;
    auto always = [&](const char* name) -> std::optional<uint32_t> {
        Schema::Lookup found = schema.find(name);
        return found.ref ? std::optional(add_target(*found.ref)) : std::nullopt;
    };
    source_ = always("evt.source");
    arguments_ = always("evt.args");
    for (const char* name : {"evt.time", "evt.time.iso8601", "evt.datetime"})
        if (auto target = always(name)) times_.push_back(*target);
    first_extra_ = targets_.size();
    for (const Field& field : schema_.fields()) has_pointers_ = has_pointers_ || !field.pointer.empty();
    if (has_pointers_)
        for (const Slot& slot : slots_) pointers_.emplace_back(slot.ref.has_argument ? "" : slot.ref.field->pointer);
    for (EventTypeId type = 0; type < schema.event_types().size(); ++type)
        wanted_.push_back(std::any_of(plan.rules.begin(), plan.rules.end(),
                                      [&](const PlanRule& rule) { return rule.event_types.contains(type); }));
}

uint32_t EventDecoder::add_target(const FieldRef& ref) {
    auto [entry, fresh] = target_of_.try_emplace(ref.spelling, static_cast<uint32_t>(targets_.size()));
    if (fresh) targets_.push_back({ref, std::nullopt});
    return entry->second;
}

std::optional<uint32_t> EventDecoder::token_of(std::optional<uint32_t> target) const {
    if (!target || targets_[*target].seen != event_number_) return std::nullopt;
    return targets_[*target].token;
}

// Whether fields begin with this name and a dot.
bool EventDecoder::is_prefix(const std::string& name) const {
    if (check_ == Check::AskedFields)
        return std::any_of(targets_.begin(), targets_.end(),
                           [&](const Target& t) { return t.ref.spelling.starts_with(name + "."); });
    if (const Field* field = schema_.exact(name))
        return field->argument == ArgumentForm::Parameter || field->argument == ArgumentForm::EventType ||
               field->argument == ArgumentForm::Dotted || field->argument == ArgumentForm::DottedKey;
    return std::any_of(schema_.fields().begin(), schema_.fields().end(),
                       [&](const Field& field) { return field.name.starts_with(name + "."); });
}

void EventDecoder::resolve(KnownKey& key) {
    key.alert = alert_key(key.name);
    // To say what may have been meant takes long, and nobody asks.
    bool look = check_ == Check::AllFields || schema_.knows(key.name.substr(0, key.name.find('[')));
    Schema::Lookup found = look ? schema_.find(key.name) : Schema::Lookup();
    key.field = found.ref.has_value();
    if (!key.field) {
        key.error = std::move(found.error);
        key.suggestion = std::move(found.suggestion);
        if (is_prefix(key.name)) key.inner = std::make_unique<KeyTable>(key.name + ".");
        return;
    }
    auto target = target_of_.find(found.ref->spelling);
    if (target != target_of_.end())
        key.target = target->second;
    else if (check_ == Check::AllFields && targets_.size() < first_extra_ + kMostExtraTargets)
        key.target = add_target(*found.ref);
}

// Nothing is remembered for ever, as events are untrusted.
void EventDecoder::forget_if_full() {
    if (!keys_.is_full() && !alert_keys_.is_full()) return;
    keys_.clear();
    alert_keys_.clear();
    for (size_t i = first_extra_; i < targets_.size(); ++i) target_of_.erase(targets_[i].ref.spelling);
    targets_.erase(targets_.begin() + static_cast<std::ptrdiff_t>(first_extra_), targets_.end());
}

void EventDecoder::start_fields() {
    ++event_number_;
    touched_.clear();
}

// Over the object at `token`; false if it is not JSON.
bool EventDecoder::walk_fields(uint32_t& token, KeyTable& table, Found& found) {
    if (tokens_.kind(++token) == '}') return ++token, true;
    KnownKey* key = table.start();
    for (;; ++token) {  // over the comma
        if (tokens_.kind(token) != '"' || tokens_.kind(token + 1) != ':') return false;
        key = table.find(tokens_, token, *key, [&](KnownKey& made) { resolve(made); });
        if (!key) return false;
        uint32_t value = token + 2;
        if (key->inner && tokens_.kind(value) == '{') {
            if (!walk_fields(value, *key->inner, found)) return false;
        } else {
            note(*key, token, table, found);
            if (!tokens_.skip_value(value)) return false;
        }
        token = value;
        if (tokens_.kind(token) == '}') return ++token, true;
        if (tokens_.kind(token) != ',') return false;
    }
}

void EventDecoder::note(const KnownKey& key, uint32_t token, const KeyTable& table, Found& found) {
    bool top = table.prefix().empty();
    if (top) found.any_field = found.any_field || key.field;
    if (top && key.alert != AlertKey::None) found.alert[static_cast<size_t>(key.alert)] = token + 2;
    if (key.target != kNoTarget) {
        Target& target = targets_[key.target];
        if (target.seen != event_number_) touched_.push_back(key.target);
        target.seen = event_number_;
        target.token = token + 2;
    } else if (!key.field && check_ == Check::AllFields && !found.unknown) {
        size_t begin = tokens_.begin(token);
        found.unknown = EventProblem{EventProblem::Kind::UnknownField,
                                     fmt::format("'{}': {}", key.name, key.error),
                                     "unknown field",
                                     key.suggestion.empty() ? "'stoop fields' lists all fields"
                                                            : fmt::format("did you mean '{}'?", key.suggestion),
                                     begin,
                                     begin + tokens_.text(token).size()};
    }
}

std::optional<EventProblem> EventDecoder::read_fields(bool alert, Event& event) {
    for (uint32_t index : touched_) {
        const Target& target = targets_[index];
        if (alert && hidden_in_alerts(target.ref, tokens_, target.token)) continue;
        Value value;
        Misfit misfit = read_json_value(tokens_, target.token, target.ref, event.arena, value);
        if (misfit != Misfit::None)
            return EventProblem{EventProblem::Kind::WrongType,
                                fmt::format("field '{}' is of type {}; found {}", target.ref.spelling,
                                            type_name(target.ref.type), describe_json(tokens_, target.token)),
                                "expected " + expectation(misfit, target.ref),
                                "",
                                tokens_.begin(target.token),
                                tokens_.value_end(target.token)};
        if (target.slot) event.values[*target.slot] = value;
    }
    return std::nullopt;
}

// What is not there, or not of the field's type, is absent. Text fields take other values as JSON.
void EventDecoder::read_source_document(std::string_view text, Event& event) {
    for (uint32_t i = 0; i < slots_.size(); ++i) {
        const FieldRef& ref = slots_[i].ref;
        if (ref.field->pointer.empty() || ref.has_argument) continue;
        event.values[i] = Value::absent();
        auto token = pointers_[i].find(tokens_, event.arena);
        if (!token) continue;
        char kind = tokens_.kind(*token);
        Value value;
        if (type_class(ref.type) == TypeClass::Text && !ref.field->list && kind != '"' && kind != 'n') {
            size_t begin = tokens_.begin(*token);
            auto json = nlohmann::json::parse(text.substr(begin, tokens_.value_end(*token) - begin));
            event.values[i] = Value::of_text(event.arena.copy(json.dump()));
        } else if (read_json_value(tokens_, *token, ref, event.arena, value) == Misfit::None) {
            event.values[i] = value;
        }
    }
}

bool EventDecoder::is_alert(const Found& found) const {
    uint32_t fields = found.of(AlertKey::OutputFields);
    return found.of(AlertKey::Rule) && found.of(AlertKey::Time) && fields && tokens_.kind(fields) == '{';
}

// An alert says of itself what its event was not asked to print.
void EventDecoder::record(const char* field, uint32_t token, Event& event) {
    auto target = target_of_.find(field);
    if (target == target_of_.end() || !targets_[target->second].slot || tokens_.kind(token) != '"') return;
    Value& value = event.values[*targets_[target->second].slot];
    if (value.state != State::NotRecorded) return;
    value = Value::of_text(tokens_.string(token, event.arena));
    value.derived = true;
}

void EventDecoder::set_source(const Found& found, bool alert, Event& event) {
    uint32_t token = alert ? found.of(AlertKey::Source) : token_of(source_).value_or(0);
    if (token && tokens_.kind(token) == '"') event.source = tokens_.string(token, event.arena);
    if (!alert) return;
    if (token) record("evt.source", token, event);
    if (uint32_t host = found.of(AlertKey::Hostname)) record("evt.hostname", host, event);
}

// evt.rawtime from whatever tells the time (spec: alert-derivation.md).
void EventDecoder::set_time(const Found& found, bool alert, Event& event) {
    Value& time = event.values[time_slot_];
    if (time.state != State::NotRecorded) return;
    auto take = [&](uint32_t token) {
        std::optional<uint64_t> ns;
        if (tokens_.kind(token) == '"') {
            ns = parse_iso8601(tokens_.string(token, event.arena));
        } else if (tokens_.is_number(token)) {
            JsonNumber number = read_json_number(tokens_.text(token));
            if (number.kind == JsonNumber::Kind::Unsigned) ns = number.u;
        }
        if (!ns || time.present()) return;
        time = Value::of_unsigned(*ns);
        time.derived = true;
    };
    for (uint32_t target : times_)
        if (auto token = token_of(target)) take(*token);
    if (alert) take(found.of(AlertKey::Time));
}

void EventDecoder::set_type(Event& event) {
    if (!type_slot_) return;
    const Value& type = event.values[*type_slot_];
    if (!type.present()) return;
    auto arguments = token_of(arguments_);
    event.type = schema_.event_types().id(type.text(), arguments && tokens_.text(*arguments) == "\"\"");
}

bool EventDecoder::is_wanted(EventTypeId type) const {
    return check_ == Check::AllFields || type >= wanted_.size() || wanted_[type];
}

std::optional<EventProblem> EventDecoder::decode(std::string_view text, Event& event) {
    event.clear(slots_.size());
    return decode_text(event.arena.copy(text), event);
}

std::optional<EventProblem> EventDecoder::decode_in_place(std::string_view text, Event& event) {
    event.clear(slots_.size());
    return decode_text(text, event);
}

std::optional<EventProblem> EventDecoder::decode_text(std::string_view text, Event& event) {
    if (text.starts_with(kByteOrderMark)) {  // files are put together from others
        auto problem = decode_text(text.substr(kByteOrderMark.size()), event);
        if (!problem) return problem;
        problem->begin += kByteOrderMark.size();
        problem->end += kByteOrderMark.size();
        return problem;
    }
    forget_if_full();
    start_fields();
    Found found;
    uint32_t token = 0;
    if (!tokens_.scan(text) || tokens_.kind(0) != '{' || !walk_fields(token, keys_, found) ||
        token != tokens_.count())
        return explain_bad_json(text);
    event.source = schema_.source();
    bool alert = is_alert(found);
    if (!alert && has_pointers_ && !found.any_field) {
        read_source_document(text, event);
        return std::nullopt;
    }
    if (alert) {
        start_fields();
        token = found.of(AlertKey::OutputFields);
        Found ignored;  // alerts carry what their rule's author added under names of their own
        walk_fields(token, alert_keys_, ignored);
    } else if (found.unknown) {
        return found.unknown;
    }
    if (auto problem = read_fields(alert, event)) return problem;
    set_source(found, alert, event);
    set_time(found, alert, event);
    set_type(event);
    if (is_wanted(event.type)) deriver_.run(event);
    return std::nullopt;
}

}  // namespace stoop
