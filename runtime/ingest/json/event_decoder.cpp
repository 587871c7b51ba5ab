// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/json/event_decoder.h"
#include "runtime/program/field_slot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <utility>

#include "runtime/base/nearest.h"
#include "runtime/ingest/json/json_problem.h"
#include "runtime/search/text.h"

namespace stoop {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr size_t kMostChecked = 4096;  // fields that are checked without being asked for

Mark mark_of(std::string_view name) {
    static const std::unordered_map<std::string_view, Mark> kMarks = {
        {"rule", Mark::Rule},
        {"time", Mark::Time},
        {"output_fields", Mark::OutputFields},
        {"source", Mark::Source},
        {"hostname", Mark::Hostname},
        {"evt.source", Mark::EventSource},
        {"evt.args", Mark::EventArguments},
        {"evt.time", Mark::EventTime},
        {"evt.time.iso8601", Mark::EventTimeIso8601},
        {"evt.datetime", Mark::EventDateTime},
        {"evt.type", Mark::EventType},
    };
    for (size_t i = 0; i < kWrappers; ++i)
        if (!name.empty() && wrappers()[i].key == name) return wrapper_mark(i);
    auto known = kMarks.find(name);
    return known == kMarks.end() ? Mark::None : known->second;
}

// A name without its dots, dashes and capitals: what `proc_name` and `procName` share with `proc.name`.
std::string plain_name(std::string_view name) {
    std::string out;
    for (char c : name)
        if (std::isalnum(static_cast<unsigned char>(c))) out += ascii_lower(c);
    return out;
}

}  // namespace

EventDecoder::EventDecoder(const Schema& schema, const Program& program, Check check, const Limits& limits)
    : schema_(schema),
      check_(check),
      limits_(limits),
      slots_(program.slots),
      time_slot_(program.time_slot),
      type_slot_(program.type_slot),
      deriver_(schema, slots_),
      budget_(program, limits[Limit::TransformedBytes]),
      program_slots_(program.slots.size()) {
    for (uint32_t i = 0; i < slots_.size(); ++i) {
        const std::optional<FieldRef> ref = field_of(slots_[i], schema_);
        // Of an unknown field nothing is read, whatever its slot says.
        pointers_.emplace_back();
        if (ref && !slots_[i].pointer.empty()) pointers_.back().emplace(slots_[i].pointer);
        if (!ref) {
            add_unknown_target();
            continue;
        }
        add_target(*ref, i);
        const std::string& spelling = slots_[i].spelling;
        for (size_t dot = spelling.find('.'); dot != spelling.npos; dot = spelling.find('.', dot + 1))
            prefixes_.insert(spelling.substr(0, dot));
        if (ref->field->argument == ArgumentForm::DottedKey) prefixes_.insert(slots_[i].field);
    }
    for (uint32_t i = 0; i < program_slots_; ++i) plain_names_.emplace(plain_name(slots_[i].spelling), i);
    number_slot_ = slot_of("evt.num");
    source_slot_ = slot_of("evt.source");
    host_slot_ = slot_of("evt.hostname");
    for (const Field& field : schema_.fields()) {
        if (field.pointer.empty()) continue;
        has_pointers_ = true;
        if (!slot_of(field.name)) other_pointers_.emplace_back(field.pointer);
    }
    map_types(program.event_types);
    for (EventTypeId type = 0; type < program.event_type_count(); ++type)
        wanted_.push_back(
            std::any_of(program.rules.begin(), program.rules.end(),
                        [&](const ProgramRule& rule) { return rule.event_types.contains(type); }));
}

// A type is known by its name: a program has types of its own numbers.
void EventDecoder::map_types(const std::vector<std::string>& of_program) {
    TextViewMap<EventTypeId> numbers;
    for (size_t type = 0; type < of_program.size(); ++type)
        numbers.try_emplace(of_program[type], static_cast<EventTypeId>(type));
    for (const std::string& name : schema_.event_types().types()) {
        auto known = numbers.find(name);
        types_.push_back(known == numbers.end() ? kAnyEventType : known->second);
    }
    types_.push_back(static_cast<EventTypeId>(of_program.size()));  // the generic event
}

