// SPDX-License-Identifier: Apache-2.0
#include "bench/grow.h"

#include <fmt/format.h>

#include <set>

namespace stoop::bench {
namespace {

// Without escapes, which not every text has: what cannot be written is written a little differently.
std::string quoted(std::string text) {
    if (text == "\\") return text + " ";
    std::erase(text, '"');
    return '"' + text + '"';
}

class Copy {
  public:
    Copy(const PreparedProgram& program, size_t number) : program_(program), number_(number) {}

    std::string condition(const ConditionTree& tree, uint32_t at) const {
        const ConditionTree::Node& node = tree.nodes[at];
        switch (node.kind) {
            case ConditionTree::Kind::Atom: return atom(node.atom);
            case ConditionTree::Kind::Macro: return condition(tree, node.children[0]);
            case ConditionTree::Kind::Not: return "not (" + condition(tree, node.children[0]) + ")";
            default: break;
        }
        std::string out = "(";
        for (uint32_t child : node.children) {
            if (out.size() > 1) out += node.kind == ConditionTree::Kind::And ? " and " : " or ";
            out += condition(tree, child);
        }
        return out + ")";
    }

  private:
    std::string atom(uint32_t index) const {
        const Atom& atom = program_.atoms[index];
        if (!has_texts(atom)) return program_.text(index);
        std::string texts;
        for (const Value& constant : atom.constants)
            texts += (texts.empty() ? "" : ", ") + quoted(varied(atom, constant.text()));
        bool list = atom.op == Operator::In || atom.op == Operator::Intersects;
        return fmt::format("{} {} {}", program_.slots[atom.left.slot].spelling,
                           operator_info(atom.op).spelling, list ? "(" + texts + ")" : texts);
    }

    static bool has_texts(const Atom& atom) {
        return atom.left.kind == Operand::Kind::Slot && !atom.right_is_operand &&
               atom.modifier == Modifier::None && atom.comparison == Comparison::Ordinary &&
               type_class(atom.left.type) == TypeClass::Text && atom.op != Operator::Regex &&
               atom.op != Operator::Pmatch && !atom.constants.empty();
    }

    std::string varied(const Atom& atom, std::string_view text) const {
        const std::string& field = program_.slots[atom.left.slot].spelling;
        // Falco's own words, which no rule could have others for.
        static const std::set<std::string_view> kWords = {"container.id",  "container.type", "fd.l4proto",
                                                          "fd.sockfamily", "fd.type",        "fd.typechar"};
        if (field.starts_with("evt.") || kWords.contains(field) || number_ == 0 || text == "\\")
            return std::string(text);
        return atom.op == Operator::Endswith ? fmt::format("{}{}", number_, text)
                                             : fmt::format("{}{}", text, number_);
    }

    const PreparedProgram& program_;
    size_t number_;
};

}  // namespace

std::string grow(const PreparedProgram& program, size_t count) {
    std::string out;
    for (size_t i = 0; i < count; ++i) {
        const ProgramRule& rule = program.rules[i % program.rules.size()];
        size_t number = i / program.rules.size();
        out += fmt::format(
            "- rule: {} {}\n  desc: d\n  condition: >\n    {}\n  output: o\n  priority: INFO\n", rule.name,
            number, Copy(program, number).condition(program.tree(rule), program.tree(rule).root()));
    }
    return out;
}

namespace {

std::string rule(size_t number, const std::string& condition) {
    return fmt::format("- rule: R{}\n  desc: d\n  condition: >\n    {}\n  output: o\n  priority: INFO\n",
                       number, condition);
}

// Which events a rule is for.
std::string types(size_t number) {
    static constexpr const char* kTypes[] = {"execve, execveat",
                                             "open, openat, openat2",
                                             "connect",
                                             "unlink, unlinkat",
                                             "rename, renameat",
                                             "ptrace",
                                             "mkdir",
                                             "chmod, fchmod",
                                             "setuid",
                                             "accept, accept4",
                                             "bind",
                                             "listen"};
    return fmt::format("evt.type in ({}) and ", kTypes[number % std::size(kTypes)]);
}

std::string ordinary(size_t i) {
    return rule(
        i, types(i) + fmt::format("proc.name in (a{0}, b{0}, c{0}) and not proc.pname in (x{0}, y{0}) and "
                                  "(proc.cmdline contains \"arg{0}\" or fd.name startswith /etc/d{0} or "
                                  "proc.exepath endswith /bin/e{0}) and user.name != root{0}",
                                  i));
}

std::string regex(size_t i) {
    return rule(
        i, types(i) +
               fmt::format("proc.cmdline regex \"(.*/)?tool{0}[0-9]+ +(-[a-z]+ )*--(out|in){0}=[^ ]+\"", i));
}

std::string lists(size_t i) {
    std::string out = fmt::format("- list: l{}\n  items: [", i);
    for (int item = 0; item < 100; ++item)
        out += fmt::format("{}/usr/lib/item{}_{}", item == 0 ? "" : ", ", i, item);
    return out + "]\n" + rule(i, types(i) + fmt::format("proc.name in (l{0}) and not fd.name in (l{0})", i));
}

}  // namespace

const std::vector<std::string>& rule_set_kinds() {
    static const std::vector<std::string> out = {"copies", "ordinary", "regex", "lists"};
    return out;
}

std::string rule_set(std::string_view kind, const PreparedProgram& program, size_t count) {
    if (kind == "copies") return grow(program, count);
    std::string out;
    for (size_t i = 0; i < count; ++i)
        out += kind == "ordinary" ? ordinary(i) : kind == "regex" ? regex(i) : lists(i);
    return out;
}

}  // namespace stoop::bench
