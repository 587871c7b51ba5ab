// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "runtime/base/excerpt.h"
#include "runtime/base/printable.h"
#include "testing/mutate.h"
#include "testing/test_values.h"
#include "testing/workflow_command.h"

namespace stoop {
namespace {

using Fate = MutatedRule::Fate;
using nlohmann::ordered_json;

std::string_view fate_name(Fate fate) {
    constexpr std::string_view kNames[] = {"survived", "killed", "equivalent", "refused"};
    return kNames[static_cast<size_t>(fate)];
}

// What may still be printed of conditions without being cut.
class WholeTexts {
  public:
    explicit WholeTexts(const Limits& limits) : left_(limits[Limit::ReportBytes]) {}
    bool take(uint64_t bytes) {
        if (bytes > left_) return false;
        left_ -= bytes;
        return true;
    }

  private:
    uint64_t left_;
};

// Of the part that is changed, which a change names.
uint64_t part_size(const MutatedRule& rule, const ConditionChange& change) {
    return rule.condition->text(rule.condition->parts()[change.part]).size();
}

// Calls `visit` with the number of each mutant.
template <typename Visit>
void for_each_mutant(const MutatedRule& rule, const Visit& visit) {
    for (size_t i = 0; i < rule.changes.size(); ++i)
        if (rule.fates[i] != Fate::Refused) visit(i);
}

std::string totals_line(const std::vector<MutatedRule>& rules) {
    size_t all = 0, killed = 0, survived = 0, equivalent = 0;
    for (const MutatedRule& rule : rules) {
        all += rule.mutants();
        killed += rule.count(Fate::Killed);
        survived += rule.count(Fate::Survived);
        equivalent += rule.count(Fate::Equivalent);
    }
    return fmt::format("{} mutants: {} killed, {} survived, {} equivalent\n", all, killed, survived,
                       equivalent);
}

}  // namespace

std::string untried_text(const MutatedRule& rule) {
    if (!rule.condition) return "its condition is too large for changes to be tried";
    return fmt::format("only the first {} of {} changes were tried", rule.changes.size(), rule.all);
}

void human_mutants(const std::vector<MutatedRule>& rules, bool verbose, const Limits& limits,
                   const Write& write) {
    WholeTexts texts(limits);
    for (const MutatedRule& rule : rules) {
        for_each_mutant(rule, [&](size_t i) {
            const ConditionChange& change = rule.changes[i];
            Fate fate = rule.fates[i];
            if (fate != Fate::Survived && !verbose) return;
            bool whole = texts.take(3 * part_size(rule, change));
            Place place = rule.place(change);
            write(format_printable("{}  {}:{}:{}  {}\n", fate_name(fate), place.file, place.line,
                                   place.column, change_text(*rule.condition, change, whole)));
            if (fate == Fate::Killed) return;
            ChangedPlace shown = changed_place(*rule.condition, change, whole);
            write(format_printable("  - {}\n  + {}\n", shown.before, shown.after));
        });
        write(format_printable("{}  {}:{}  {}: {} of {} killed, {} equivalent\n",
                               rule.count(Fate::Survived) > 0 ? "FAIL"
                               : rule.exceeded                ? "part"
                                                              : "ok  ",
                               rule.place().file, rule.place().line, excerpt(rule.rule->name),
                               rule.count(Fate::Killed), rule.mutants(), rule.count(Fate::Equivalent)));
        if (rule.exceeded) write("      " + untried_text(rule) + "\n");
    }
    write(totals_line(rules));
}

void json_mutants(const std::vector<MutatedRule>& rules, const Limits& limits, const Write& write) {
    WholeTexts texts(limits);
    JsonStream out(write);
    out.open_object();
    out.open_array("rules");
    for (const MutatedRule& rule : rules) {
        out.open_object();
        out.put_all({{"rule", rule.rule->name},
                     {"file", rule.place().file},
                     {"line", rule.place().line},
                     {"condition", rule.condition ? ordered_json(rule.condition->text()) : ordered_json()},
                     {"killed", rule.count(Fate::Killed)},
                     {"survived", rule.count(Fate::Survived)},
                     {"equivalent", rule.count(Fate::Equivalent)}});
        if (rule.exceeded) out.put_all({{"changes", rule.all}, {"tried", rule.changes.size()}});
        out.open_array("mutants");
        for_each_mutant(rule, [&](size_t i) {
            const ConditionChange& change = rule.changes[i];
            Place place = rule.place(change);
            uint64_t size = changed_size(*rule.condition, change);
            bool whole = texts.take(size + 2 * part_size(rule, change));
            ordered_json one = {{"kind", kind_name(change.kind)},
                                {"change", change_text(*rule.condition, change, whole)},
                                {"file", place.file},
                                {"line", place.line},
                                {"column", place.column},
                                {"fate", fate_name(rule.fates[i])},
                                {"condition", whole ? changed_text(*rule.condition, change)
                                                    : changed_place(*rule.condition, change, false).after}};
            if (!whole) one["condition_bytes"] = size;
            out.put(one);
        });
        out.close();
        out.close();
    }
    out.close();
    out.close();
}

void github_mutants(const std::vector<MutatedRule>& rules, const Limits& limits, const Write& write) {
    WholeTexts texts(limits);
    for (const MutatedRule& rule : rules) {
        for_each_mutant(rule, [&](size_t i) {
            const ConditionChange& change = rule.changes[i];
            if (rule.fates[i] != Fate::Survived) return;
            bool whole = texts.take(changed_size(*rule.condition, change) + 2 * part_size(rule, change));
            write(workflow_command("error", rule.place(change), "no test notices",
                                   fmt::format("rule '{}' {}\nwould be: {}", excerpt(rule.rule->name),
                                               change_text(*rule.condition, change, whole),
                                               whole ? changed_text(*rule.condition, change)
                                                     : changed_place(*rule.condition, change, false).after)));
        });
        if (rule.exceeded)
            write(
                workflow_command("error", rule.place(), "not all changes were tried",
                                 fmt::format("rule '{}': {}", excerpt(rule.rule->name), untried_text(rule))));
    }
    write(totals_line(rules));
}

}  // namespace stoop