uint32_t EventDecoder::add_target(const FieldRef& ref, uint32_t slot) {
    auto [entry, fresh] = target_of_.try_emplace(ref.spelling, static_cast<uint32_t>(targets_.size()));
    if (fresh) push_target(ref, slot);
    return entry->second;
}

// For a field of a program that was made for another schema: no key leads to it.
void EventDecoder::add_unknown_target() {
    static const Field kUnknown;
    FieldRef ref;
    ref.field = &kUnknown;
    push_target(ref, kNoTarget);
}

void EventDecoder::push_target(const FieldRef& ref, uint32_t slot) {
    targets_.push_back({ValueType(ref), ref.field->filter_only, slot});
    refs_.push_back(ref);
    misread_of_.push_back(0);
}

std::optional<uint32_t> EventDecoder::slot_of(const std::string& field) const {
    auto target = target_of_.find(field);
    if (target == target_of_.end()) return std::nullopt;
    return targets_[target->second].slot;
}

// Whether fields begin with this name and a dot.
bool EventDecoder::is_prefix(const std::string& name) const {
    if (check_ == Check::AskedFields) return prefixes_.contains(name);
    if (const Field* field = schema_.exact(name))
        return field->argument == ArgumentForm::Parameter || field->argument == ArgumentForm::EventType ||
               field->argument == ArgumentForm::Dotted || field->argument == ArgumentForm::DottedKey;
    return schema_.is_prefix(name);
}

void EventDecoder::resolve(KnownKey& key, std::string name) {
    key.mark = mark_of(name);
    Schema::Lookup found = schema_.find(name);
    if (!found.ref) found.ref = schema_.older_spelling(name);
    key.field = found.ref.has_value();
    if (!key.field) {
        if (is_prefix(name))
            key.inner = std::make_unique<KeyTable>(name + ".", remembered_);
        else if (check_ == Check::AskedFields)
            key.misspelling = number_of_misspelling(name, std::move(found.instead));
        key.problem =
            std::make_unique<KnownKey::Problem>(KnownKey::Problem{std::move(name), std::move(found.error)});
        return;
    }
    auto target = target_of_.find(found.ref->spelling);
    if (target != target_of_.end())
        key.target = target->second;
    else if (check_ == Check::AllFields && targets_.size() < slots_.size() + kMostChecked)
        key.target = add_target(*found.ref, kNoTarget);
}

// 0 if no field that is read has a name like it. To look for one takes long, so that is done for the first
// unknown keys only. `instead`: what was meant, where that is certain.
uint16_t EventDecoder::number_of_misspelling(const std::string& name, std::string instead) {
    constexpr size_t kMostLookedNear = 4096, kLongest = 64;
    if (misspellings_.size() >= kMostLookedNear || name.size() > kLongest) return 0;
    uint32_t slot = kNoTarget;
    if (auto plain = plain_names_.find(plain_name(name)); plain != plain_names_.end()) {
        slot = plain->second;
    } else if (name.find('.') != name.npos && looked_near_ < kMostLookedNear) {
        ++looked_near_;
        std::vector<std::string_view> names;
        for (uint32_t i = 0; i < program_slots_; ++i) names.push_back(slots_[i].spelling);
        slot = slot_of(nearest(name, names)).value_or(kNoTarget);
    }
    if (slot == kNoTarget) return 0;
    if (instead.empty()) instead = slots_[slot].spelling;
    misspellings_.push_back({name, slot, std::move(instead)});
    return static_cast<uint16_t>(misspellings_.size());
}

