#include "runtime/ingest/event_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "runtime/ingest/json_problem.h"

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
    };
    auto known = kMarks.find(name);
    return known == kMarks.end() ? Mark::None : known->second;
}

}  // namespace

EventDecoder::EventDecoder(const Schema& schema, const Plan& plan, Check check, const Limits& limits)
    : schema_(schema),
      check_(check),
      limits_(limits),
      slots_(plan.slots),
      time_slot_(plan.time_slot),
      type_slot_(plan.type_slot),
      deriver_(schema, slots_),
      budget_(plan) {
    for (uint32_t i = 0; i < slots_.size(); ++i) {
        add_target(slots_[i].ref, i);
        const std::string& spelling = slots_[i].ref.spelling;
        for (size_t dot = spelling.find('.'); dot != spelling.npos; dot = spelling.find('.', dot + 1))
            prefixes_.insert(spelling.substr(0, dot));
        pointers_.emplace_back(slots_[i].ref.has_argument ? "" : slots_[i].ref.field->pointer);
    }
    for (const Field& field : schema_.fields()) has_pointers_ = has_pointers_ || !field.pointer.empty();
    for (EventTypeId type = 0; type < schema.event_types().size(); ++type)
        wanted_.push_back(std::any_of(plan.rules.begin(), plan.rules.end(),
                                      [&](const PlanRule& rule) { return rule.event_types.contains(type); }));
}

uint32_t EventDecoder::add_target(const FieldRef& ref, uint32_t slot) {
    auto [entry, fresh] = target_of_.try_emplace(ref.spelling, static_cast<uint32_t>(targets_.size()));
    if (fresh) {
        targets_.push_back({ValueType(ref), ref.field->filter_only, slot});
        refs_.push_back(ref);
        misread_of_.push_back(0);
    }
    return entry->second;
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
    key.field = found.ref.has_value();
    if (!key.field) {
        if (is_prefix(name)) key.inner = std::make_unique<KeyTable>(name + ".", remembered_);
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

// Nothing is remembered for ever, as events are untrusted.
void EventDecoder::forget_if_full() {
    if (!remembered_.are_full()) return;
    keys_.clear();
    alert_keys_.clear();
    remembered_ = RememberedKeys();
    for (; targets_.size() > slots_.size(); targets_.pop_back(), refs_.pop_back())
        target_of_.erase(refs_.back().spelling);
    misread_of_.resize(targets_.size());
}

// Notes what the entry at `token` says by being there.
inline void EventDecoder::note_key(const KnownKey& key, uint32_t token) {
    if (key.mark != Mark::None) found_.marks[static_cast<size_t>(key.mark)] = token + 2;
    found_.any_field |= key.field;
}

// The value of an entry, which is not an object of fields.
inline void EventDecoder::take_value(const KnownKey& key, uint32_t token, bool alert, Event& event) {
    if (key.target != kNoTarget)
        read_field(key.target, token + 2, alert, event);
    else if (!key.field && check_ == Check::AllFields && !found_.unknown)
        note_unknown(key, token);
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
            if (outermost) note_key(*key, token);
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
            if (outermost) note_key(*key, entry);
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
                                        slots_[slot].ref.spelling, most),
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
std::optional<EventProblem> EventDecoder::read_source_document(std::string_view text, Event& event) {
    for (uint32_t i = 0; i < slots_.size(); ++i) {
        const FieldRef& ref = slots_[i].ref;
        if (ref.field->pointer.empty() || ref.has_argument) continue;
        event.values[i] = Value::absent();
        auto token = pointers_[i].find(tokens_);
        if (!token) continue;
        char kind = tokens_.kind(*token);
        Value value;
        if (type_class(ref.type) == TypeClass::Text && !ref.field->list && kind != '"' && kind != 'n') {
            if (auto problem = read_json_text(text, *token, i, event)) return problem;
        } else if (reader_.read(*token, targets_[i].type, event.arena, value) == Misfit::None) {
            event.values[i] = value;
        }
    }
    return std::nullopt;
}

bool EventDecoder::is_alert() const {
    uint32_t fields = found_.of(Mark::OutputFields);
    return found_.of(Mark::Rule) && found_.of(Mark::Time) && fields && tokens_.kind(fields) == '{';
}

// An alert says of itself what its event was not asked to print.
void EventDecoder::record(const char* field, uint32_t token, Event& event) {
    auto target = target_of_.find(field);
    if (target == target_of_.end() || targets_[target->second].slot == kNoTarget) return;
    Value& value = event.values[targets_[target->second].slot];
    if (value.state != State::NotRecorded || tokens_.kind(token) != '"') return;
    value = Value::of_text(tokens_.string(token, event.arena));
    value.derived = true;
}

void EventDecoder::set_source(bool alert, Event& event) {
    uint32_t token = found_.of(alert ? Mark::Source : Mark::EventSource);
    if (token && tokens_.kind(token) == '"') event.source = tokens_.string(token, event.arena);
    if (!alert) return;
    if (token) record("evt.source", token, event);
    if (uint32_t host = found_.of(Mark::Hostname)) record("evt.hostname", host, event);
}

// evt.rawtime from whatever tells the time (spec: alert-derivation.md).
void EventDecoder::set_time(bool alert, Event& event) {
    Value& time = event.values[time_slot_];
    if (time.state != State::NotRecorded) return;
    for (Mark mark : {Mark::EventTime, Mark::EventTimeIso8601, Mark::EventDateTime, Mark::Time}) {
        uint32_t token = mark == Mark::Time && !alert ? 0 : found_.of(mark);
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
}

void EventDecoder::set_type(Event& event) {
    if (!type_slot_) return;
    const Value& type = event.values[*type_slot_];
    if (!type.present()) return;
    uint32_t arguments = found_.of(Mark::EventArguments);
    event.type = schema_.event_types().id(type.text(), arguments && tokens_.text(arguments) == "\"\"");
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
    if (!text.starts_with(kByteOrderMark)) return decode_text(text, event);
    auto problem = decode_text(text.substr(kByteOrderMark.size()), event);
    if (!problem) return problem;
    problem->begin += kByteOrderMark.size();
    problem->end += kByteOrderMark.size();
    return problem;
}

std::optional<EventProblem> EventDecoder::decode_text(std::string_view text, Event& event) {
    forget_misreads();
    forget_if_full();
    found_ = Found();
    uint32_t token = 0;
    if (!tokens_.scan(text) || tokens_.kind(0) != '{' || !walk_fields(token, keys_, false, event) ||
        token != tokens_.count())
        return explain_bad_json(text);
    event.source = schema_.source();
    bool alert = is_alert();
    if (alert) {
        Found outer = std::exchange(found_, Found());
        forget_misreads();
        std::fill(event.values.begin(), event.values.end(), Value());
        token = outer.of(Mark::OutputFields);
        walk_fields(token, alert_keys_, true, event);
        for (Mark mark : {Mark::Time, Mark::Source, Mark::Hostname})
            found_.marks[static_cast<size_t>(mark)] = outer.of(mark);
    } else if (has_pointers_ && !found_.any_field) {
        if (auto problem = read_source_document(text, event)) return problem;
        return budget_.check(event, text.size());
    } else if (found_.unknown) {
        return found_.unknown;
    }
    if (const Misread* misread = first_misread()) return wrong_type(*misread);
    set_source(alert, event);
    set_time(alert, event);
    set_type(event);
    if (is_wanted(event.type)) deriver_.run(event);
    return budget_.check(event, text.size());
}

}  // namespace stoop
