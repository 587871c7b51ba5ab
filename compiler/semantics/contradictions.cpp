// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/contradictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "compiler/semantics/literal.h"
#include "runtime/search/glob.h"

namespace stoop {
namespace {

// A comparison that is true of some values of its field. `!=` is kept as `not =`: for a value that is there
// they mean the same.
struct Check {
    const std::vector<ast::Literal>& literals;
    Operator op;
    std::string field;
    LiteralForm form;
    bool negated;
};

enum class Relation : uint8_t { Unknown, Disjoint, Within };  // of the values of two checks

bool is_one_of(Operator op) { return op == Operator::Eq || op == Operator::In; }

// Whether one literal, as the field's value, satisfies a check that is not negated; nothing if that is not
// known.
std::optional<bool> satisfies(const std::string& value, const Check& check) {
    if (check.op == Operator::Exists) return true;
    const std::string& wanted = check.literals[0].text;
    switch (check.op) {
        case Operator::Eq:
        case Operator::In:
            return std::any_of(check.literals.begin(), check.literals.end(),
                               [&](const ast::Literal& literal) { return literal.text == value; });
        case Operator::Startswith: return value.starts_with(wanted);
        case Operator::Endswith: return value.ends_with(wanted);
        case Operator::Contains: return value.find(wanted) != value.npos;
        case Operator::Glob: return glob(value, wanted, false);
        case Operator::Iglob: return glob(value, wanted, true);
        default: return std::nullopt;
    }
}

Relation relate_texts(const Check& x, const Check& y) {
    if (is_one_of(x.op)) {
        bool all = true, none = true;
        for (const ast::Literal& literal : x.literals) {
            auto holds = satisfies(literal.text, y);
            if (!holds) return Relation::Unknown;
            (*holds ? none : all) = false;
        }
        return all ? Relation::Within : none ? Relation::Disjoint : Relation::Unknown;
    }
    if (y.op == Operator::Exists) return Relation::Within;
    if (is_one_of(y.op)) {
        bool none = std::all_of(y.literals.begin(), y.literals.end(), [&](const ast::Literal& literal) {
            return satisfies(literal.text, x) == false;
        });
        return none ? Relation::Disjoint : Relation::Unknown;
    }
    if (x.op == Operator::Exists) return Relation::Unknown;
    if (x.op == y.op && x.literals[0].text == y.literals[0].text) return Relation::Within;
    const std::string &p = x.literals[0].text, &q = y.literals[0].text;
    if (x.op == Operator::Startswith && y.op == Operator::Startswith)
        return p.starts_with(q)   ? Relation::Within
               : q.starts_with(p) ? Relation::Unknown
                                  : Relation::Disjoint;
    if (x.op == Operator::Endswith && y.op == Operator::Endswith)
        return p.ends_with(q) ? Relation::Within : q.ends_with(p) ? Relation::Unknown : Relation::Disjoint;
    bool part = x.op == Operator::Startswith || x.op == Operator::Endswith || x.op == Operator::Contains;
    return part && y.op == Operator::Contains && p.find(q) != p.npos ? Relation::Within : Relation::Unknown;
}

// The numbers of a check, both ends included; nothing for `exists`, which takes all.
struct Interval {
    __int128 least, most;
};
constexpr __int128 kFar = static_cast<__int128>(1) << 100;
std::optional<std::vector<Interval>> intervals(const Check& check) {
    std::vector<Interval> out;
    for (const ast::Literal& literal : check.literals) {
        long long number = 0;
        const std::string& text = literal.text;
        auto end = text.data() + text.size();
        if (auto read = std::from_chars(text.data(), end, number); read.ec != std::errc() || read.ptr != end)
            return std::nullopt;
        if (number < 0 && check.form != LiteralForm::Signed) return std::nullopt;  // it wraps
        switch (check.op) {
            case Operator::Eq:
            case Operator::In: out.push_back({number, number}); break;
            case Operator::Lt: out.push_back({-kFar, static_cast<__int128>(number) - 1}); break;
            case Operator::Le: out.push_back({-kFar, number}); break;
            case Operator::Gt: out.push_back({static_cast<__int128>(number) + 1, kFar}); break;
            case Operator::Ge: out.push_back({number, kFar}); break;
            default: return std::nullopt;
        }
    }
    if (check.op == Operator::Exists) out.push_back({-kFar, kFar});
    return out;
}

Relation relate_numbers(const Check& a, const Check& b) {
    auto x = intervals(a), y = intervals(b);
    if (!x || !y) return Relation::Unknown;
    bool disjoint = true, within = true;
    for (const Interval& i : *x) {
        bool inside = false;
        for (const Interval& j : *y) {
            disjoint = disjoint && (i.most < j.least || j.most < i.least);
            inside = inside || (j.least <= i.least && i.most <= j.most);
        }
        within = within && inside;
    }
    return disjoint ? Relation::Disjoint : within ? Relation::Within : Relation::Unknown;
}

// Whether every number satisfies one of two checks that are not negated: `> 5` and `<= 5`.
bool cover_all(const Check& a, const Check& b) {
    auto x = intervals(a), y = intervals(b);
    if (!x || !y || x->size() != 1 || y->size() != 1) return false;
    const Interval &low = x->front().least < y->front().least ? x->front() : y->front(),
                   &high = x->front().least < y->front().least ? y->front() : x->front();
    return low.least == -kFar && high.most == kFar && high.least <= low.most + 1;
}

class Contradictions {
  public:
    explicit Contradictions(const Schema& schema) : schema_(schema) {}