const EventDecoder::Misspelling* EventDecoder::misspelling(const Event& event) const {
    for (uint16_t number : misspelt_) {
        const Misspelling& one = misspellings_[number - 1];
        const Value& value = event.values[one.slot];
        if (value.state == State::NotRecorded || value.derived) return &one;
    }
    return nullptr;
}

// Nothing is remembered for ever, as events are untrusted.
void EventDecoder::forget_if_full() {
    if (!remembered_.are_full()) return;
    keys_.clear();
    alert_keys_.clear();
    misspellings_.clear();
    remembered_ = RememberedKeys();
    for (; targets_.size() > slots_.size(); targets_.pop_back(), refs_.pop_back())
        target_of_.erase(refs_.back().spelling);
    misread_of_.resize(targets_.size());
}

// Notes what the entry at `token` says by being there.
inline void EventDecoder::note_key(const KnownKey& key, uint32_t token, bool outermost) {
    if (key.mark != Mark::None) found_.marks[static_cast<size_t>(key.mark)] = token + 2;
    found_.any_field |= key.field;
    found_.outer_field |= key.field && outermost;
}

// The value of an entry, which is not an object of fields.
inline void EventDecoder::take_value(const KnownKey& key, uint32_t token, bool alert, Event& event) {
    if (key.target != kNoTarget)
        read_field(key.target, token + 2, alert, event);
    else if (!key.field)
        note_other_key(key, token);
}

void EventDecoder::note_other_key(const KnownKey& key, uint32_t token) {
    if (key.misspelling != 0) misspelt_.push_back(key.misspelling);
    if (check_ == Check::AllFields && !found_.unknown) note_unknown(key, token);
}

// The same of an entry that one look told: most are nulls and texts, of which all is known.
inline void EventDecoder::take_entry(JsonTokens::Entry entry, const KnownKey& key, uint32_t token, bool alert,
                                     Event& event) {
    const bool known = key.target != kNoTarget;
    if (known && misreads_.empty() && !alert) {
        const Target& target = targets_[key.target];
        Value& value = target.slot == kNoTarget ? unwanted_ : event.values[target.slot];
        if (entry == JsonTokens::Entry::Null) {
            value = Value::absent();
            return;
        }
        if (entry == JsonTokens::Entry::Text && target.type.is_text()) {
            value = Value::of_text(tokens_.raw_string(token + 2));
            return;
        }
    }
    take_value(key, token, alert, event);
}

// Over the object at `token`; false if it is not JSON.
bool EventDecoder::walk_fields(uint32_t& token, KeyTable& table, bool alert, Event& event) {
    if (tokens_.kind(++token) == '}') return ++token, true;
    bool outermost = table.prefix().empty();
    KnownKey* key = table.start();
    for (;; ++token) {  // over the comma
        // The loop within the loop is most of what decoding costs.
        for (KnownKey* next = key->next; next && !next->inner; next = key->next) {
            JsonTokens::Entry entry = tokens_.entry(token, next->expected);
            if (entry == JsonTokens::Entry::Other) break;
            key = next;
            note_key(*key, token, outermost);
            take_entry(entry, *key, token, alert, event);
            token += 4;
        }
        if (tokens_.kind(token) != '"' || tokens_.kind(token + 1) != ':') return false;
        key = table.find(tokens_, token, *key,
                         [&](KnownKey& made, std::string name) { resolve(made, std::move(name)); });
        if (!key) return false;
        uint32_t entry = token;
        token += 2;
        if (key->inner && tokens_.kind(token) == '{') {
            if (!walk_fields(token, *key->inner, alert, event)) return false;
        } else {
            if (!tokens_.skip_value(token)) return false;
            note_key(*key, entry, outermost);
            take_value(*key, entry, alert, event);
        }
        if (tokens_.kind(token) == '}') return ++token, true;
        if (tokens_.kind(token) != ',') return false;
    }
}

