#include "testing/explainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/alert/render.h"
#include "runtime/base/printable.h"
#include "runtime/base/utf8.h"
#include "runtime/reference/reason.h"

namespace stoop {

using nlohmann::ordered_json;

static std::string dumped(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

void Explainer::start(const PlanRule& rule, const Event& event) {
    rule_ = &rule;
    event_ = &event;
    explanation_ = explain(plan_, rule, event.values.data());
    earlier_ =
        matching_ == Matching::All ? nullptr : earlier_rule(plan_, rule, event.type, event.values.data());
    lines_.clear();
}

std::string Explainer::label(const ConditionTree::Node& node) const {
    switch (node.kind) {
        case ConditionTree::Kind::And: return "and";
        case ConditionTree::Kind::Or: return "or";
        case ConditionTree::Kind::Not: return "not";
        case ConditionTree::Kind::Macro: return node.macro;
        case ConditionTree::Kind::Atom: return plan_.atoms[node.atom].text;
    }
    return "";
}

bool Explainer::decides(const ConditionTree::Node& node) const {
    if (node.kind != ConditionTree::Kind::Atom) return false;
    const auto& sets = explanation_.deciding;
    return std::any_of(sets.begin(), sets.end(), [&](const auto& set) {
        return std::find(set.begin(), set.end(), node.atom) != set.end();
    });
}

ordered_json Explainer::value(uint32_t slot) const {
    const FieldRef& ref = decoder_.slots()[slot].ref;
    const Value& value = event_->values[slot];
    // Conditions see the value itself, also of fields that outputs never print.
    std::string text;
    append_value_json(value, ref.type == Type::IPNET ? Type::IPADDR : ref.type, ref.holds_list(), ref.print,
                      text);
    return ordered_json::parse(text);
}

// `proc.name = "3"`, `proc.exe not recorded`, `evt.failed = false (derived from evt.res)`
std::string Explainer::value_text(uint32_t slot) const {
    const FieldRef& ref = decoder_.slots()[slot].ref;
    const Value& v = event_->values[slot];
    if (v.state == State::NotRecorded) return ref.spelling + " not recorded";
    if (v.state == State::Absent) return ref.spelling + " absent";
    std::string out = fmt::format("{} = {}", ref.spelling, dumped(value(slot)));
    if (v.partial) out += " (and more that is not recorded)";
    if (!v.derived) return out;
    std::string from;
    for (uint32_t input : decoder_.deriver().inputs(slot)) {
        if (event_->values[input].state == State::NotRecorded) continue;
        from += (from.empty() ? "" : ", ") + decoder_.slots()[input].ref.spelling;
    }
    return out + (from.empty() ? " (derived)" : " (derived from " + from + ")");
}

std::string Explainer::values(const Atom& atom) const {
    std::vector<uint32_t> slots;
    for_each_slot(atom, [&](uint32_t slot) {
        if (std::find(slots.begin(), slots.end(), slot) == slots.end()) slots.push_back(slot);
    });
    std::string out;
    for (uint32_t slot : slots) out += (out.empty() ? "" : ", ") + value_text(slot);
    return out;
}

// ` (case differs, under not)`; nothing of what the values say themselves.
std::string Explainer::why(const Atom& atom, bool under_not) const {
    Reason why = reason(atom, event_->values.data());
    bool said = why == Reason::Holds || why == Reason::NotRecorded;
    if (why == Reason::Absent)
        for_each_slot(atom, [&](uint32_t slot) { said = said || !event_->values[slot].present(); });
    std::string out(said ? "" : reason_name(why));
    if (under_not) out += out.empty() ? "under not" : ", under not";
    return out.empty() ? "" : " (" + out + ")";
}

void Explainer::lines(uint32_t index, bool negated, const std::string& branch, const std::string& below) {
    const ConditionTree::Node& node = rule_->tree.nodes[index];
    std::string seen;
    if (node.kind == ConditionTree::Kind::Atom) {
        const Atom& atom = plan_.atoms[node.atom];
        seen = values(atom) + why(atom, negated && decides(node));
    }
    lines_.push_back({explanation_.verdicts[index], branch + printable(label(node)), decides(node),
                      format_printable("{}:{}:{}", node.place.file, node.place.line, node.place.column),
                      printable(seen)});
    negated ^= node.kind == ConditionTree::Kind::Not;
    for (size_t i = 0; i < node.children.size(); ++i) {
        bool last = i + 1 == node.children.size();
        lines(node.children[i], negated, below + (last ? "└─ " : "├─ "), below + (last ? "   " : "│  "));
    }
}

std::string Explainer::verdict_line(const std::string& file) const {
    std::string out = format_printable("{}:{}: rule '{}' ", file, event_->line, rule_->name);
    if (!explanation_.fires) return out + "does not fire\n";
    if (!is_shown())
        return out +
               "does not fire: its condition holds, but events of this type are not shown to it "
               "('stoop list rules' says which are)\n";
    if (!earlier_) return out + "fires\n";
    return out + format_printable(
                     "would fire, but rule '{}' fires first (stoop run --rule-matching all shows both)\n",
                     earlier_->name);
}

std::string Explainer::counterfactual(const std::vector<uint32_t>& atoms) const {
    Scratch scratch;
    std::string out;
    for (uint32_t index : atoms) {
        const Atom& atom = plan_.atoms[index];
        bool held = test(atom, event_->values.data(), scratch);
        if (!out.empty()) out += " and ";
        out += format_printable("'{}' were {}", atom.text, held ? "false" : "true");
    }
    const char* no = explanation_.fires ? "not " : "";
    // More than the condition may keep the rule from firing.
    if (earlier_ || (explanation_.fires && !is_shown()))
        return format_printable("its condition would {}hold if {}", no, out);
    return format_printable("it would {}fire if {}", no, out);
}

std::string Explainer::decided_by() const {
    constexpr size_t kMostShown = 5;
    if (explanation_.deciding.empty())
        return "  * no few comparisons decide: more than three would have to turn out otherwise\n";
    std::string out;
    for (size_t i = 0; i < std::min(kMostShown, explanation_.deciding.size()); ++i) {
        const std::vector<uint32_t>& set = explanation_.deciding[i];
        out += "  * " + counterfactual(set);
        for (uint32_t index : set) {
            const Atom& atom = plan_.atoms[index];
            bool by_case = reason(atom, event_->values.data()) == Reason::CaseDiffers;
            out += format_printable("; {}{}", values(atom), by_case ? " (case differs)" : "");
        }
        out += "\n";
    }
    return out;
}

std::string Explainer::notes() const {
    std::string out;
    const auto& nodes = rule_->tree.nodes;
    if (std::any_of(nodes.begin(), nodes.end(), [&](const ConditionTree::Node& node) {
            return decides(node) && reads_unrecorded(plan_.atoms[node.atom], event_->values.data());
        }))
        out += "  note: the verdict depends on a field that was not recorded\n";
    if (earlier_ && !explanation_.fires)
        out += format_printable("  note: rule '{}' comes earlier and fires on this event\n", earlier_->name);
    return out;
}

std::string Explainer::brief(const PlanRule& rule, const Event& event, const std::string& file) {
    start(rule, event);
    return verdict_line(file) + (explanation_.fires ? "" : decided_by() + notes());
}

std::string Explainer::human(const PlanRule& rule, const Event& event, const std::string& file) {
    start(rule, event);
    lines(rule.tree.root(), false, "", "");
    auto pad = [&](const std::string& text, size_t to) {
        return text + std::string(to > count_characters(text) ? to - count_characters(text) : 0, ' ');
    };
    size_t tree_width = 0, place_width = 0;
    for (const Line& line : lines_) {
        tree_width = std::max(tree_width, count_characters(line.tree));
        place_width = std::max(place_width, count_characters(line.place));
    }
    tree_width = std::min<size_t>(tree_width, 60);
    std::string out = verdict_line(file);
    for (const Line& line : lines_) {
        std::string_view on = !color_ ? "" : line.verdict ? "\033[32m" : "\033[31m";
        std::string text = fmt::format("  {}{}{} {} {}  {}  {}", on, line.verdict ? "true " : "false",
                                       color_ ? "\033[0m" : "", line.decides ? "*" : " ",
                                       pad(line.tree, tree_width), pad(line.place, place_width), line.values);
        out += text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
    }
    return out + decided_by() + notes();
}

ordered_json Explainer::node_json(uint32_t index, bool negated) {
    const ConditionTree::Node& node = rule_->tree.nodes[index];
    constexpr const char* kKinds[] = {"and", "or", "not", "check", "macro"};
    ordered_json out = {{"kind", kKinds[static_cast<size_t>(node.kind)]},
                        {"verdict", static_cast<bool>(explanation_.verdicts[index])}};
    if (node.kind == ConditionTree::Kind::Macro) out["macro"] = node.macro;
    out["file"] = node.place.file;
    out["line"] = node.place.line;
    out["column"] = node.place.column;
    if (node.kind == ConditionTree::Kind::Atom) {
        const Atom& atom = plan_.atoms[node.atom];
        out["condition"] = atom.text;
        out["decides"] = decides(node);
        out["reason"] = reason_name(reason(atom, event_->values.data()));
        out["under_not"] = negated;
        out["values"] = ordered_json::object();
        for_each_slot(
            atom, [&](uint32_t slot) { out["values"][decoder_.slots()[slot].ref.spelling] = value(slot); });
    }
    if (!node.children.empty()) {
        out["children"] = ordered_json::array();
        negated ^= node.kind == ConditionTree::Kind::Not;
        for (uint32_t child : node.children) out["children"].push_back(node_json(child, negated));
    }
    return out;
}

ordered_json Explainer::json(const PlanRule& rule, const Event& event, const std::string& file) {
    start(rule, event);
    ordered_json out = {{"event", event.number},
                        {"file", file},
                        {"line", event.line},
                        {"rule", rule.name},
                        {"fires", explanation_.fires && is_shown() && !earlier_}};
    if (!is_shown()) out["shown"] = false;  // to the rule, which is for other types of events
    if (explanation_.fires && is_shown() && earlier_) out["shadowed_by"] = earlier_->name;
    out["deciding"] = ordered_json::array();
    for (const auto& set : explanation_.deciding) {
        ordered_json texts = ordered_json::array();
        for (uint32_t atom : set) texts.push_back(plan_.atoms[atom].text);
        out["deciding"].push_back(std::move(texts));
    }
    out["tree"] = node_json(rule.tree.root(), false);
    return out;
}

}  // namespace stoop