    void visit(const ast::Expression& e) {
        using Kind = ast::Expression::Kind;
        if (e.kind == Kind::And || e.kind == Kind::Or) {
            std::vector<const ast::Expression*> members;
            collect(e, e.kind, members);
            look(members, e.kind == Kind::Or);
            for (const ast::Expression* member : members) visit(*member);
        } else {
            for (const ast::Expression& child : e.children) visit(child);
        }
    }
    std::vector<TreeWarning> take() { return std::move(out_); }

  private:
    static void collect(const ast::Expression& e, ast::Expression::Kind kind,
                        std::vector<const ast::Expression*>& out) {
        for (const ast::Expression& child : e.children)
            child.kind == kind ? collect(child, kind, out) : out.push_back(&child);
    }

    // Nothing if it is no comparison of one value with texts or numbers.
    std::optional<Check> check(const ast::Expression& e, bool negated) const {
        if (e.kind == ast::Expression::Kind::Not) return check(e.children[0], !negated);
        if (e.kind != ast::Expression::Kind::Comparison) return std::nullopt;
        constexpr size_t kMostLiterals = 50;
        const ast::Comparison& c = *e.comparison;
        if (c.right || c.modifier != Modifier::None || c.left.kind != ast::Operand::Kind::Field ||
            c.literals.size() > kMostLiterals || (c.literals.empty() && c.op != Operator::Exists) ||
            c.left.name.starts_with("evt.type"))
            return std::nullopt;
        std::optional<std::string_view> argument;
        if (c.left.argument) argument = *c.left.argument;
        auto found = schema_.find(c.left.name, argument);
        if (!found.ref || found.ref->comparison != Comparison::Ordinary || found.ref->holds_list())
            return std::nullopt;
        LiteralForm form = literal_form(found.ref->type);
        if (form == LiteralForm::Boolean)
            form = LiteralForm::Text;  // `true` and `false` are told apart as such
        if (form != LiteralForm::Text && form != LiteralForm::Signed && form != LiteralForm::Unsigned &&
            form != LiteralForm::Port)
            return std::nullopt;
        bool unequal = c.op == Operator::Ne;
        return Check{c.literals, unequal ? Operator::Eq : c.op, ast::to_text(c.left), form,
                     negated != unequal};
    }

    static Relation relate(const Check& a, const Check& b) {
        return a.form == LiteralForm::Text ? relate_texts(a, b) : relate_numbers(a, b);
    }