void EventDecoder::read_field(uint32_t index, uint32_t token, bool alert, Event& event) {
    const Target& target = targets_[index];
    // Made where it is to be: a copy would wait for the pieces of a value that was just put together.
    Value& value = target.slot == kNoTarget ? unwanted_ : event.values[target.slot];
    Misfit misfit = Misfit::None;
    bool hidden = alert && target.hidden_in_alerts &&
                  (tokens_.kind(token) == 'n' || tokens_.text(token) == "\"<IPNET>\"");
    if (hidden)
        value = Value();
    else
        misfit = reader_.read(token, target.type, event.arena, value);
    if (misfit != Misfit::None || !misreads_.empty()) note_misread(index, token, misfit);
}

void EventDecoder::note_misread(uint32_t target, uint32_t token, Misfit misfit) {
    if (uint32_t before = std::exchange(misread_of_[target], 0)) misreads_[before - 1].misfit = Misfit::None;
    if (misfit == Misfit::None) return;
    misreads_.push_back({target, token, misfit});
    misread_of_[target] = static_cast<uint32_t>(misreads_.size());
}

void EventDecoder::forget_misreads() {
    for (const Misread& misread : misreads_) misread_of_[misread.target] = 0;
    misreads_.clear();
}

const EventDecoder::Misread* EventDecoder::first_misread() const {
    auto first = std::find_if(misreads_.begin(), misreads_.end(),
                              [](const Misread& misread) { return misread.misfit != Misfit::None; });
    return first == misreads_.end() ? nullptr : &*first;
}

void EventDecoder::note_unknown(const KnownKey& key, uint32_t token) {
    size_t begin = tokens_.begin(token);
    std::string suggestion = schema_.suggest(key.problem->name);
    found_.unknown = EventProblem{EventProblem::Kind::UnknownField,
                                  fmt::format("'{}': {}", key.problem->name, key.problem->error),
                                  "unknown field",
                                  suggestion.empty() ? "'stoop fields' lists all fields"
                                                     : fmt::format("did you mean '{}'?", suggestion),
                                  begin,
                                  begin + tokens_.text(token).size()};
}

EventProblem EventDecoder::wrong_type(const Misread& misread) {
    const FieldRef& ref = refs_[misread.target];
    return {EventProblem::Kind::WrongType,
            fmt::format("field '{}' is of type {}; found {}", ref.spelling, type_name(ref.type),
                        describe_json(tokens_, misread.token)),
            "expected " + expectation(misread.misfit, targets_[misread.target].type),
            "",
            tokens_.begin(misread.token),
            tokens_.value_end(misread.token)};
}

// The value at `token`, which is no text, as the JSON text of a slot.
std::optional<EventProblem> EventDecoder::read_json_text(std::string_view text, uint32_t token, uint32_t slot,
                                                         Event& event) {
    size_t begin = tokens_.begin(token), end = tokens_.value_end(token);
    // The library's writer recurses.
    if (uint64_t most = limits_[Limit::Depth]; tokens_.depth(token) > most)
        return EventProblem{EventProblem::Kind::LimitExceeded,
                            fmt::format("the value of field '{}' is nested too deeply: {} levels are allowed",
                                        slots_[slot].spelling, most),
                            "",
                            limit_help(Limit::Depth, most),
                            begin,
                            begin + 1};
    auto json = nlohmann::json::parse(text.substr(begin, end - begin), nullptr, false);
    // An escape may stand for half a character.
    constexpr auto kReplace = nlohmann::json::error_handler_t::replace;
    if (!json.is_discarded())
        event.values[slot] = Value::of_text(event.arena.copy(json.dump(-1, ' ', false, kReplace)));
    return std::nullopt;
}

