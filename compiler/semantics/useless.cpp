// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/useless.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "compiler/semantics/literal.h"
#include "compiler/syntax/look_alikes.h"
#include "compiler/syntax/quoted_texts.h"
#include "runtime/base/ascii.h"
#include "runtime/base/nearest.h"

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

struct FieldValues {
    std::string_view field, values;
};
constexpr FieldValues kFieldValues[] = {
#define STOOP_FIELD_VALUES(field, values) {field, values},
#include "compiler/semantics/field_values.def"
#undef STOOP_FIELD_VALUES
};

// What is to be said about a value of a comparison.
struct Remark {
    Problem problem;
    std::string message, help;
};

bool is_quoted(const ast::Literal& literal) {
    return literal.range.end - literal.range.begin > literal.text.size();
}

class ValueChecker {
  public:
    ValueChecker(const ast::Comparison& source, const FieldRef* field)
        : source_(source),
          field_(field),
          name_(field ? std::string_view(field->field->name) : std::string_view()),
          path_(field && is_name_or_path(name_)),
          equals_(equals(source.op)),
          part_(source.op == Operator::Startswith || source.op == Operator::Endswith ||
                source.op == Operator::Contains) {}

    std::optional<Remark> remark(const ast::Literal& literal) const {
        if (literal.text.empty() && (part_ || source_.op == Operator::Icontains))
            return Remark{Problem::AlwaysTrue,
                          fmt::format("every value of {} {} an empty text", left(), source_.op_text),
                          "write the text that belongs between the quotes"};
        if (auto out = look_alike(literal.text)) return out;
        if (auto out = other_case(literal.text)) return out;
        if (!field_) return std::nullopt;
        if (auto out = wildcard(literal.text)) return out;
        if (auto out = taken_literally(literal)) return out;
        if (auto out = closed(literal.text)) return out;
        std::string why = why_impossible(literal.text);
        if (!why.empty()) return never(literal.text, std::move(why));
        why = why_unlikely(literal.text);
        if (why.empty()) return std::nullopt;
        return Remark{Problem::ImpossibleValue,
                      fmt::format("{} hardly ever has the value '{}'", field_->spelling, literal.text), why};
    }

  private:
    std::string left() const { return ast::to_text(source_.left); }
    Remark never(std::string_view text, std::string why) const {
        if (!equals_ && !part_)  // an order
            return {
                Problem::ImpossibleValue,
                fmt::format("no value of {} is to be compared with '{} {}'", left(), source_.op_text, text),
                std::move(why)};
        return {Problem::ImpossibleValue, fmt::format("{} never has the value '{}'", left(), text),
                std::move(why)};
    }
    Remark as_written(std::string message, std::string help) const {
        return {Problem::TakenLiterally, std::move(message), std::move(help)};
    }

    static std::optional<Remark> look_alike(std::string_view text) {
        auto found = find_look_alike(text);
        if (!found) return std::nullopt;
        return Remark{Problem::LookAlike, fmt::format("{} is part of the value '{}'", found->name, text),
                      found->instead.empty()  ? "delete it, if it is not meant"
                      : found->instead == " " ? "write an ordinary blank, if it is not meant"
                                              : fmt::format("write {}, if it is not meant", found->instead)};
    }

    // tolower() of a text has no capital letter.
    std::optional<Remark> other_case(std::string_view text) const {
        const ast::Operand& left = source_.left;
        if (left.kind != ast::Operand::Kind::Transformer || !(equals_ || part_)) return std::nullopt;
        if (left.name == "basename" && text.find('/') != text.npos)
            return never(text, "basename() gives the name without its folder");
        std::string meant = left.name == "tolower"   ? lower(text)
                            : left.name == "toupper" ? upper(text)
                                                     : std::string(text);
        if (meant == text) return std::nullopt;
        return never(text, fmt::format("{}() changes the case of all letters: write '{}'", left.name, meant));
    }

    std::optional<Remark> wildcard(std::string_view text) const {
        if (!path_ || text.empty() || !compares_text(source_.op)) return std::nullopt;
        if (text == "*" && equals_)
            return Remark{Problem::WildcardText,
                          fmt::format("'*' is an ordinary character for '{}'", source_.op_text),
                          fmt::format("whether there is a value: {} exists", left())};
        if (text.size() < 2) return std::nullopt;
        if (text.find(".*") != text.npos && text.find("..") == text.npos)
            return Remark{Problem::WildcardText,
                          fmt::format("'.*' are ordinary characters for '{}'", source_.op_text),
                          "'regex' takes them for any text, and compares the whole value"};
        size_t at = text.find('*');
        if (at == text.npos) at = equals_ ? text.find('?') : at;
        if (at == text.npos) return std::nullopt;
        // With another operator `glob` would mean something else: it compares the whole value.
        std::string help = fmt::format("'glob' takes it for any {}, and compares the whole value",
                                       text[at] == '*' ? "text" : "character");
        bool outer_only = text.substr(1, text.size() - 2).find_first_of("*?") == text.npos;
        bool begins = text.starts_with('*'), ends = text.ends_with('*');
        std::string inner(text.substr(begins, text.size() - begins - ends));
        if (equals_ && !source_.list && source_.op == Operator::Eq)
            help = fmt::format("'glob' takes it for any {}: {} glob {}",
                               text[at] == '*' ? "text" : "character", left(), text);
        else if (!equals_ && outer_only && !(source_.op == Operator::Startswith && begins) &&
                 !(source_.op == Operator::Endswith && ends))
            help = fmt::format("leave it out: {} {} {}", left(), source_.op_text, inner);
        return Remark{Problem::WildcardText,
                      fmt::format("'{}' is an ordinary character for '{}'", text[at], source_.op_text),
                      std::move(help)};
    }

