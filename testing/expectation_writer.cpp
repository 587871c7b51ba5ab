// SPDX-License-Identifier: Apache-2.0
#include "testing/expectation_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/excerpt.h"
#include "testing/yaml_text.h"

namespace stoop {
namespace {

constexpr const char* kShared =
    "an anchor or alias stands there, and what else it stands for would change, too";

// Key and value of all that a new alert says. The value of `outputFields` is left empty: its style differs.
std::vector<std::pair<std::string, std::string>> parts(const ExpectedAlert& alert) {
    std::vector<std::pair<std::string, std::string>> out{{"rule", yaml_scalar(alert.rule)}};
    auto add = [&](const char* key, std::string value) { out.emplace_back(key, std::move(value)); };
    if (alert.priority) add("priority", yaml_scalar(*alert.priority));
    if (alert.source) add("source", yaml_scalar(*alert.source));
    if (!alert.tags.empty()) add("tags", yaml_value(alert.tags));
    if (!alert.fields.empty()) add("outputFields", "");
    if (alert.fields_exactly) add("exactly", "true");
    if (alert.output) {
        std::string text = yaml_scalar(alert.output->text);
        bool part = alert.output->kind == ExpectedOutput::Kind::Contains;
        bool exact = alert.output->kind == ExpectedOutput::Kind::Exact;
        add("output", exact ? text : fmt::format("{{{}: {}}}", part ? "contains" : "matches", text));
    }
    if (alert.event) add("event", fmt::to_string(*alert.event));
    if (alert.counted) add("count", fmt::to_string(alert.count));
    return out;
}

std::string field_text(const ExpectedField& field) {
    return yaml_scalar(field.field) + ": " + yaml_value(field.value);
}

std::string fields_flow(const std::vector<ExpectedField>& fields) {
    std::string out;
    for (const ExpectedField& field : fields) out += (out.empty() ? "" : ", ") + field_text(field);
    return "{" + out + "}";
}

WantedEntry new_alert(const ExpectedAlert& alert) {
    WantedEntry out;
    auto all = parts(alert);
    if (all.size() == 1) return {std::nullopt, all[0].second, {"- " + all[0].second}};
    for (const auto& [key, value] : all) {
        bool fields = key == "outputFields";
        out.flow += fmt::format("{}{}: {}", out.flow.empty() ? "{" : ", ", key,
                                fields ? fields_flow(alert.fields) : value);
        out.lines.push_back(
            fmt::format("{}{}:{}{}", out.lines.empty() ? "- " : "  ", key, fields ? "" : " ", value));
        if (!fields) continue;
        for (const ExpectedField& field : alert.fields) out.lines.push_back("    " + field_text(field));
    }
    out.flow += "}";
    return out;
}

class Writer {
  public:
    Writer(std::string_view text, const TestCase& test, const YamlLayout::Entry& list,
           UpdatedExpectation& wanted)
        : test_(test), list_(list), wanted_(wanted), edits_(text) {}

    WrittenExpectation run(std::optional<size_t> indent) {
        if (is_as_it_was()) return {"", {}, test_.expect, {}};
        if (list_.value.is_shared()) return {kShared, {}, {}, {}};
        std::vector<WantedEntry> entries;
        std::vector<bool> kept(test_.expect.size());
        for (UpdatedExpectation::Alert& alert : wanted_.alerts) {
            if (alert.old) {
                kept[*alert.old] = true;
                write(*alert.old, alert.alert);
                entries.push_back({alert.old, "", {}});
            } else {
                entries.push_back(new_alert(alert.alert));
            }
            out_.expect.push_back(alert.alert);
        }
        for (size_t i = 0; i < kept.size(); ++i)
            if (!kept[i] && list_.value.entries[i].value.holds_anchor()) return {kShared, {}, {}, {}};
        if (!edits_.set_entries(list_, entries, indent)) return {kForm, {}, {}, {}};
        out_.edits = std::move(edits_.edits());
        return std::move(out_);
    }

  private:
    static constexpr const char* kForm = "its 'expect' is written in a form that cannot be changed in place";

    bool is_as_it_was() const {
        if (wanted_.alerts.size() != test_.expect.size()) return false;
        for (size_t i = 0; i < wanted_.alerts.size(); ++i)
            if (wanted_.alerts[i].old != i || !same(wanted_.alerts[i].alert, test_.expect[i])) return false;
        return true;
    }

    // What is different in an alert that stays. What cannot be written becomes as it was.
    void write(size_t index, ExpectedAlert& alert) {
        const ExpectedAlert& was = test_.expect[index];
        const YamlLayout& item = list_.value.entries[index].value;
        for (Aspect aspect : kAspects) {
            if (same(was, alert, aspect)) continue;
            std::string problem = item.is_shared() ? kShared : write(aspect, index, item, alert);
            if (problem.empty()) continue;
            wanted_.unmet.insert({index, aspect, "", problem});
            copy(was, alert, aspect);
        }
    }