// What is not there, or not of the field's type, is absent. Text fields take other values as JSON.
std::optional<EventProblem> EventDecoder::read_source_document(std::string_view text, Event& event,
                                                               bool& found) {
    pointed_.assign(slots_.size(), std::nullopt);
    found = false;
    for (uint32_t i = 0; i < slots_.size(); ++i) {
        if (pointers_[i]) pointed_[i] = pointers_[i]->find(tokens_);
        found = found || pointed_[i];
    }
    // The rules may ask for nothing that is in the document.
    for (size_t i = 0; i < other_pointers_.size() && !found; ++i)
        found = other_pointers_[i].find(tokens_).has_value();
    if (!found) return std::nullopt;
    for (uint32_t i = 0; i < slots_.size(); ++i) {
        if (!pointers_[i]) continue;
        event.values[i] = Value::absent();
        if (!pointed_[i]) continue;
        uint32_t token = *pointed_[i];
        const Slot& slot = slots_[i];
        char kind = tokens_.kind(token);
        Value value;
        if (type_class(slot.type) == TypeClass::Text && !slot.list && kind != '"' && kind != 'n') {
            if (auto problem = read_json_text(text, token, i, event)) return problem;
        } else if (reader_.read(token, targets_[i].type, event.arena, value) == Misfit::None) {
            event.values[i] = value;
        }
    }
    return std::nullopt;
}

bool EventDecoder::is_alert() const {
    uint32_t fields = found_.of(Mark::OutputFields);
    return found_.of(Mark::Rule) && fields && tokens_.kind(fields) == '{';
}

// The value of a slot that nothing was recorded for, to be derived; null if something was.
Value* EventDecoder::unrecorded(const std::optional<uint32_t>& slot, Event& event) const {
    if (!slot || event.values[*slot].state != State::NotRecorded) return nullptr;
    return &event.values[*slot];
}

void EventDecoder::set_number(Event& event) {
    Value* number = event.number == 0 ? nullptr : unrecorded(number_slot_, event);
    if (!number) return;
    *number = Value::of_unsigned(event.number);
    number->derived = true;
}

bool EventDecoder::is_of_other_source() {
    uint32_t token = found_.of(alert_ ? Mark::Source : Mark::EventSource);
    return token && tokens_.kind(token) == '"' && !tokens_.is_string(token, schema_.source());
}

// An alert says of itself where it is from, which its event was not asked to print.
void EventDecoder::set_source(Event& event) {
    uint32_t token = found_.of(alert_ ? Mark::Source : Mark::EventSource);
    bool given = token && tokens_.kind(token) == '"';
    std::string_view source = given ? tokens_.string(token, event.arena) : schema_.source();
    event.source = source;
    if (Value* value = unrecorded(source_slot_, event)) {
        *value = Value::of_text(source);
        value->derived = true;
    }
    uint32_t host = alert_ ? found_.of(Mark::Hostname) : 0;
    Value* value = host && tokens_.kind(host) == '"' ? unrecorded(host_slot_, event) : nullptr;
    if (!value) return;
    *value = Value::of_text(tokens_.string(host, event.arena));
    value->derived = true;
}

// evt.rawtime from whatever tells the time (spec: alert-derivation.md).
void EventDecoder::set_time(Event& event) {
    Value& time = event.values[time_slot_];
    if (time.state != State::NotRecorded) return;
    for (Mark mark : {Mark::EventTime, Mark::EventTimeIso8601, Mark::EventDateTime, Mark::Time}) {
        uint32_t token = mark == Mark::Time && !alert_ ? 0 : found_.of(mark);
        if (!token) continue;
        std::optional<uint64_t> ns;
        if (tokens_.kind(token) == '"') {
            ns = parse_iso8601(tokens_.string(token, event.arena));
        } else if (tokens_.is_number(token)) {
            JsonNumber number = read_json_number(tokens_.text(token));
            if (number.kind == JsonNumber::Kind::Unsigned) ns = number.u;
        }
        if (!ns) continue;
        time = Value::of_unsigned(*ns);
        time.derived = true;
        return;
    }
    uint32_t token = alert_ ? found_.of(Mark::Time) : 0;
    unreadable_time_ = token && tokens_.kind(token) != 'n';
}