    // Whether no value satisfies both; in an `or`, where both were turned round, whether every value
    // satisfies one of them.
    bool exclude(const Check& a, const Check& b) const {
        if (a.field != b.field) return false;
        if (!a.negated && !b.negated) return relate(a, b) == Relation::Disjoint;
        if (!a.negated) return relate(a, b) == Relation::Within;
        if (!b.negated) return relate(b, a) == Relation::Within;
        return turned_outside_ && a.form != LiteralForm::Text && cover_all(a, b);
    }

    // The same of a check and a group; `turned`: the group is negated.
    bool exclude(const Check& a, const ast::Expression& b, bool turned) {
        if (steps_left_ == 0) return false;
        --steps_left_;
        using Kind = ast::Expression::Kind;
        const ast::Expression* group = &b;
        bool negated = turned;
        for (; group->kind == Kind::Not; group = &group->children[0]) negated = !negated;
        if (group->kind == Kind::And || group->kind == Kind::Or) {
            bool all_hold = (group->kind == Kind::And) != negated;
            auto child = [&](const ast::Expression& e) { return exclude(a, e, negated); };
            return all_hold ? std::any_of(group->children.begin(), group->children.end(), child)
                            : std::all_of(group->children.begin(), group->children.end(), child);
        }
        auto leaf = check(*group, negated);
        return leaf && exclude(a, *leaf);
    }

    void look(const std::vector<const ast::Expression*>& members, bool disjunction) {
        constexpr size_t kMost = 50;  // more are no slip of the hand
        if (members.size() > kMost) return;
        turned_outside_ = disjunction;
        std::vector<std::pair<const ast::Expression*, Check>> checks;
        std::vector<const ast::Expression*> groups;
        for (const ast::Expression* member : members) {
            if (auto one = check(*member, disjunction))
                checks.emplace_back(member, std::move(*one));
            else if (member->kind != ast::Expression::Kind::Comparison)
                groups.push_back(member);
        }
        for (size_t i = 0; i < checks.size(); ++i) {
            const auto& [at, one] = checks[i];
            auto before = std::find_if(checks.begin(), checks.begin() + static_cast<ptrdiff_t>(i),
                                       [&](const auto& other) { return exclude(other.second, one); });
            if (before != checks.begin() + static_cast<ptrdiff_t>(i))
                report(one, *at, before->second, disjunction);
            else if (std::any_of(groups.begin(), groups.end(), [&](const ast::Expression* group) {
                         return exclude(one, *group, disjunction);
                     }))
                report(one, *at, std::nullopt, disjunction);
        }
    }

    void report(const Check& one, const ast::Expression& at, const std::optional<Check>& other,
                bool disjunction) {
        // Where both are turned round, differs from it.
        auto has_value = [](const Check& c) { return is_one_of(c.op) && !c.negated; };
        const std::string& field = one.field;
        bool values = other && has_value(one) && has_value(*other);
        if (disjunction)
            out_.push_back({Problem::AlwaysTrue,
                            values ? fmt::format("every value of {} differs from one of these", field)
                                   : fmt::format("every value of {} satisfies one of these", field),
                            values ? fmt::format("to exclude several values: not {} in (a, b)", field)
                                   : "leave both out, or join them with 'and'",
                            at.range});
        else
            out_.push_back(
                {Problem::Contradiction,
                 values ? fmt::format("{} cannot have two different values at once", field)
                        : fmt::format("no value of {} satisfies this and what it is joined with", field),
                 values ? fmt::format("for one of several values: {} in (a, b)", field)
                        : "join the two with 'or', or correct one of them",
                 at.range});
    }

    const Schema& schema_;
    std::vector<TreeWarning> out_;
    bool turned_outside_ = false;
    size_t steps_left_ = 20'000;
};

}  // namespace

std::vector<TreeWarning> warn_of_contradictions(const ast::Expression& condition, const Schema& schema) {
    Contradictions out(schema);
    out.visit(condition);
    return out.take();
}

}  // namespace stoop