    std::string write(Aspect aspect, size_t index, const YamlLayout& item, ExpectedAlert& alert) {
        const YamlLayout::Entry* entry = item.find(aspect_name(aspect));
        if (aspect == Aspect::Fields && !entry) {
            // `exactly` alone: no fields were expected.
            edits_.insert_before(*item.find("exactly"), item.flow,
                                 "outputFields: " + fields_flow(alert.fields));
            return "";
        }
        if (entry->value.is_shared()) return kShared;
        switch (aspect) {
            case Aspect::Priority: replace(*entry, *alert.priority); break;
            case Aspect::Source: replace(*entry, *alert.source); break;
            case Aspect::Output: replace(*entry, alert.output->text); break;
            case Aspect::Event: edits_.replace(*entry, fmt::to_string(*alert.event)); break;
            case Aspect::Count: edits_.replace(*entry, fmt::to_string(alert.count)); break;
            case Aspect::Tags: return write_tags(*entry, test_.expect[index].tags, alert.tags);
            case Aspect::Fields: return write_fields(*entry, index, alert);
            case Aspect::Alert: break;  // nothing is written of it
        }
        return "";
    }

    void replace(const YamlLayout::Entry& entry, const nlohmann::json& value) {
        edits_.replace(entry, yaml_value(value, edits_.style(entry.value)));
    }

    void note_lost(const std::vector<std::string>& was, const std::vector<std::string>& tags) {
        std::string lost;
        for (const std::string& tag : was)
            if (std::find(tags.begin(), tags.end(), tag) == tags.end())
                lost += (lost.empty() ? "" : ", ") + excerpt(tag);
        out_.notes.push_back("the rule has fewer tags than were expected; no longer expected: " + lost);
    }

    std::string write_tags(const YamlLayout::Entry& entry, const std::vector<std::string>& was,
                           const std::vector<std::string>& tags) {
        if (tags.size() < was.size()) note_lost(was, tags);
        if (entry.value.node.IsScalar()) {
            nlohmann::json value = tags;
            replace(entry, tags.size() == 1 ? value[0] : value);
            return "";
        }
        std::vector<WantedEntry> wanted;
        std::vector<std::pair<const YamlLayout::Entry*, std::string>> changed;
        size_t at = 0;  // in `was`
        for (const std::string& tag : tags) {
            auto old = static_cast<size_t>(
                std::find(was.begin() + static_cast<ptrdiff_t>(at), was.end(), tag) - was.begin());
            bool instead = old == was.size() && at < was.size() &&
                           std::find(tags.begin(), tags.end(), was[at]) == tags.end() &&
                           !entry.value.entries[at].value.is_shared();
            if (instead) changed.emplace_back(&entry.value.entries[old = at], tag);
            if (old == was.size()) {
                wanted.push_back({std::nullopt, yaml_scalar(tag), {"- " + yaml_scalar(tag)}});
                continue;
            }
            wanted.push_back({old, "", {}});
            at = old + 1;
        }
        if (std::string problem = set_entries(entry, wanted); !problem.empty()) return problem;
        for (const auto& [value, tag] : changed) replace(*value, tag);
        return "";
    }

    // Fields stay in their order; without `exactly` they are the same ones.
    std::string write_fields(const YamlLayout::Entry& entry, size_t index, ExpectedAlert& alert) {
        const std::vector<ExpectedField>& was = test_.expect[index].fields;
        std::vector<std::pair<const YamlLayout::Entry*, const nlohmann::json*>> changed;
        std::vector<WantedEntry> wanted;
        size_t at = 0;  // in what was expected
        for (ExpectedField& field : alert.fields) {
            size_t old = at;
            while (old < was.size() && was[old].field != field.field) ++old;
            if (old == was.size()) {
                std::string text = field_text(field);
                wanted.push_back({std::nullopt, text, {text}});
                continue;
            }
            at = old + 1;
            wanted.push_back({old, "", {}});
            if (was[old].value == field.value) continue;
            const YamlLayout::Entry& value = entry.value.entries[old];
            if (!value.value.is_shared()) {
                changed.emplace_back(&value, &field.value);
                continue;
            }
            wanted_.unmet.insert(
                {index, Aspect::Fields, field.field, fmt::format("'{}': {}", excerpt(field.field), kShared)});
            field.value = was[old].value;
        }
        if (std::string problem = set_entries(entry, wanted); !problem.empty()) return problem;
        for (const auto& [value, text] : changed) replace(*value, *text);
        return "";
    }

    std::string set_entries(const YamlLayout::Entry& entry, const std::vector<WantedEntry>& wanted) {
        std::vector<bool> kept(entry.value.entries.size());
        for (const WantedEntry& one : wanted)
            if (one.old) kept[*one.old] = true;
        for (size_t i = 0; i < kept.size(); ++i) {
            const YamlLayout::Entry& old = entry.value.entries[i];
            if (!kept[i] && (old.value.holds_anchor() || old.key.IsShared())) return kShared;
        }
        return edits_.set_entries(entry, wanted, std::nullopt) ? "" : kForm;
    }

    const TestCase& test_;
    const YamlLayout::Entry& list_;
    UpdatedExpectation& wanted_;
    YamlEdits edits_;
    WrittenExpectation out_;
};

}  // namespace

WrittenExpectation write_expectation(std::string_view text, const TestCase& test,
                                     const YamlLayout::Entry& list, std::optional<size_t> indent,
                                     UpdatedExpectation& wanted) {
    return Writer(text, test, list, wanted).run(indent);
}

}  // namespace stoop