    // Signs that mean something elsewhere.
    std::optional<Remark> taken_literally(const ast::Literal& literal) const {
        std::string_view text = literal.text;
        if (text.empty() || !compares_text(source_.op)) return std::nullopt;
        bool own = among(name_.substr(0, name_.find('.')),
                         {"proc", "fd", "user", "group", "container", "k8s", "thread"});
        if (equals_ && own && is_text_type(field_->type) && !is_quoted(literal) &&
            (among(lower(text), {"null", "nil", "undefined"}) || text == "None"))
            return as_written(
                fmt::format("'{}' is compared as a text", text),
                fmt::format("whether there is a value: {} exists; whether there is none: not {} "
                            "exists",
                            left(), left()));
        std::string_view inner = text.size() > 2 ? text.substr(1, text.size() - 2) : "";
        if (text.size() > 2 && text.front() == text.back() && among(text.substr(0, 1), {"\"", "'", "`"}) &&
            own)
            return as_written(
                fmt::format("the {} are part of the value", text[0] == '`' ? "backquotes" : "quotes"),
                fmt::format("leave them out, if they are not meant: \"{}\"", inner));
        if (!path_) return std::nullopt;
        if (equals_ && text.size() > 2 && text.front() == '%' && text.back() == '%')
            return as_written("'%' is an ordinary character",
                              fmt::format("for any text around it: {} contains {}", left(), inner));
        if (equals_ && is_variable(text))
            return as_written(fmt::format("'{}' is compared as a text", text),
                              "a rule has no variables; another field's value is val(FIELD)");
        if (part_ && text.size() > 1 &&
            ((text.starts_with('^') && source_.op != Operator::Endswith) ||
             (text.ends_with('$') && source_.op != Operator::Startswith)))
            return as_written(
                fmt::format("'{}' is an ordinary character for '{}'", text.starts_with('^') ? '^' : '$',
                            source_.op_text),
                "leave it out, if it is not meant; 'regex' takes it for the beginning or the end");
        if (!equals_) return std::nullopt;
        if (is_blank(text.front()) || is_blank(text.back()))
            return as_written("the value begins or ends with a blank", "leave it out, if it is not meant");
        if (source_.list && text.find(", ") != text.npos)
            return as_written("the ',' is part of the value",
                              "elements are separated by commas outside of quotes");
        if (source_.list && !is_quoted(literal) && text.find('|') != text.npos)
            return as_written("the '|' is part of the value", "elements are separated by commas");
        if (!is_quoted(literal) && text.size() > 1 && text.starts_with('!'))
            return as_written("the '!' is part of the value",
                              fmt::format("to negate the check: not {} = {}", left(), text.substr(1)));
        if (!is_quoted(literal) && text.ends_with(';'))
            return as_written("the ';' is part of the value", "leave it out, if it is not meant");
        if (text.size() > 2 && text.starts_with('^') && text.ends_with('$'))
            return as_written(
                fmt::format("'{}' is compared as a text", text),
                fmt::format("'regex' takes it for a pattern: {} regex {}", left(), ast::to_text(literal)));
        return std::nullopt;
    }

