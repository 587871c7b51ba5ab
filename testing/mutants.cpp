#include "testing/mutants.h"

#include <fmt/format.h>

#include <functional>
#include <map>

namespace stoop {
namespace {

using ast::Expression;
using Kind = Expression::Kind;

// A condition with its macros in place; every node knows where it stands.
struct Part {
    Kind kind = Kind::Comparison;
    std::vector<Part> children;
    const ast::Comparison* comparison = nullptr;
    std::string macro;  // it is the condition of this one
    Place place;
};

Part expand(const Compilation& rules, const Expression& e, const ResolvedCondition& where) {
    if (e.kind == Kind::Macro) {
        const ResolvedCondition& macro = rules.ruleset.macro(e.macro)->condition;
        Part out = expand(rules, macro.tree, macro);
        out.macro = e.macro;
        out.place = rules.sources.place(where.span(e.range));
        return out;
    }
    Part out{e.kind, {}, e.comparison.get(), "", rules.sources.place(where.span(e.range))};
    for (const Expression& child : e.children) out.children.push_back(expand(rules, child, where));
    return out;
}

// A change of one part; null for none.
struct Edit {
    const Part* part = nullptr;
    std::function<Expression(const Part&, const Edit&)> make;
};

void forget_ranges(ast::Operand& operand) {
    operand.range = {};
    for (ast::Operand& argument : operand.arguments) forget_ranges(argument);
}

// Ranges are those of the text that the comparison stood in; the mutant has none.
Expression comparison(ast::Comparison c) {
    forget_ranges(c.left);
    if (c.right) forget_ranges(*c.right);
    for (ast::Literal& literal : c.literals) literal.range = {};
    c.op_range = {};
    Expression out;
    out.kind = Kind::Comparison;
    out.comparison = std::make_unique<ast::Comparison>(std::move(c));
    return out;
}

Expression build(const Part& part, const Edit& edit);

// The part itself, with the change somewhere below it.
Expression build_plain(const Part& part, const Edit& edit) {
    if (part.kind == Kind::Comparison) return comparison(*part.comparison);
    Expression out;
    out.kind = part.kind;
    for (const Part& child : part.children) out.children.push_back(build(child, edit));
    return out;
}

Expression build(const Part& part, const Edit& edit) {
    return &part == edit.part ? edit.make(part, edit) : build_plain(part, edit);
}

// What a comparison is also tried as: near it, and a slip that an author might make.
const std::vector<Operator>& neighbours(Operator op) {
    using enum Operator;
    static const std::map<Operator, std::vector<Operator>> kNeighbours = {
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
    static const std::vector<Operator> kNone;
    auto found = kNeighbours.find(op);
    return found == kNeighbours.end() ? kNone : found->second;
}

class Changes {
  public:
    Changes(const Part& whole, size_t most) : whole_(whole), most_(most) {}

    std::vector<ChangedCondition> all() {
        visit(whole_);
        return std::move(out_);
    }

  private:
    static std::string name(const Part& part) {
        if (!part.macro.empty()) return part.macro;
        return to_text(build(part, {}));
    }

    void add(const Part& part, const Place& place, std::string kind, std::string change,
             std::function<Expression(const Part&, const Edit&)> make) {
        if (out_.size() >= most_) return;
        Edit edit{&part, std::move(make)};
        out_.push_back({std::move(change), std::move(kind), place, build(whole_, edit)});
    }

    void visit(const Part& part) {
        switch (part.kind) {
            case Kind::And:
            case Kind::Or: junction(part); break;
            case Kind::Comparison: leaf(part); break;
            case Kind::Not:
            case Kind::Macro: break;
        }
        for (const Part& child : part.children) visit(child);
    }

    void junction(const Part& part) {
        bool both = part.kind == Kind::And;
        add(part, part.place, "and-or",
            fmt::format("'{}' for '{}' in '{}'", both ? "or" : "and", both ? "and" : "or", name(part)),
            [both](const Part& p, const Edit& edit) {
                Expression out = build_plain(p, edit);
                out.kind = both ? Kind::Or : Kind::And;
                return out;
            });
        for (size_t i = 0; i < part.children.size(); ++i)
            add(part, part.children[i].place, "drop", fmt::format("without '{}'", shown(part.children[i])),
                [i](const Part& p, const Edit& edit) {
                    Expression out = build_plain(p, edit);
                    out.children.erase(out.children.begin() + static_cast<ptrdiff_t>(i));
                    if (out.children.size() > 1) return out;
                    Expression only = std::move(out.children[0]);
                    return only;
                });
    }

    // `not runtime_cloning_itself` rather than all that the macro stands for.
    static std::string shown(const Part& part) {
        if (part.kind == Kind::Not && part.macro.empty() && !part.children[0].macro.empty())
            return "not " + part.children[0].macro;
        return name(part);
    }

    void leaf(const Part& part) {
        const ast::Comparison& c = *part.comparison;
        std::string text = to_text(c);
        add(part, part.place, "negate", fmt::format("not '{}'", text), [](const Part& p, const Edit& edit) {
            Expression out;
            out.kind = Kind::Not;
            out.children.push_back(build_plain(p, edit));
            return out;
        });
        if (c.list && c.literals.size() > 1)
            for (size_t i = 0; i < c.literals.size(); ++i)
                add(part, part.place, "item",
                    fmt::format("without the item '{}' of '{}'", c.literals[i].text, text),
                    [i](const Part& p, const Edit&) {
                        ast::Comparison changed = *p.comparison;
                        changed.literals.erase(changed.literals.begin() + static_cast<ptrdiff_t>(i));
                        return comparison(std::move(changed));
                    });
        for (Operator op : neighbours(c.op)) {
            ast::Comparison changed = c;
            changed.op = op;
            changed.op_text = operator_info(op).spelling;
            add(part, part.place, "comparison", fmt::format("'{}' for '{}'", to_text(changed), text),
                [changed](const Part&, const Edit&) { return comparison(changed); });
        }
    }

    const Part& whole_;
    size_t most_;
    std::vector<ChangedCondition> out_;
};

}  // namespace

Expression expanded_condition(const Compilation& rules, const RuleDefinition& rule) {
    return build(expand(rules, rule.condition.tree, rule.condition), {});
}

std::vector<ChangedCondition> changed_conditions(const Compilation& rules, const RuleDefinition& rule,
                                                 size_t most) {
    Part whole = expand(rules, rule.condition.tree, rule.condition);
    return Changes(whole, most).all();
}

}  // namespace stoop