void EventDecoder::set_type(Event& event) {
    if (!type_slot_) return;
    const Value& type = event.values[*type_slot_];
    if (!type.present()) return;
    uint32_t arguments = found_.of(Mark::EventArguments);
    EventTypeId id = schema_.event_types().id(type.text(), arguments && tokens_.text(arguments) == "\"\"");
    event.type = id < types_.size() ? types_[id] : kAnyEventType;
}

bool EventDecoder::is_wanted(EventTypeId type) const {
    return check_ == Check::AllFields || type >= wanted_.size() || wanted_[type];
}

std::optional<EventProblem> EventDecoder::decode(std::string_view text, Event& event) {
    event.clear(slots_.size());
    return decode_marked(event.arena.copy(text), event);
}

std::optional<EventProblem> EventDecoder::decode_in_place(std::string_view text, Event& event) {
    event.clear(slots_.size());
    return decode_marked(text, event);
}

// Files are put together from others, so a line may begin with a byte order mark; a second one is no JSON.
std::optional<EventProblem> EventDecoder::decode_marked(std::string_view text, Event& event) {
    if (!text.starts_with(kByteOrderMark)) return decode_layers(text, event);
    auto problem = decode_layers(text.substr(kByteOrderMark.size()), event);
    if (!problem) return problem;
    problem->begin += kByteOrderMark.size();
    problem->end += kByteOrderMark.size();
    return problem;
}

std::optional<EventProblem> EventDecoder::decode_layers(std::string_view text, Event& event) {
    depth_ = 0;
    for (;;) {
        content_.reset();
        not_opened_.reset();
        unread_ = alert_ = unreadable_time_ = document_ = false;
        found_ = Found();
        forget_misreads();
        misspelt_.clear();
        std::optional<CriLine> line = read_cri_line(text);
        auto problem = line ? open_cri_line(*line, text, event) : decode_text(text, event);
        if (problem) return outward(std::move(*problem));
        if (!content_) return std::nullopt;
        text = *content_;
    }
}

std::optional<EventProblem> EventDecoder::decode_text(std::string_view text, Event& event) {
    forget_if_full();
    uint32_t token = 0;
    if (!tokens_.scan(text) || tokens_.kind(0) != '{' || !walk_fields(token, keys_, false, event) ||
        token != tokens_.count())
        return explain_bad_json(text);
    alert_ = is_alert();
    if (alert_) {
        walk_alert(event);
    } else if (!found_.outer_field) {
        if (has_pointers_)
            if (auto problem = read_source_document(text, event, document_)) return problem;
        if (document_) {
            set_source(event);
            set_number(event);
            return budget_.check(event, text.size());
        }
        if (open_wrapper(text, event)) return std::nullopt;
    }
    const Misread* misread = first_misread();
    bool unknown = found_.unknown && !alert_;
    if (unknown || misread) {
        if (!is_of_other_source())
            return !unknown ? wrong_type(*misread) : found_.any_field ? found_.unknown : unread_problem();
        // Its fields have other names and types.
        std::fill(event.values.begin(), event.values.end(), Value());
    }
    set_source(event);
    set_number(event);
    set_time(event);
    set_type(event);
    if (is_wanted(event.type)) deriver_.run(event);
    return budget_.check(event, text.size());
}

void EventDecoder::walk_alert(Event& event) {
    Found outer = std::exchange(found_, Found());
    forget_misreads();
    misspelt_.clear();
    std::fill(event.values.begin(), event.values.end(), Value());
    uint32_t token = outer.of(Mark::OutputFields);
    walk_fields(token, alert_keys_, true, event);
    for (Mark mark : {Mark::Rule, Mark::Time, Mark::OutputFields, Mark::Source, Mark::Hostname})
        found_.marks[static_cast<size_t>(mark)] = outer.of(mark);
    uint32_t rule = found_.of(Mark::Rule);
    if (tokens_.kind(rule) == '"') event.rule = tokens_.string(rule, event.arena);
}

}  // namespace stoop
