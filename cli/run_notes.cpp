// SPDX-License-Identifier: Apache-2.0
#include "cli/run_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/base/counted.h"
#include "runtime/base/printable.h"
#include "runtime/explain/recorded.h"

namespace stoop::cli {
namespace {

constexpr size_t kMostGroups = 64;  // reasons are the input's, and may be as many as it has records
constexpr size_t kMostRules = 10;   // that are shown to people

// ` (named by the alert)`; where alerts name the rule that some of the verdicts are of, how many of them.
std::string named_text(uint64_t named, uint64_t verdicts) {
    if (named == 0) return "";
    if (named < verdicts) return fmt::format(" ({} named by the alert)", named);
    return named == 1 ? " (named by the alert)" : " (named by the alerts)";
}

}  // namespace

void RunNotes::add_unread(const Unread& why, const Group& group) {
    auto known = unread_.find(why);
    if (known == unread_.end()) {
        bool full = unread_.size() >= kMostGroups;
        known = unread_.try_emplace(full ? Unread{why.kind, "..."} : why, Group{0, group.first}).first;
    }
    known->second.events += group.events;
}

void RunNotes::add_unread(const Unread& why, const Place& place) { add_unread(why, Group{1, place}); }

void RunNotes::add_opened(std::span<const uint8_t> wrappers) {
    for (uint8_t wrapper : wrappers) ++opened_[wrapper];
}

void RunNotes::add_looked_at(bool certain) {
    ++looked_at_;
    if (!certain) ++uncertain_events_;
}

void RunNotes::add_uncertain(uint32_t rule, std::span<const uint32_t> slots, bool named_by_alert) {
    Uncertain& entry = uncertain_[rule];
    ++entry.verdicts;
    if (named_by_alert) ++entry.named;
    entry.slots.insert(slots.begin(), slots.end());
}

void RunNotes::merge(const RunNotes& later) {
    for (const auto& [why, group] : later.unread_) add_unread(why, group);
    for (const auto& [rule, uncertain] : later.uncertain_) {
        Uncertain& entry = uncertain_[rule];
        entry.verdicts += uncertain.verdicts;
        entry.named += uncertain.named;
        entry.slots.insert(uncertain.slots.begin(), uncertain.slots.end());
    }
    for (size_t i = 0; i < kWrappers; ++i) opened_[i] += later.opened_[i];
    looked_at_ += later.looked_at_;
    passed_over_ += later.passed_over_;
    uncertain_events_ += later.uncertain_events_;
}

// Rules that alerts name first, then those with most verdicts.
std::vector<RunNotes::ByRule> RunNotes::by_importance() const {
    std::vector<ByRule> out(uncertain_.begin(), uncertain_.end());
    std::stable_sort(out.begin(), out.end(), [](const ByRule& a, const ByRule& b) {
        return std::pair(a.second.named, a.second.verdicts) > std::pair(b.second.named, b.second.verdicts);
    });
    return out;
}

std::string RunNotes::uncertain_text(const Program& program) const {
    uint64_t verdicts = 0;
    for (const auto& [rule, uncertain] : uncertain_) verdicts += uncertain.verdicts;
    std::string out = fmt::format("not known: {} on {}, as fields were not recorded\n",
                                  counted(verdicts, "verdict"), counted(uncertain_events_, "event"));
    std::vector<ByRule> rules = by_importance();
    for (size_t i = 0; i < std::min(kMostRules, rules.size()); ++i) {
        const auto& [rule, uncertain] = rules[i];
        std::vector<uint32_t> slots(uncertain.slots.begin(), uncertain.slots.end());
        out += format_printable("{:>10}  {}{}: {}\n", uncertain.verdicts, program.rules[rule].name,
                                named_text(uncertain.named, uncertain.verdicts), field_names(program, slots));
    }
    if (rules.size() > kMostRules)
        out += fmt::format("            and {}\n", counted(rules.size() - kMostRules, "more rule"));
    return out;
}

std::string RunNotes::text(const Program& program) const {
    std::string out;
    std::string opened;
    for (size_t i = 0; i < kWrappers; ++i)
        if (opened_[i] > 0)
            opened += fmt::format("{}{} from {}", opened.empty() ? "" : ", ", opened_[i],
                                  wrapper_text(static_cast<uint8_t>(i)));
    if (!opened.empty()) out += "unwrapped: " + opened + "\n";
    if (!uncertain_.empty()) out += uncertain_text(program);
    if (passed_over_ > 0)
        out += fmt::format(
            "not looked into: {} of {}, which lack fields that the rules read; --strict looks into all\n",
            passed_over_, counted(passed_over_ + looked_at_, "event"));
    for (const auto& [why, group] : unread_) {
        std::string help = unread_help(why);
        out += format_printable("not read: {} (the first at {}:{}){}\n",
                                unread_text(why, group.events, program.source), *group.first.file,
                                group.first.line, help.empty() ? "" : "; " + help);
    }
    return out;
}

void RunNotes::add_to(nlohmann::ordered_json& summary, const Program& program) const {
    using nlohmann::ordered_json;
    ordered_json rules = ordered_json::array();
    uint64_t verdicts = 0;
    for (const auto& [rule, uncertain] : by_importance()) {
        ordered_json fields = ordered_json::array();
        for (uint32_t slot : uncertain.slots) fields.push_back(program.slots[slot].spelling);
        rules.push_back({{"rule", program.rules[rule].name},
                         {"verdicts", uncertain.verdicts},
                         {"named_by_alerts", uncertain.named},
                         {"fields", std::move(fields)}});
        verdicts += uncertain.verdicts;
    }
    summary["not_known"] = {{"verdicts", verdicts},
                            {"events", uncertain_events_},
                            {"events_looked_into", looked_at_},
                            {"events_passed_over", passed_over_},
                            {"rules", std::move(rules)}};
    ordered_json reasons = ordered_json::array();
    uint64_t events = 0;
    for (const auto& [why, group] : unread_) {
        ordered_json one = {{"reason", unread_reason(why.kind)}, {"events", group.events}};
        if (!why.name.empty()) one["name"] = why.name;
        if (!why.meant.empty()) one["meant"] = why.meant;
        one["file"] = *group.first.file;
        one["line"] = group.first.line;
        one["help"] = unread_help(why);
        reasons.push_back(std::move(one));
        events += group.events;
    }
    summary["not_read"] = {{"events", events}, {"reasons", std::move(reasons)}};
    ordered_json opened = ordered_json::object();
    for (size_t i = 0; i < kWrappers; ++i)
        if (opened_[i] > 0)
            opened[std::string(wrappers()[i].name)] =
                opened.value(std::string(wrappers()[i].name), uint64_t{0}) + opened_[i];
    summary["unwrapped"] = std::move(opened);
}

}  // namespace stoop::cli
