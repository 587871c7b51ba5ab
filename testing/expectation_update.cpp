// SPDX-License-Identifier: Apache-2.0
#include "testing/expectation_update.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "runtime/base/excerpt.h"
#include "runtime/base/text_map.h"
#include "testing/assignment.h"
#include "testing/test_values.h"

namespace stoop {
namespace {

using nlohmann::json;

// As a test file says it: all values are texts.
json as_expected(const json& got) {
    if (got.is_string() || got.is_null()) return got;
    if (!got.is_array()) return got.dump(-1, ' ', false, kReplace);
    json out = json::array();
    for (const json& item : got) out.push_back(as_expected(item));
    return out;
}

// In capitals, or in small letters, if the old one is.
std::string priority_like(const std::string& old, Priority priority) {
    std::string out(priority_name(priority));
    auto all = [&](int (*is)(int)) {
        return std::all_of(old.begin(), old.end(),
                           [&](unsigned char c) { return !std::isalpha(c) || is(c); });
    };
    auto change = [&](int (*to)(int)) {
        std::transform(out.begin(), out.end(), out.begin(),
                       [&](unsigned char c) { return static_cast<char>(to(c)); });
    };
    if (all(std::isupper)) change(std::toupper);
    if (all(std::islower)) change(std::tolower);
    return out;
}

bool contains(const std::vector<std::string>& texts, const std::string& text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

// Those that hold stay; those of the rule that were not named take the place of the others and follow them.
std::vector<std::string> tags_like(const std::vector<std::string>& old,
                                   const std::vector<std::string>& of_rule) {
    std::vector<std::string> fresh, out;
    for (const std::string& tag : of_rule)
        if (!contains(old, tag)) fresh.push_back(tag);
    size_t next = 0;
    for (const std::string& tag : old) {
        if (contains(of_rule, tag))
            out.push_back(tag);
        else if (next < fresh.size())
            out.push_back(fresh[next++]);
    }
    out.insert(out.end(), fresh.begin() + static_cast<ptrdiff_t>(next), fresh.end());
    return out;
}

class Update {
  public:
    Update(const TestCase& test, const Program& program, std::span<const SeenAlert> seen, bool several_events)
        : test_(test), program_(program), seen_(seen), several_events_(several_events) {
        short_ = !test.expect.empty();
        for (const ExpectedAlert& alert : test.expect) {
            forms_.insert_or_assign(alert.rule, &alert);
            short_ = short_ && same(alert, named(alert.rule));
        }
    }

    UpdatedExpectation run() {
        Assignment assigned = assign(test_, program_, seen_);
        holds_.resize(test_.expect.size());
        for (size_t i = 0; i < seen_.size(); ++i)
            if (auto expected = assigned.expected[i];
                expected && agree(test_.expect[*expected], seen_[i], program_))
                holds_[*expected] = true;
        for (size_t i = 0; i < seen_.size(); ++i) {
            const SeenAlert& seen = seen_[i];
            if (assigned.expected[i])
                take(*assigned.expected[i], seen);
            else if (!test_.ignore_unexpected && !count(seen))
                out_.alerts.push_back({std::nullopt, fresh(seen)});
        }
        // Where others are ignored, no test would miss what is taken out.
        if (test_.ignore_unexpected) keep_missing(assigned.came);
        return std::move(out_);
    }

  private:
    static ExpectedAlert named(const std::string& rule) {
        ExpectedAlert out;
        out.rule = rule;
        return out;
    }

    // An alert that came for an expectation.
    void take(size_t index, const SeenAlert& seen) {
        const ExpectedAlert& was = test_.expect[index];
        std::set<Unmet> unmet;
        ExpectedAlert changed = changes(was, index, seen, unmet);
        out_.unmet.insert(unmet.begin(), unmet.end());
        auto mine = std::find_if(out_.alerts.rbegin(), out_.alerts.rend(),
                                 [&](const auto& alert) { return alert.old == index; });
        bool there = mine != out_.alerts.rend();
        // What one expectation stands for comes in a row, and is alike; what cannot be met is not counted
        // out.
        if (there && (!unmet.empty() || count(seen))) {
            if (!unmet.empty()) ++mine->alert.count;
            return;
        }
        bool other = there || (holds_[index] && !agree(was, seen, program_) && unmet.empty());
        if (other) return out_.alerts.push_back({std::nullopt, like(was, seen)});
        changed.count = 1;
        out_.alerts.push_back({index, std::move(changed)});
    }

    // What did not come stays as it is, behind what it stood behind.
    void keep_missing(const std::vector<uint32_t>& came) {
        std::vector<UpdatedExpectation::Alert> alerts;
        std::vector<std::vector<size_t>> behind(test_.expect.size() + 1);  // by expectation, from 1
        size_t last = 0;
        for (size_t i = 0; i < test_.expect.size(); ++i) {
            if (came[i] > 0) last = i + 1;
            if (came[i] < test_.expect[i].count) note_missing(i, came[i]);
            if (came[i] == 0) behind[last].push_back(i);
        }
        auto add_behind = [&](size_t place) {
            for (size_t i : behind[place]) alerts.push_back({i, test_.expect[i]});
        };
        add_behind(0);
        for (UpdatedExpectation::Alert& alert : out_.alerts) {
            auto old = alert.old;
            if (old)
                alert.alert.count +=
                    test_.expect[*old].count - std::min(came[*old], test_.expect[*old].count);
            alerts.push_back(std::move(alert));
            if (old) add_behind(*old + 1);
        }
        out_.alerts = std::move(alerts);
    }
    void note_missing(size_t index, uint32_t came) {
        const ExpectedAlert& alert = test_.expect[index];
        std::string what = alert.count == 1 ? "it did not come"
                           : came == 0      ? "none came"
                                            : fmt::format("only {} of {} came", came, alert.count);
        out_.unmet.insert({index, Aspect::Alert, "",
                           what + "; without it the test would no longer notice that, since it ignores "
                                  "other alerts"});
    }

    // Counts an alert to the one before it, if that says how many come.
    bool count(const SeenAlert& seen) {
        if (out_.alerts.empty()) return false;
        ExpectedAlert& last = out_.alerts.back().alert;
        if (!last.counted || !agree(last, seen, program_)) return false;
        ++last.count;
        return true;
    }

    // What was expected, with what came where that is another.
    ExpectedAlert changes(const ExpectedAlert& was, size_t index, const SeenAlert& seen,
                          std::set<Unmet>& unmet) const {
        const ProgramRule& rule = program_.rules[seen.rule];
        ExpectedAlert out = was;
        if (was.priority && !same_priority(*was.priority, priority_name(rule.priority)))
            out.priority = priority_like(*was.priority, rule.priority);
        if (was.source) out.source = program_.source;
        if (was.event) out.event = seen.event + 1;

        bool all = std::all_of(was.tags.begin(), was.tags.end(),
                               [&](const std::string& tag) { return contains(rule.tags, tag); });
        if (!all && rule.tags.empty())
            unmet.insert({index, Aspect::Tags, "", "the rule has no tags"});
        else if (!all)
            out.tags = tags_like(was.tags, rule.tags);
        change_fields(was, index, seen, out, unmet);
        if (was.output && was.output->kind == ExpectedOutput::Kind::Exact)
            out.output->text = seen.output;
        else if (was.output && !matches(*was.output, seen.output))
            unmet.insert({index, Aspect::Output, "", unmet_output(*was.output, seen.output)});
        return out;
    }

    static void change_fields(const ExpectedAlert& was, size_t index, const SeenAlert& seen,
                              ExpectedAlert& out, std::set<Unmet>& unmet) {
        out.fields.clear();
        TextViewSet names;
        for (const ExpectedField& field : was.fields) {
            names.insert(field.field);
            auto got = seen.fields.find(field.field);
            bool there = got != seen.fields.end();
            if (there)
                out.fields.push_back(
                    {field.field, equal(field.value, *got) ? field.value : as_expected(*got)});
            if (there || was.fields_exactly) continue;
            out.fields.push_back(field);
            unmet.insert({index, Aspect::Fields, field.field,
                          fmt::format("'{}' is not in the rule's output", excerpt(field.field))});
        }
        if (!was.fields_exactly) return;
        for (const auto& [key, value] : seen.fields.items())
            if (key != "evt.time" && !names.contains(key)) out.fields.push_back({key, as_expected(value)});
    }

    static std::string unmet_output(const ExpectedOutput& was, const std::string& got) {
        bool part = was.kind == ExpectedOutput::Kind::Contains;
        return fmt::format(
            "the output does not {} '{}'; what it should {} instead is yours to say (it is: {})",
            part ? "contain" : "match", excerpt(was.text), part ? "contain" : "match", excerpt(got));
    }

    // A new one: like the others of its rule, or by the rule's name alone if all are, or in full.
    ExpectedAlert fresh(const SeenAlert& seen) {
        const ProgramRule& rule = program_.rules[seen.rule];
        ExpectedAlert out = named(rule.name);
        auto form = forms_.find(rule.name);
        if (form != forms_.end()) return like(*form->second, seen);
        if (short_) return out;
        out.priority = std::string(priority_name(rule.priority));
        for (const auto& [key, value] : seen.fields.items())
            if (key != "evt.time") out.fields.push_back({key, as_expected(value)});
        if (several_events_) out.event = seen.event + 1;
        return out;
    }

    // A new one that says of its alert what another one says of its own, if that holds of both.
    ExpectedAlert like(const ExpectedAlert& form, const SeenAlert& seen) const {
        std::set<Unmet> unmet;
        ExpectedAlert out = changes(form, 0, seen, unmet);
        out.count = 1;
        out.counted = false;
        for (const Unmet& one : unmet) {
            if (one.aspect == Aspect::Output) out.output.reset();
            if (one.aspect == Aspect::Tags) out.tags.clear();
            if (one.aspect == Aspect::Fields)
                std::erase_if(out.fields, [&](const ExpectedField& f) { return f.field == one.field; });
        }
        return out;
    }

    const TestCase& test_;
    const Program& program_;
    std::span<const SeenAlert> seen_;
    bool several_events_;
    bool short_;  // all expectations are names of rules alone
    TextViewMap<const ExpectedAlert*> forms_;
    std::vector<bool> holds_;  // of each expectation: an alert came that is as it says
    UpdatedExpectation out_;
};

}  // namespace

std::string_view aspect_name(Aspect aspect) {
    constexpr std::string_view kNames[] = {"priority", "source", "tags",  "outputFields",
                                           "output",   "event",  "count", "alert"};
    return kNames[static_cast<size_t>(aspect)];
}

bool same(const ExpectedAlert& a, const ExpectedAlert& b, Aspect aspect) {
    switch (aspect) {
        case Aspect::Priority: return a.priority == b.priority;
        case Aspect::Source: return a.source == b.source;
        case Aspect::Tags: return a.tags == b.tags;
        case Aspect::Fields:
            return a.fields_exactly == b.fields_exactly &&
                   std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(),
                              [](const ExpectedField& x, const ExpectedField& y) {
                                  return x.field == y.field && x.value == y.value;
                              });
        case Aspect::Output:
            return a.output.has_value() == b.output.has_value() &&
                   (!a.output || (a.output->kind == b.output->kind && a.output->text == b.output->text));
        case Aspect::Event: return a.event == b.event;
        case Aspect::Count: return a.count == b.count && a.counted == b.counted;
        case Aspect::Alert: break;
    }
    return false;
}

bool same(const ExpectedAlert& a, const ExpectedAlert& b) {
    return a.rule == b.rule && std::all_of(std::begin(kAspects), std::end(kAspects),
                                           [&](Aspect aspect) { return same(a, b, aspect); });
}

void copy(const ExpectedAlert& from, ExpectedAlert& to, Aspect aspect) {
    switch (aspect) {
        case Aspect::Priority: to.priority = from.priority; break;
        case Aspect::Source: to.source = from.source; break;
        case Aspect::Tags: to.tags = from.tags; break;
        case Aspect::Fields: to.fields = from.fields; break;
        case Aspect::Output: to.output = from.output; break;
        case Aspect::Event: to.event = from.event; break;
        case Aspect::Count: to.count = from.count; break;
        case Aspect::Alert: break;
    }
}

UpdatedExpectation updated_expectation(const TestCase& test, const Program& program,
                                       std::span<const SeenAlert> seen, bool several_events) {
    return Update(test, program, seen, several_events).run();
}

namespace {

constexpr const char* kVariantsDiffer = "the variants of the test differ";

// Of the same fields: those whose values differ stay as they were.
void agree_on_fields(const ExpectedAlert& was, size_t index, const ExpectedAlert& from, ExpectedAlert& to,
                     std::set<Unmet>& unmet) {
    for (size_t i = 0; i < was.fields.size(); ++i) {
        if (from.fields[i].value == to.fields[i].value) continue;
        const std::string& name = was.fields[i].field;
        unmet.insert({index, Aspect::Fields, name, fmt::format("'{}': {}", excerpt(name), kVariantsDiffer)});
        to.fields[i] = was.fields[i];
    }
}

}  // namespace

bool agree_on(const TestCase& test, const UpdatedExpectation& from, UpdatedExpectation& to) {
    if (from.alerts.size() != to.alerts.size()) return false;
    to.unmet.insert(from.unmet.begin(), from.unmet.end());
    for (size_t i = 0; i < to.alerts.size(); ++i) {
        const auto& one = from.alerts[i];
        auto& other = to.alerts[i];
        if (one.old != other.old || (!one.old && !same(one.alert, other.alert))) return false;
        for (Aspect aspect : kAspects) {
            if (same(one.alert, other.alert, aspect)) continue;
            const ExpectedAlert& was = test.expect[*one.old];
            if (aspect == Aspect::Fields && !was.fields_exactly) {
                agree_on_fields(was, *one.old, one.alert, other.alert, to.unmet);
                continue;
            }
            to.unmet.insert({*one.old, aspect, "", kVariantsDiffer});
            copy(was, other.alert, aspect);
        }
    }
    return true;
}

}  // namespace stoop
