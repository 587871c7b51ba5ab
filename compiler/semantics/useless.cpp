#include "compiler/semantics/useless.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "compiler/semantics/literal.h"
#include "compiler/syntax/look_alikes.h"

namespace stoop {
namespace {

bool is_text_type(Type type) { return type_class(type) == TypeClass::Text; }
bool among(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}
bool equals(Operator op) { return op == Operator::Eq || op == Operator::Ne || op == Operator::In; }

// Names and paths, in which nobody writes a `*`. Command lines and the requests of an API may have one.
bool is_name_or_path(std::string_view field) {
    return among(field, {"proc.name",
                         "proc.pname",
                         "proc.aname",
                         "proc.exe",
                         "proc.exepath",
                         "proc.pexe",
                         "proc.pexepath",
                         "proc.aexe",
                         "proc.aexepath",
                         "fd.name",
                         "fd.filename",
                         "fd.directory",
                         "user.name",
                         "group.name",
                         "container.name",
                         "container.image",
                         "container.image.repository",
                         "container.image.tag",
                         "k8s.pod.name",
                         "k8s.ns.name"});
}

bool compares_text(Operator op) {
    return equals(op) || op == Operator::Startswith || op == Operator::Endswith || op == Operator::Contains ||
           op == Operator::Icontains;
}

// Why the field never has the value; empty if it may.
std::string why_impossible(std::string_view text, const FieldRef& field, Operator op) {
    constexpr size_t kLongestName = 15;  // bytes that the kernel keeps
    std::string_view name = field.field->name;
    bool part = op == Operator::Startswith || op == Operator::Endswith || op == Operator::Contains;
    if ((equals(op) || part) && among(name, {"proc.name", "proc.pname", "proc.aname"}) &&
        text.size() > kLongestName && !text.starts_with("kworker"))
        return fmt::format("the name of a process has {} bytes at most, this one {}", kLongestName,
                           text.size());
    if (equals(op) && name == "fd.typechar" && text.size() > 1)
        return "fd.typechar is a single character, such as f";
    if ((equals(op) || part) && name == "fd.filename" && text.size() > 1 && text.find('/') != text.npos)
        return "fd.filename has no folder in it; fd.name is the whole path";
    if (equals(op) && among(name, {"user.uid", "group.gid"}) && text.starts_with('-'))
        return fmt::format("{} is never negative", name);
    if (!equals(op) || text.empty()) return "";
    bool digits =
        std::all_of(text.begin() + (text[0] == '-'), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) return "";
    errno = 0;
    long long number = std::strtoll(std::string(text).c_str(), nullptr, 10);
    if (literal_form(field.type) == LiteralForm::Port && number > 65535) return "ports go up to 65535";
    unsigned bits = type_bits(field.type);
    if (literal_form(field.type) == LiteralForm::Unsigned && bits < 64 && number >= (1LL << bits))
        return fmt::format("{} is a number of {} bits", field.spelling, bits);
    if (literal_form(field.type) == LiteralForm::Signed && bits < 64 &&
        (number >= (1LL << (bits - 1)) || number < -(1LL << (bits - 1))))
        return fmt::format("{} is a number of {} bits", field.spelling, bits);
    return "";
}

// One value at a time, compared with texts.
bool has_one_value(const ast::Operand& operand, const Schema& schema) {
    if (operand.kind != ast::Operand::Kind::Field || operand.name.starts_with("evt.")) return false;
    std::optional<std::string_view> argument;
    if (operand.argument) argument = *operand.argument;
    auto found = schema.find(operand.name, argument);
    return found.ref && found.ref->comparison == Comparison::Ordinary && !found.ref->holds_list() &&
           is_text_type(found.ref->type);
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

    // `=` or `in` of texts, or in an `or` their opposites; null if it is another check.
    const ast::Comparison* comparison(const ast::Expression& e, bool negated) const {
        const ast::Expression* at = &e;
        bool is_negated = false;
        if (at->kind == ast::Expression::Kind::Not) {
            is_negated = true;
            at = &at->children[0];
        }
        if (at->kind != ast::Expression::Kind::Comparison) return nullptr;
        const ast::Comparison& c = *at->comparison;
        if (c.right || c.literals.empty() || c.modifier != Modifier::None) return nullptr;
        if (c.op == Operator::Ne && !c.list)
            is_negated = !is_negated;
        else if (c.op != Operator::Eq && c.op != Operator::In)
            return nullptr;
        return is_negated == negated && has_one_value(c.left, schema_) ? &c : nullptr;
    }

    static bool disjoint(const ast::Comparison& a, const ast::Comparison& b) {
        return std::none_of(a.literals.begin(), a.literals.end(), [&](const ast::Literal& literal) {
            return std::any_of(b.literals.begin(), b.literals.end(),
                               [&](const ast::Literal& other) { return other.text == literal.text; });
        });
    }

    void look(const std::vector<const ast::Expression*>& members, bool disjunction) {
        constexpr size_t kMost = 50;  // members and literals: more are no slip of the hand
        if (members.size() > kMost) return;
        for (size_t i = 0; i < members.size(); ++i) {
            const ast::Comparison* a = comparison(*members[i], disjunction);
            if (!a || a->literals.size() > kMost) continue;
            for (size_t j = 0; j < i; ++j) {
                const ast::Comparison* b = comparison(*members[j], disjunction);
                if (!b || b->literals.size() > kMost || ast::to_text(a->left) != ast::to_text(b->left) ||
                    !disjoint(*a, *b))
                    continue;
                std::string field = ast::to_text(a->left);
                out_.push_back(
                    disjunction
                        ? TreeWarning{Problem::AlwaysTrue,
                                      fmt::format("every value of {} differs from one of these", field),
                                      fmt::format("to exclude several values: not {} in (a, b)", field),
                                      members[i]->range}
                        : TreeWarning{Problem::Contradiction,
                                      fmt::format("{} cannot have two different values at once", field),
                                      fmt::format("for one of several values: {} in (a, b)", field),
                                      members[i]->range});
                break;
            }
        }
    }

    const Schema& schema_;
    std::vector<TreeWarning> out_;
};

}  // namespace

void warn_of_useless_values(const ast::Comparison& source, const FieldRef* field,
                            std::vector<ComparisonWarning>& warnings) {
    for (const ast::Literal& literal : source.literals) {
        const std::string& text = literal.text;
        if (auto found = find_look_alike(text)) {
            std::string help = found->instead.empty() ? "delete it, if it is not meant"
                               : found->instead == " "
                                   ? "write an ordinary blank, if it is not meant"
                                   : fmt::format("write {}, if it is not meant", found->instead);
            warnings.push_back({Problem::LookAlike,
                                fmt::format("{} is part of the value '{}'", found->name, text),
                                std::move(help), "", literal.range});
            continue;
        }
        if (!field) continue;
        if (text.size() > 1 && (text.starts_with('*') || text.ends_with('*')) && compares_text(source.op) &&
            is_name_or_path(field->field->name)) {
            warnings.push_back(
                {Problem::WildcardText, fmt::format("'*' is an ordinary character for '{}'", source.op_text),
                 // With another operator `glob` would mean something else: it compares the whole value.
                 source.op == Operator::Eq && !source.list
                     ? fmt::format("'glob' takes it for any text: {} glob {}", ast::to_text(source.left),
                                   text)
                     : "'glob' takes it for any text, and compares the whole value",
                 "", literal.range});
            continue;
        }
        std::string why = why_impossible(text, *field, source.op);
        if (!why.empty())
            warnings.push_back({Problem::ImpossibleValue,
                                fmt::format("{} never has the value '{}'", field->spelling, text),
                                std::move(why), "", literal.range});
    }
}

std::vector<TreeWarning> warn_of_contradictions(const ast::Expression& condition, const Schema& schema) {
    Contradictions out(schema);
    out.visit(condition);
    return out.take();
}

bool is_one_slip_away(std::string_view a, std::string_view b) {
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > 1 || a == b) return false;
    size_t at = 0;
    while (at < a.size() && a[at] == b[at]) ++at;
    if (b.size() > a.size()) return a.substr(at) == b.substr(at + 1);
    if (a.substr(at + 1) == b.substr(at + 1)) return true;
    return at + 1 < a.size() && a[at] == b[at + 1] && a[at + 1] == b[at] &&
           a.substr(at + 2) == b.substr(at + 2);
}

}  // namespace stoop