    // `$HOME`, `${HOME}`, `%proc.name`
    static bool is_variable(std::string_view text) {
        if (text.starts_with('%')) return text.find('.') != text.npos;
        if (!text.starts_with('$')) return false;
        text.remove_prefix(1);
        if (text.starts_with('{') && text.ends_with('}')) text = text.substr(1, text.size() - 2);
        return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.';
        });
    }

    std::optional<Remark> closed(std::string_view text) const {
        if (!equals_ || text.empty()) return std::nullopt;
        for (const FieldValues& row : kFieldValues) {
            if (row.field != name_) continue;
            std::vector<std::string_view> values;
            for (size_t at = 0; at < row.values.size();) {
                size_t end = std::min(row.values.find(' ', at), row.values.size());
                values.push_back(row.values.substr(at, end - at));
                at = end + 1;
            }
            if (std::find(values.begin(), values.end(), text) != values.end()) return std::nullopt;
            auto meant = std::find_if(values.begin(), values.end(), [&](std::string_view value) {
                return lower(value) == lower(text) || (value.size() > 3 && is_one_slip_away(text, value));
            });
            std::string near(meant == values.end() ? "" : *meant);
            return never(text, near.empty() ? fmt::format("its values are {}", fmt::join(values, ", "))
                                            : fmt::format("did you mean '{}'?", near));
        }
        return std::nullopt;
    }

    // Why the field never has the value; empty if it may.
    std::string why_impossible(std::string_view text) const {
        constexpr size_t kLongestName = 15;  // bytes that the kernel keeps
        if ((equals_ || part_) && among(name_, {"proc.name", "proc.pname", "proc.aname"}) &&
            text.size() > kLongestName && !text.starts_with("kworker"))
            return fmt::format(
                "the name of a process has {} bytes at most, this one {}{}", kLongestName, text.size(),
                source_.list && text.find('_') != text.npos ? "; there is no list of this name" : "");
        if (equals_ && name_ == "fd.typechar" && text.size() > 1)
            return "fd.typechar is a single character, such as f";
        if ((equals_ || part_) && name_ == "fd.filename" && text.size() > 1 && text.find('/') != text.npos)
            return "fd.filename has no folder in it; fd.name is the whole path";
        bool lower_case = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
        if (equals_ && name_ == "evt.res" && text != "SUCCESS" &&
            (lower_case || text == "0" ||
             (text[0] != 'E' && !std::isdigit(static_cast<unsigned char>(text[0])))))
            return "evt.res is SUCCESS or the name of an error, such as ENOENT";
        size_t folder = text.rfind('/');
        if (equals_ && name_ == "container.image.repository" &&
            text.substr(folder == text.npos ? 0 : folder).find(':') != text.npos)
            return "the tag of an image is container.image.tag";
        if (equals_ && name_ == "container.id" && text.size() == 64)
            return "container.id has 12 characters; container.full_id has all";
        return why_no_number(text);
    }

    std::string why_no_number(std::string_view text) const {
        bool compares = equals_ || source_.op == Operator::Lt || source_.op == Operator::Le ||
                        source_.op == Operator::Gt || source_.op == Operator::Ge;
        if (!compares || text.empty()) return "";
        bool digits = text != "-" && std::all_of(text.begin() + (text[0] == '-'), text.end(),
                                                 [](char c) { return c >= '0' && c <= '9'; });
        if (!digits) return "";
        errno = 0;
        long long number = std::strtoll(std::string(text).c_str(), nullptr, 10);
        LiteralForm form = literal_form(field_->type);
        if (form == LiteralForm::Port && number > 65535) return "ports go up to 65535";
        bool is_unsigned = form == LiteralForm::Port || form == LiteralForm::Unsigned;
        if (is_unsigned && (text[0] == '-' || (source_.op == Operator::Lt && number == 0)))
            return fmt::format("{} is never negative", name_);
        unsigned bits = type_bits(field_->type);
        if (form == LiteralForm::Unsigned && bits < 64 && number >= (1LL << bits))
            return fmt::format("{} is a number of {} bits", field_->spelling, bits);
        if (form == LiteralForm::Signed && bits < 64 &&
            (number >= (1LL << (bits - 1)) || number < -(1LL << (bits - 1))))
            return fmt::format("{} is a number of {} bits", field_->spelling, bits);
        return "";
    }

    // Why the field is not meant to have the value, though it could.
    std::string why_unlikely(std::string_view text) const {
        bool path =
            among(name_, {"fd.name", "fd.directory", "proc.exepath", "proc.pexepath", "proc.aexepath"});
        if ((equals_ || source_.op == Operator::Startswith) && path &&
            (text.starts_with("~/") || text.starts_with("./") || text.starts_with("../")))
            return fmt::format("{} is a whole path: it begins with '/'", name_);
        bool end = source_.op == Operator::Endswith;
        if ((!equals_ && !end) || text.empty()) return "";
        if (among(name_, {"proc.name", "proc.pname", "proc.aname"}) && text.starts_with('/'))
            return fmt::format("{} is the name without its folder; {} is the path", name_,
                               name_ == "proc.name"    ? "proc.exepath"
                               : name_ == "proc.pname" ? "proc.pexepath"
                                                       : "proc.aexepath");
        if (end) return "";
        bool exepath = among(name_, {"proc.exepath", "proc.pexepath", "proc.aexepath"});
        if (exepath && text.find('/') == text.npos && text != "<NA>" && !text.starts_with("memfd:"))
            return fmt::format("{} is a whole path, such as /usr/bin/{}", name_, text);
        if (name_ == "fd.directory" && text.size() > 1 && text.ends_with('/'))
            return "fd.directory has no '/' at its end";
        return "";
    }

    const ast::Comparison& source_;
    const FieldRef* field_;
    std::string_view name_;
    bool path_, equals_, part_;
};

}  // namespace

void warn_of_useless_values(const ast::Comparison& source, const FieldRef* field,
                            std::vector<ComparisonWarning>& warnings) {
    ValueChecker checker(source, field);
    for (const ast::Literal& literal : source.literals)
        if (auto found = checker.remark(literal))
            warnings.push_back(
                {found->problem, std::move(found->message), std::move(found->help), "", literal.range});
}

}  // namespace stoop
