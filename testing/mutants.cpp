// SPDX-License-Identifier: Apache-2.0
#include "testing/mutants.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <unordered_map>

#include "runtime/base/excerpt.h"

namespace stoop {
namespace {

using Kind = MutableCondition::Kind;
using Part = MutableCondition::Part;

// What stands between the parts of an `and` or an `or`.
std::string_view separator(Kind kind) { return kind == Kind::And ? " and " : " or "; }
Kind opposite(Kind kind) { return kind == Kind::And ? Kind::Or : Kind::And; }

void forget_ranges(ast::Operand& operand) {
    operand.range = {};
    for (ast::Operand& argument : operand.arguments) forget_ranges(argument);
}

ast::Comparison without_ranges(ast::Comparison c) {
    forget_ranges(c.left);
    if (c.right) forget_ranges(*c.right);
    for (ast::Literal& literal : c.literals) literal.range = {};
    c.op_range = {};
    return c;
}

// What a comparison is also tried as: near it, and a slip that an author might make.
std::span<const Operator> neighbours(Operator op) {
    using enum Operator;
    static const std::unordered_map<Operator, std::vector<Operator>> kNeighbours = {
        {Eq, {Startswith, Endswith}},
        {Ne, {Eq}},
        {Lt, {Le}},
        {Le, {Lt}},
        {Gt, {Ge}},
        {Ge, {Gt}},
        {Contains, {Startswith, Endswith, Icontains}},
        {Icontains, {Contains}},
        {Startswith, {Eq, Contains}},
        {Endswith, {Eq, Contains}},
        {Glob, {Iglob}},
        {Iglob, {Glob}},
    };
    auto found = kNeighbours.find(op);
    return found == kNeighbours.end() ? std::span<const Operator>() : found->second;
}

// The size of a condition's text; that of a macro is counted once, however often it is used.
class Measure {
  public:
    explicit Measure(const Compilation& rules) : rules_(rules) {}

    MutableCondition::Size of(const ast::Expression& e) {
        using Size = MutableCondition::Size;
        switch (e.kind) {
            case Kind::Macro: {
                auto known = macros_.find(e.macro);
                if (known != macros_.end()) return known->second;
                Size size = of(rules_.ruleset.macro(e.macro)->condition.tree);
                macros_.emplace(e.macro, size);
                return size;
            }
            case Kind::Comparison: return {to_text(*e.comparison).size(), 1};
            case Kind::And:
            case Kind::Or:
            case Kind::Not: break;
        }
        Size out{e.kind == Kind::Not ? 4 : 2 + (e.children.size() - 1) * separator(e.kind).size(), 1};
        for (const ast::Expression& child : e.children) {
            Size size = of(child);
            out.text += size.text;
            out.parts += size.parts;
        }
        return out;
    }

  private:
    const Compilation& rules_;
    std::unordered_map<std::string, MutableCondition::Size> macros_;
};

class Changes {
  public:
    Changes(const MutableCondition& condition, size_t most) : condition_(condition), most_(most) {}

    std::vector<ConditionChange> find(size_t& all) {
        for (uint32_t i = 0; i < condition_.parts().size(); ++i) {
            Kind kind = condition_.parts()[i].kind;
            if (kind == Kind::Comparison)
                comparison(i);
            else if (kind != Kind::Not)
                junction(i);
        }
        all = all_;
        return std::move(out_);
    }

  private:
    void add(ConditionChange::Kind kind, uint32_t part, uint32_t index, size_t begin, size_t end,
             Operator op = Operator::Exists) {
        if (++all_ > most_) return;
        out_.push_back({kind, op, part, index, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)});
    }

    void junction(uint32_t index) {
        const auto& parts = condition_.parts();
        const Part& part = parts[index];
        add(ConditionChange::Kind::Junction, index, 0, part.begin, part.end);
        const auto& children = part.children;
        for (uint32_t i = 0; i < children.size(); ++i) {
            // With the separator behind it, or before the last one. Of two, the other one stands alone.
            size_t begin = i + 1 < children.size() ? parts[children[i]].begin : parts[children[i - 1]].end;
            size_t end = i + 1 < children.size() ? parts[children[i + 1]].begin : parts[children[i]].end;
            bool two = children.size() == 2;
            add(ConditionChange::Kind::Drop, index, i, two ? part.begin : begin, two ? part.end : end);
        }
    }

