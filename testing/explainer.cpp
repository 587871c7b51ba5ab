#include "testing/explainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/alert/render.h"
#include "runtime/event/utf8.h"

namespace stoop {

using nlohmann::ordered_json;

static std::string dumped(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

void Explainer::start(const PlanRule& rule, const Event& event) {
    rule_ = &rule;
    event_ = &event;
    explanation_ = explain(plan_, rule, event.values.data());
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
    return ordered_json::parse(stoop::value_json(value, ref.type == Type::IPNET ? Type::IPADDR : ref.type,
                                                 ref.holds_list(), ref.print)
                                   .dump(-1, ' ', false, ordered_json::error_handler_t::replace));
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

void Explainer::lines(uint32_t index, const std::string& branch, const std::string& below) {
    const ConditionTree::Node& node = rule_->tree.nodes[index];
    lines_.push_back({explanation_.verdicts[index], branch + label(node), decides(node),
                      fmt::format("{}:{}:{}", node.place.file, node.place.line, node.place.column),
                      node.kind == ConditionTree::Kind::Atom ? values(plan_.atoms[node.atom]) : ""});
    for (size_t i = 0; i < node.children.size(); ++i) {
        bool last = i + 1 == node.children.size();
        lines(node.children[i], below + (last ? "└─ " : "├─ "), below + (last ? "   " : "│  "));
    }
}

std::string Explainer::verdict_line() const {
    if (explanation_.fires && !is_shown())
        return fmt::format(
            "rule '{}' does not fire: its condition holds, but events of this type are not shown to it "
            "('stoop list rules' says which are)",
            rule_->name);
    return fmt::format("rule '{}' {}", rule_->name, explanation_.fires ? "fires" : "does not fire");
}

std::string Explainer::counterfactual(const std::vector<uint32_t>& atoms) const {
    Scratch scratch;
    std::string out;
    for (uint32_t index : atoms) {
        const Atom& atom = plan_.atoms[index];
        bool held = test(atom, event_->values.data(), scratch);
        if (!out.empty()) out += " and ";
        out += fmt::format("'{}' were {}", atom.text, held ? "false" : "true");
    }
    return fmt::format("it would {}fire if {}", explanation_.fires ? "not " : "", out);
}

std::vector<std::string> Explainer::decided_by() const {
    constexpr size_t kMostShown = 5;
    std::vector<std::string> out;
    if (explanation_.deciding.empty())
        out.push_back("no few comparisons decide: more than three would have to turn out otherwise");
    for (const auto& set : explanation_.deciding) {
        if (out.size() == kMostShown) break;
        std::string line = counterfactual(set);
        for (uint32_t atom : set) line += "; " + values(plan_.atoms[atom]);
        out.push_back(std::move(line));
    }
    return out;
}

std::string Explainer::human(const PlanRule& rule, const Event& event, const std::string& file) {
    start(rule, event);
    lines(rule.tree.root(), "", "");
    auto pad = [&](const std::string& text, size_t to) {
        return text + std::string(to > count_characters(text) ? to - count_characters(text) : 0, ' ');
    };
    size_t tree_width = 0, place_width = 0;
    for (const Line& line : lines_) {
        tree_width = std::max(tree_width, count_characters(line.tree));
        place_width = std::max(place_width, count_characters(line.place));
    }
    tree_width = std::min<size_t>(tree_width, 60);
    std::string out = fmt::format("{}:{}: {}\n", file, event.line, verdict_line());
    for (const Line& line : lines_) {
        std::string_view on = !color_ ? "" : line.verdict ? "\033[32m" : "\033[31m";
        std::string text = fmt::format("  {}{}{} {} {}  {}  {}", on, line.verdict ? "true " : "false",
                                       color_ ? "\033[0m" : "", line.decides ? "*" : " ",
                                       pad(line.tree, tree_width), pad(line.place, place_width), line.values);
        out += text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
    }
    for (const std::string& line : decided_by()) out += fmt::format("  * {}\n", line);
    for (const Line& line : lines_)
        if (line.decides && line.values.find("not recorded") != line.values.npos) {
            out += "  note: the verdict depends on a field that was not recorded\n";
            break;
        }
    return out;
}

ordered_json Explainer::node_json(uint32_t index) {
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
        constexpr const char* kReasons[] = {"compared", "absent", "not recorded"};
        out["condition"] = atom.text;
        out["decides"] = decides(node);
        out["reason"] = kReasons[static_cast<size_t>(reason(atom, event_->values.data()))];
        out["values"] = ordered_json::object();
        for_each_slot(
            atom, [&](uint32_t slot) { out["values"][decoder_.slots()[slot].ref.spelling] = value(slot); });
    }
    if (!node.children.empty()) {
        out["children"] = ordered_json::array();
        for (uint32_t child : node.children) out["children"].push_back(node_json(child));
    }
    return out;
}

ordered_json Explainer::json(const PlanRule& rule, const Event& event, const std::string& file) {
    start(rule, event);
    ordered_json out = {{"event", event.number},
                        {"file", file},
                        {"line", event.line},
                        {"rule", rule.name},
                        {"fires", explanation_.fires && is_shown()}};
    if (!is_shown()) out["shown"] = false;  // to the rule, which is for other types of events
    out["deciding"] = ordered_json::array();
    for (const auto& set : explanation_.deciding) {
        ordered_json texts = ordered_json::array();
        for (uint32_t atom : set) texts.push_back(plan_.atoms[atom].text);
        out["deciding"].push_back(std::move(texts));
    }
    out["tree"] = node_json(rule.tree.root());
    return out;
}

}  // namespace stoop
