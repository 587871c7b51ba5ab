// SPDX-License-Identifier: Apache-2.0
#include "testing/explainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/base/counted.h"
#include "runtime/base/excerpt.h"
#include "runtime/base/printable.h"
#include "runtime/base/utf8.h"
#include "runtime/base/wrap.h"
#include "runtime/engine/reference.h"
#include "runtime/explain/reason.h"
#include "runtime/explain/recorded.h"

namespace stoop {

using nlohmann::ordered_json;

namespace {

// The fields that one comparison reads can be thousands; so many of them are shown.
constexpr size_t kMostValues = 8;
// Deeper branches are numbered instead of drawn: a deep tree would be mostly branches.
constexpr size_t kDeepestDrawn = 32;

std::string dumped(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// The different slots of an atom, in order: the first ones, and how many more there are.
struct Slots {
    std::vector<uint32_t> first;
    size_t more = 0;
};
Slots slots_of(const Atom& atom) {
    std::vector<uint32_t> all;
    for_each_slot(atom, [&](uint32_t slot) { all.push_back(slot); });
    Slots out;
    for (uint32_t slot : all) {
        if (out.first.size() == kMostValues) break;
        if (std::find(out.first.begin(), out.first.end(), slot) == out.first.end()) out.first.push_back(slot);
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    out.more = all.size() - out.first.size();
    return out;
}

}  // namespace

void Explainer::set_event(const Event& event, const std::string& file, const std::string& where) {
    event_ = &event;
    file_ = &file;
    where_ = where.empty() ? fmt::format("{}:{}", file, event.line) : where;
    first_ = nullptr;
    doubtful_ = {};
    if (matching_ == Matching::First) find_first();
    values_.assign(decoder_.slots().size(), std::nullopt);
}

void Explainer::find_first() {
    Scratch scratch;
    const Value* slots = event_->values.data();
    for (const ProgramRule& rule : program_.rules) {
        if (!rule.event_types.contains(event_->type)) continue;
        scratch.arena.reset();
        const ConditionTree& tree = program_.tree(rule);
        bool fires = evaluate(program_, tree, tree.root(), slots, scratch);
        std::vector<uint32_t> unrecorded = unrecorded_slots(program_, rule, slots, scratch);
        if (fires && unrecorded.empty()) {
            first_ = &rule;
            return;
        }
        if (!unrecorded.empty() && (!doubtful_.rule || (fires && !doubtful_.fires)))
            doubtful_ = {&rule, fires, std::move(unrecorded)};
    }
}

void Explainer::start(const ProgramRule& rule) {
    rule_ = &rule;
    explanation_ = explain(program_, rule, event_->values.data());
    earlier_ = first_ && first_ < &rule ? first_ : nullptr;
    may_fire_ = !earlier_ && doubtful_.rule && doubtful_.rule < &rule ? &doubtful_ : nullptr;
    deciding_.clear();
    for (const auto& set : explanation_.deciding) deciding_.insert(deciding_.end(), set.begin(), set.end());
    std::sort(deciding_.begin(), deciding_.end());
    deciding_.erase(std::unique(deciding_.begin(), deciding_.end()), deciding_.end());
    lines_.clear();
}

void Explainer::choose_nodes(size_t most, bool fill) {
    const auto& nodes = program_.tree(*rule_).nodes;
    uint32_t root = program_.tree(*rule_).root();
    chosen_.assign(nodes.size(), nodes.size() <= most);
    if (chosen_[root]) return;
    std::vector<uint32_t> parents(nodes.size(), root);
    sizes_.assign(nodes.size(), {});
    for (uint32_t i = 0; i < nodes.size(); ++i) {
        sizes_[i].comparisons += nodes[i].kind == ConditionTree::Kind::Atom;
        sizes_[i].deciding += decides(nodes[i]);
        for (uint32_t child : nodes[i].children) {
            parents[child] = i;
            sizes_[i].add(sizes_[child]);
        }
    }
    size_t left = most - 1;
    chosen_[root] = true;
    for (uint32_t i = 0; i < nodes.size(); ++i) {
        if (!decides(nodes[i])) continue;
        size_t path = 0;
        for (uint32_t n = i; !chosen_[n]; n = parents[n]) ++path;
        if (path > left) continue;
        left -= path;
        for (uint32_t n = i; !chosen_[n]; n = parents[n]) chosen_[n] = true;
    }
    // Those that stand first in the text.
    std::vector<uint32_t> open;
    if (fill || deciding_.empty()) open.push_back(root);
    while (!open.empty()) {
        uint32_t node = open.back();
        open.pop_back();
        if (!chosen_[node]) {
            if (left == 0) continue;
            --left;
            chosen_[node] = true;
        }
        open.insert(open.end(), nodes[node].children.rbegin(), nodes[node].children.rend());
    }
    // What takes a line alone is shown instead of counted.
    if (!fill)
        for (uint32_t i = 0; i < nodes.size(); ++i)
            if (chosen_[i] && left_out_below(nodes[i]).nodes == 1)
                for (uint32_t child : nodes[i].children) chosen_[child] = true;
}

Explainer::Size Explainer::left_out_below(const ConditionTree::Node& node) const {
    Size out{0, 0, 0};
    for (uint32_t child : node.children)
        if (!chosen_[child]) out.add(sizes_[child]);
    return out;
}

std::string Explainer::label(const ConditionTree::Node& node) const {
    switch (node.kind) {
        case ConditionTree::Kind::And: return "and";
        case ConditionTree::Kind::Or: return "or";
        case ConditionTree::Kind::Not: return "not";
        case ConditionTree::Kind::Macro: return excerpt(node.macro);
        case ConditionTree::Kind::Atom: return excerpt(program_.text(node.atom));
    }
    return "";
}

bool Explainer::decides(const ConditionTree::Node& node) const {
    return node.kind == ConditionTree::Kind::Atom &&
           std::binary_search(deciding_.begin(), deciding_.end(), node.atom);
}

// What is shown of the value depends on the comparison only if it is cut.
const ShownValue& Explainer::value(const Atom& atom, uint32_t slot) {
    const Slot& field = decoder_.slots()[slot];
    const Value& value = event_->values[slot];
    if (size_t focus = focus_of(atom, slot, value); focus != kNoFocus)
        return focused_ = shown_value(value, field, focus);
    if (!values_[slot]) values_[slot] = value.present() ? shown_value(value, field, kNoFocus) : ShownValue{};
    return *values_[slot];
}

// `proc.name = "3"`, `proc.exe not recorded`, `evt.failed = false (derived from evt.res)`
std::string Explainer::value_text(const Atom& atom, uint32_t slot) {
    const Slot& field = decoder_.slots()[slot];
    const Value& v = event_->values[slot];
    if (v.state == State::NotRecorded) return excerpt(field.spelling) + " not recorded";
    if (v.state == State::Absent) return excerpt(field.spelling) + " absent";
    const ShownValue& shown = value(atom, slot);
    std::string out = fmt::format("{} = {}", excerpt(field.spelling), dumped(shown.json));
    if (shown.is_cut()) out += fmt::format(" ({})", shown.size_text());
    if (v.partial) out += " (and more that is not recorded)";
    if (!v.derived) return out;
    std::string from;
    for (uint32_t input : decoder_.deriver().inputs(slot)) {
        if (event_->values[input].state == State::NotRecorded) continue;
        from += (from.empty() ? "" : ", ") + excerpt(decoder_.slots()[input].spelling);
    }
    return out + (from.empty() ? " (derived)" : " (derived from " + from + ")");
}

std::string Explainer::values(const Atom& atom) {
    Slots slots = slots_of(atom);
    std::string out;
    for (uint32_t slot : slots.first) out += (out.empty() ? "" : ", ") + value_text(atom, slot);
    if (slots.more > 0) out += fmt::format(", and {} more fields", slots.more);
    return out;
}

// ` (case differs, under not)`; nothing of what the values say themselves.
std::string Explainer::why(uint32_t index, bool under_not) const {
    const Atom& atom = program_.atoms[index];
    Reason why = reason(program_.tables[index], event_->values.data());
    bool said = why == Reason::Holds || why == Reason::NotRecorded;
    if (why == Reason::Absent)
        for_each_slot(atom, [&](uint32_t slot) { said = said || !event_->values[slot].present(); });
    std::string out(said ? "" : reason_name(why));
    if (under_not) out += out.empty() ? "under not" : ", under not";
    return out.empty() ? "" : " (" + out + ")";
}

Explainer::Branch Explainer::next(const Branch& above, bool last) const {
    // Half of a narrow line is left for the node.
    size_t deepest = look_.width == 0 ? kDeepestDrawn : std::clamp(look_.width / 6, size_t{4}, kDeepestDrawn);
    Branch out{above.level + 1, above.below, above.below};
    out.own += last ? "└─ " : "├─ ";
    if (out.level > deepest)
        out.own += fmt::format("({}) ", out.level);
    else
        out.below += last ? "   " : "│  ";
    return out;
}

void Explainer::lines(uint32_t index, bool negated, const Branch& branch) {
    const ConditionTree::Node& node = program_.tree(*rule_).nodes[index];
    std::string seen;
    if (node.kind == ConditionTree::Kind::Atom) {
        seen = values(program_.atoms[node.atom]) + why(node.atom, negated && decides(node));
    }
    Size left_out = left_out_below(node);
    bool has_children = left_out.nodes > 0 || std::any_of(node.children.begin(), node.children.end(),
                                                          [&](uint32_t child) { return chosen_[child]; });
    lines_.push_back({explanation_.verdicts[index], branch.own, printable(label(node)),
                      branch.below + (has_children ? "│  " : "   "), decides(node),
                      format_printable("{}:{}:{}", node.place.file, node.place.line, node.place.column),
                      printable(seen)});
    negated ^= node.kind == ConditionTree::Kind::Not;
    auto last = std::find_if(node.children.rbegin(), node.children.rend(),
                             [&](uint32_t child) { return chosen_[child]; });
    for (const uint32_t& child : node.children)
        if (chosen_[child]) lines(child, negated, next(branch, left_out.nodes == 0 && &child == &*last));
    if (left_out.nodes == 0) return;
    std::string more = fmt::format("… {}, {} decide{}", counted(left_out.comparisons, "more comparison"),
                                   left_out.deciding == 0 ? "none" : fmt::to_string(left_out.deciding),
                                   left_out.deciding < 2 ? "s" : "");
    Branch last_branch = next(branch, true);
    lines_.push_back({std::nullopt, last_branch.own, more, last_branch.below + "   ", false, "", ""});
}

std::string Explainer::verdict_line() const {
    std::string out = format_printable("{}: rule '{}' ", where_, excerpt(rule_->name));
    if (!explanation_.fires) return out + "does not fire\n";
    if (!is_shown())
        return out +
               "does not fire: its condition holds, but events of this type are not shown to it "
               "('stoop list rules' says which are)\n";
    if (!is_kept_from()) return out + "fires\n";
    if (!earlier_) return out + "would fire, but " + may_fire_text() + "\n";
    return out + format_printable(
                     "would fire, but rule '{}' fires first (stoop run --rule-matching all shows both)\n",
                     excerpt(earlier_->name));
}

std::string Explainer::may_fire_text() const {
    return format_printable("rule '{}' may fire first; it depends on {}", excerpt(may_fire_->rule->name),
                            unrecorded_text(program_, may_fire_->slots));
}

std::string Explainer::counterfactual(const std::vector<uint32_t>& atoms) const {
    Scratch scratch;
    std::string out;
    for (uint32_t index : atoms) {
        bool held = test(program_.tables[index], event_->values.data(), scratch);
        if (!out.empty()) out += " and ";
        out += format_printable("'{}' were {}", excerpt(program_.text(index)), held ? "false" : "true");
    }
    const char* no = explanation_.fires ? "not " : "";
    // More than the condition may keep the rule from firing.
    if (is_kept_from() || (explanation_.fires && !is_shown()))
        return format_printable("its condition would {}hold if {}", no, out);
    return format_printable("it would {}fire if {}", no, out);
}

std::string Explainer::decided_by() {
    constexpr size_t kMostShown = 5;
    if (explanation_.deciding.empty())
        return "  * no few comparisons decide: more than three would have to turn out otherwise\n";
    std::string out;
    for (size_t i = 0; i < std::min(kMostShown, explanation_.deciding.size()); ++i) {
        const std::vector<uint32_t>& set = explanation_.deciding[i];
        std::string line = "  * " + counterfactual(set);
        for (uint32_t index : set) {
            const Atom& atom = program_.atoms[index];
            bool by_case = reason(program_.tables[index], event_->values.data()) == Reason::CaseDiffers;
            line += format_printable("; {}{}", values(atom), by_case ? " (case differs)" : "");
        }
        out += wrapped(line, look_.width, "    ") + "\n";
    }
    return out;
}

std::string Explainer::notes() const {
    std::string out;
    if (look_.quiet) return out;
    if (std::any_of(deciding_.begin(), deciding_.end(), [&](uint32_t atom) {
            return reads_unrecorded(program_.atoms[atom], event_->values.data());
        }))
        out += "  note: the verdict depends on a field that was not recorded\n";
    if (earlier_ && !explanation_.fires)
        out += format_printable("  note: rule '{}' comes earlier and fires on this event\n",
                                excerpt(earlier_->name));
    // The first line says so if both fire as far as is recorded; if neither does, nobody asks.
    if (may_fire_ && is_shown() && explanation_.fires != may_fire_->fires)
        out += "  note: " + may_fire_text() + "\n";
    return wrapped(out, look_.width, "    ");
}

std::string Explainer::brief(const ProgramRule& rule) {
    start(rule);
    return wrapped(verdict_line(), look_.width, "    ") + (explanation_.fires ? "" : decided_by() + notes());
}

namespace {

constexpr size_t kVerdictWidth = 10;  // what stands before the tree

std::string without_blanks_at_end(const std::string& text) {
    return text.substr(0, text.find_last_not_of(' ') + 1);
}

}  // namespace

// `  true  * `
std::string Explainer::verdict_text(const Line& line) const {
    std::string_view on = !look_.color || !line.verdict ? "" : *line.verdict ? "\033[32m" : "\033[31m";
    return fmt::format("  {}{}{} {} ", on,
                       !line.verdict   ? "     "
                       : *line.verdict ? "true "
                                       : "false",
                       on.empty() ? "" : "\033[0m", line.decides ? "*" : " ");
}

Explainer::Columns Explainer::columns() const {
    constexpr size_t kWidestTree = 60;
    Columns out;
    for (const Line& line : lines_)
        if (!line.values.empty()) out.place = std::max(out.place, count_characters(line.place));
    const size_t place = out.place;
    for (const Line& line : lines_)
        if (fits(line, {0, place}))
            out.tree = std::max(out.tree, count_characters(line.own) + count_characters(line.label));
    out.tree = std::min(out.tree, kWidestTree);
    return out;
}

bool Explainer::fits(const Line& line, Columns columns) const {
    if (look_.width == 0) return true;
    size_t tree = count_characters(line.own) + count_characters(line.label);
    size_t behind = line.values.empty() ? count_characters(line.place)
                                        : columns.place + 2 + count_characters(line.values);
    return kVerdictWidth + std::max(tree, columns.tree) + 2 + behind <= look_.width;
}

// Leaves the file out of places where it is that of the first line.
void Explainer::shorten_places() {
    std::string file = lines_[0].place.substr(0, lines_[0].place.rfind(':'));
    file.resize(std::min(file.size(), file.rfind(':') + 1));
    for (size_t i = 1; i < lines_.size(); ++i)
        if (lines_[i].place.starts_with(file)) lines_[i].place.erase(0, file.size());
}

std::string Explainer::wide_line(const Line& line, Columns columns) const {
    return without_blanks_at_end(fmt::format("{}{}  {}  {}", verdict_text(line),
                                             padded(line.own + line.label, columns.tree),
                                             padded(line.place, columns.place), line.values)) +
           "\n";
}

// The node and its place, and below them the values.
std::string Explainer::narrow_lines(const Line& line, Columns columns) const {
    std::string indent = std::string(kVerdictWidth, ' ') + line.below, own = verdict_text(line) + line.own;
    size_t before = kVerdictWidth + std::max(count_characters(line.own), count_characters(line.below));
    size_t room = look_.width > before ? look_.width - before : 1;
    size_t own_width = count_characters(line.own);
    std::string node =
        padded(line.label, columns.tree > own_width ? columns.tree - own_width : 0) + "  " + line.place;
    std::string values = line.values;
    if (count_characters(node) > room) {
        node = line.label;
        values = values.empty() ? line.place : line.place + "  " + values;
    }
    std::string out, text = wrapped(node, room, "");
    if (!values.empty()) text += "\n" + wrapped("  " + values, room, "  ");
    for (size_t begin = 0; begin <= text.size();) {
        size_t end = std::min(text.find('\n', begin), text.size());
        out += without_blanks_at_end((begin == 0 ? own : indent) + text.substr(begin, end - begin)) + "\n";
        begin = end + 1;
    }
    return out;
}

std::string Explainer::human(const ProgramRule& rule, bool whole) {
    constexpr size_t kMostWhole = 40;
    start(rule);
    const ConditionTree& tree = program_.tree(rule);
    bool folds = !whole && tree.nodes.size() > kMostWhole;
    choose_nodes(folds ? std::min(kMostWhole, most_nodes_) : most_nodes_, !folds);
    lines(tree.root(), false, {});
    std::string out = wrapped(verdict_line(), look_.width, "    ");
    bool all_fit = std::all_of(lines_.begin(), lines_.end(),
                               [&, all = columns()](const Line& line) { return fits(line, all); });
    if (!all_fit) shorten_places();
    const Columns shown_columns = columns();
    for (const Line& line : lines_)
        out += fits(line, shown_columns) ? wide_line(line, shown_columns) : narrow_lines(line, shown_columns);
    out += decided_by() + notes();
    size_t nodes = tree.nodes.size();
    auto shown = static_cast<size_t>(std::count(chosen_.begin(), chosen_.end(), true));
    if (shown < nodes)
        out += wrapped(fmt::format("  note: the condition has {} nodes, and {} are shown; {}\n", nodes, shown,
                                   folds && nodes <= most_nodes_ ? "-v shows all"
                                   : folds                       ? "-v shows more"
                                           : limit_help(Limit::ExplainedNodes, most_nodes_)),
                       look_.width, "    ");
    return out;
}

void Explainer::check_json(const ConditionTree::Node& node, bool negated, ordered_json& out) {
    const Atom& atom = program_.atoms[node.atom];
    const std::string& text = program_.text(node.atom);
    out["condition"] = cut(text);
    if (is_long(text)) out["condition_bytes"] = text.size();
    out["decides"] = decides(node);
    out["reason"] = reason_name(reason(program_.tables[node.atom], event_->values.data()));
    out["under_not"] = negated;
    out["values"] = ordered_json::object();
    Slots slots = slots_of(atom);
    ordered_json sizes;
    for (uint32_t slot : slots.first) {
        std::string field = cut(decoder_.slots()[slot].spelling);
        const ShownValue& shown = value(atom, slot);
        out["values"][field] = shown.json;
        if (shown.is_cut()) sizes[field] = shown.size_json();
    }
    if (!sizes.empty()) out["cut"] = std::move(sizes);
    if (slots.more > 0) out["more_values"] = slots.more;
}

ordered_json Explainer::node_json(uint32_t index, bool negated) {
    const ConditionTree::Node& node = program_.tree(*rule_).nodes[index];
    constexpr const char* kKinds[] = {"and", "or", "not", "check", "macro"};
    ordered_json out = {{"kind", kKinds[static_cast<size_t>(node.kind)]},
                        {"verdict", static_cast<bool>(explanation_.verdicts[index])}};
    if (node.kind == ConditionTree::Kind::Macro) out["macro"] = cut(node.macro);
    out["file"] = node.place.file;
    out["line"] = node.place.line;
    out["column"] = node.place.column;
    if (node.kind == ConditionTree::Kind::Atom) check_json(node, negated, out);
    if (!node.children.empty()) {
        out["children"] = ordered_json::array();
        negated ^= node.kind == ConditionTree::Kind::Not;
        for (uint32_t child : node.children)
            if (chosen_[child]) out["children"].push_back(node_json(child, negated));
        if (size_t left_out = left_out_below(node).nodes; left_out > 0) out["more_nodes"] = left_out;
    }
    return out;
}

ordered_json Explainer::json(const ProgramRule& rule) {
    start(rule);
    choose_nodes(most_nodes_, true);
    ordered_json out = {{"event", event_->number},
                        {"file", *file_},
                        {"line", event_->line},
                        {"rule", rule.name},
                        {"fires", explanation_.fires && is_shown() && !is_kept_from()}};
    if (!is_shown()) out["shown"] = false;  // to the rule, which is for other types of events
    if (explanation_.fires && is_shown() && earlier_) out["shadowed_by"] = earlier_->name;
    if (explanation_.fires && is_shown() && may_fire_) {
        ordered_json fields = ordered_json::array();
        for (uint32_t slot : may_fire_->slots) fields.push_back(cut(program_.slots[slot].spelling));
        out["may_be_shadowed_by"] = {{"rule", may_fire_->rule->name}, {"not_recorded", std::move(fields)}};
    }
    out["deciding"] = ordered_json::array();
    size_t left = most_nodes_;
    for (const auto& set : explanation_.deciding) {
        if (left < set.size()) break;
        left -= set.size();
        ordered_json texts = ordered_json::array();
        for (uint32_t atom : set) texts.push_back(cut(program_.text(atom)));
        out["deciding"].push_back(std::move(texts));
    }
    if (size_t more = explanation_.deciding.size() - out["deciding"].size(); more > 0)
        out["more_deciding"] = more;
    out["tree"] = node_json(program_.tree(rule).root(), false);
    return out;
}

}  // namespace stoop