    void comparison(uint32_t index) {
        const Part& part = condition_.parts()[index];
        const ast::Comparison& c = *part.comparison;
        add(ConditionChange::Kind::Negate, index, 0, part.begin, part.begin);
        if (c.list && c.literals.size() > 1) {
            // From the end: behind the list there is at most a parenthesis.
            size_t end = part.end - (c.parenthesised ? 1 : 0);
            size_t at = end - list_size(c);
            for (uint32_t i = 0; i < c.literals.size(); ++i) {
                size_t size = ast::to_text(c.literals[i]).size();
                bool last = i + 1 == c.literals.size();
                add(ConditionChange::Kind::Item, index, i, last ? at - 2 : at, at + size + (last ? 0 : 2));
                at += size + 2;
            }
        }
        size_t op = part.begin + to_text(c.left).size() + 1;
        for (Operator other : neighbours(c.op))
            add(ConditionChange::Kind::Operator, index, 0, op, op + c.op_text.size(), other);
    }

    static size_t list_size(const ast::Comparison& c) {
        size_t out = 2 * (c.literals.size() - 1);
        for (const ast::Literal& literal : c.literals) out += ast::to_text(literal).size();
        return out;
    }

    const MutableCondition& condition_;
    size_t most_, all_ = 0;
    std::vector<ConditionChange> out_;
};

// A junction with the other word between its parts.
std::string exchanged(const MutableCondition& condition, const Part& part) {
    std::string out = "(";
    for (uint32_t child : part.children) {
        if (child != part.children.front()) out += separator(opposite(part.kind));
        out += condition.text(condition.parts()[child]);
    }
    return out + ")";
}

// What stands in the place of the text from `begin` to `end`.
std::string replacement(const MutableCondition& condition, const ConditionChange& change) {
    const Part& part = condition.parts()[change.part];
    switch (change.kind) {
        case ConditionChange::Kind::Junction: return exchanged(condition, part);
        case ConditionChange::Kind::Drop:
            if (part.children.size() > 2) return "";
            return std::string(condition.text(condition.parts()[part.children[1 - change.index]]));
        case ConditionChange::Kind::Negate: return "not ";
        case ConditionChange::Kind::Item: return "";
        case ConditionChange::Kind::Operator: return std::string(operator_info(change.op).spelling);
    }
    return "";
}

std::string shown(std::string_view text, bool whole) { return whole ? std::string(text) : excerpt(text); }

// By the name of its macro if it has one.
std::string name(const MutableCondition& condition, const Part& part, bool whole) {
    return shown(part.macro ? *part.macro : condition.text(part), whole);
}

// `not runtime_cloning_itself` rather than all that the macro stands for.
std::string dropped_name(const MutableCondition& condition, const Part& part, bool whole) {
    if (part.kind != Kind::Not || part.macro) return name(condition, part, whole);
    const Part& denied = condition.parts()[part.children[0]];
    return denied.macro ? "not " + shown(*denied.macro, whole) : name(condition, part, whole);
}

// Two texts that differ in the middle, cut to that and a little around it. `more_before` and `more_behind`:
// the texts are not all there is.
ChangedPlace cut_to_difference(std::string_view a, std::string_view b, bool more_before, bool more_behind,
                               bool whole) {
    constexpr size_t kAround = 60;
    size_t same = 0, tail = 0;
    while (same < a.size() && same < b.size() && a[same] == b[same]) ++same;
    while (tail < a.size() - same && tail < b.size() - same &&
           a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
        ++tail;
    size_t begin = same > kAround ? a.rfind(' ', same - kAround) : 0;
    if (begin == a.npos) begin = 0;
    auto around = [&](std::string_view text) {
        size_t end = text.size() - tail + kAround;
        end = end < text.size() ? text.find(' ', end) : text.npos;
        std::string middle = shown(text.substr(begin, end == text.npos ? end : end - begin), whole);
        return (begin > 0 || more_before ? "…" : "") + middle +
               (end == text.npos && !more_behind ? "" : " …");
    };
    return {around(a), around(b)};
}

}  // namespace

MutableCondition::Size MutableCondition::size(const Compilation& rules, const RuleDefinition& rule) {
    return Measure(rules).of(rule.condition.tree);
}

MutableCondition::MutableCondition(const Compilation& rules, const RuleDefinition& rule) {
    add(rules, rule.condition.tree, rule.condition, false);
}

uint32_t MutableCondition::add(const Compilation& rules, const ast::Expression& e,
                               const ResolvedCondition& where, bool negated) {
    uint32_t index;
    if (e.kind == Kind::Macro) {
        const ResolvedCondition& macro = rules.ruleset.macro(e.macro)->condition;
        index = add(rules, macro.tree, macro, negated);
        parts_[index].macro = &e.macro;
    } else {
        index = static_cast<uint32_t>(parts_.size());
        Part& part = parts_.emplace_back();
        part.kind = e.kind;
        part.negated = negated;
        part.comparison = e.comparison.get();
        part.begin = static_cast<uint32_t>(text_.size());
        if (e.kind == Kind::Comparison)
            text_ += to_text(*e.comparison);
        else
            text_ += e.kind == Kind::Not ? "not " : "(";
        for (const ast::Expression& child : e.children) {
            if (&child != &e.children.front()) text_ += separator(e.kind);
            uint32_t added = add(rules, child, where, negated != (e.kind == Kind::Not));
            parts_[added].parent = index;
            parts_[added].position = static_cast<uint32_t>(parts_[index].children.size());
            parts_[index].children.push_back(added);
        }
        if (e.kind == Kind::And || e.kind == Kind::Or) text_ += ")";
        parts_[index].end = static_cast<uint32_t>(text_.size());
    }
    parts_[index].span = where.span(e.range);
    return index;
}

ast::Expression MutableCondition::tree(uint32_t index) const {
    const Part& part = parts_[index];
    ast::Expression out;
    out.kind = part.kind;
    if (part.comparison) out.comparison = std::make_shared<ast::Comparison>(without_ranges(*part.comparison));
    for (uint32_t child : part.children) out.children.push_back(tree(child));
    return out;
}

std::string_view kind_name(ConditionChange::Kind kind) {
    constexpr std::string_view kNames[] = {"and-or", "drop", "negate", "item", "comparison"};
    return kNames[static_cast<size_t>(kind)];
}

std::vector<ConditionChange> condition_changes(const MutableCondition& condition, size_t most, size_t& all) {
    return Changes(condition, most).find(all);
}

ast::Comparison changed_comparison(const MutableCondition& condition, const ConditionChange& change) {
    ast::Comparison out = without_ranges(*condition.parts()[change.part].comparison);
    if (change.kind == ConditionChange::Kind::Item) {
        out.literals.erase(out.literals.begin() + static_cast<ptrdiff_t>(change.index));
    } else {
        out.op = change.op;
        out.op_text = operator_info(change.op).spelling;
    }
    return out;
}

std::string change_text(const MutableCondition& condition, const ConditionChange& change, bool whole) {
    const Part& part = condition.parts()[change.part];
    std::string text = shown(condition.text(part), whole);
    switch (change.kind) {
        case ConditionChange::Kind::Junction: {
            bool both = part.kind == Kind::And;
            return fmt::format("'{}' for '{}' in '{}'", both ? "or" : "and", both ? "and" : "or",
                               name(condition, part, whole));
        }
        case ConditionChange::Kind::Drop: {
            const Part& dropped = condition.parts()[part.children[change.index]];
            return fmt::format("without '{}'", dropped_name(condition, dropped, whole));
        }
        case ConditionChange::Kind::Negate: return fmt::format("not '{}'", text);
        case ConditionChange::Kind::Item:
            return fmt::format("without the item '{}' of '{}'",
                               shown(part.comparison->literals[change.index].text, whole), text);
        case ConditionChange::Kind::Operator: {
            std::string changed(condition.text(part));
            changed.replace(change.begin - part.begin, change.end - change.begin,
                            operator_info(change.op).spelling);
            return fmt::format("'{}' for '{}'", shown(changed, whole), text);
        }
    }
    return "";
}

Span change_span(const MutableCondition& condition, const ConditionChange& change) {
    const Part& part = condition.parts()[change.part];
    bool drop = change.kind == ConditionChange::Kind::Drop;
    return drop ? condition.parts()[part.children[change.index]].span : part.span;
}

std::string changed_text(const MutableCondition& condition, const ConditionChange& change) {
    std::string out = condition.text();
    return out.replace(change.begin, change.end - change.begin, replacement(condition, change));
}

uint64_t changed_size(const MutableCondition& condition, const ConditionChange& change) {
    const Part& part = condition.parts()[change.part];
    uint64_t kept = condition.text().size() - (change.end - change.begin);
    if (change.kind != ConditionChange::Kind::Junction) return kept + replacement(condition, change).size();
    uint64_t separators = part.children.size() - 1;
    return condition.text().size() - separators * separator(part.kind).size() +
           separators * separator(opposite(part.kind)).size();
}

ChangedPlace changed_place(const MutableCondition& condition, const ConditionChange& change, bool whole) {
    constexpr size_t kWindow = 4096;  // bytes of what stays, on each side
    std::string_view text = condition.text();
    size_t begin = change.begin - std::min<size_t>(change.begin, kWindow);
    size_t end = change.end + std::min<size_t>(text.size() - change.end, kWindow);
    std::string_view before = text.substr(begin, change.begin - begin),
                     behind = text.substr(change.end, end - change.end);
    return cut_to_difference(text.substr(begin, end - begin),
                             fmt::format("{}{}{}", before, replacement(condition, change), behind), begin > 0,
                             end < text.size(), whole);
}

}  // namespace stoop
