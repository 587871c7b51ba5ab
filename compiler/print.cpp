// SPDX-License-Identifier: Apache-2.0
#include "compiler/print.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/printable.h"

namespace stoop {
namespace {

using Out = std::string&;

// Names and texts of conditions do not break lines.
template <typename... Args>
void append(Out out, fmt::format_string<detail::Printable<Args>...> format, Args&&... args) {
    out += format_printable(format, std::forward<Args>(args)...);
}

// Deep levels are numbered: a deep tree would be mostly blanks.
std::string indent(size_t depth) {
    constexpr size_t kDeepest = 32;
    std::string out(std::min(depth, kDeepest) * 2, ' ');
    return depth > kDeepest ? out + fmt::format("({}) ", depth) : out;
}

void print_expression(const ast::Expression& e, size_t depth, Out out) {
    constexpr std::string_view kKinds[] = {"and", "or", "not", "check", "macro"};
    append(out, "{}{}", indent(depth), kKinds[static_cast<size_t>(e.kind)]);
    if (e.comparison) append(out, " {}", to_text(*e.comparison));
    if (!e.macro.empty()) append(out, " {}", e.macro);
    append(out, "  [{}, {})\n", e.range.begin, e.range.end);
    for (const ast::Expression& child : e.children) print_expression(child, depth + 1, out);
}

void print_expanded(const Ruleset& ruleset, const Sources& sources, const ResolvedCondition& where,
                    const ast::Expression& e, size_t depth, Out out) {
    constexpr std::string_view kKinds[] = {"and", "or", "not", "", ""};
    Place place = sources.place(where.span(e.range));
    std::string text = e.comparison      ? to_text(*e.comparison)
                       : e.macro.empty() ? std::string(kKinds[static_cast<size_t>(e.kind)])
                                         : e.macro;
    append(out, "{}{}  {}:{}:{}\n", indent(depth), text, place.file, place.line, place.column);
    for (const ast::Expression& child : e.children)
        print_expanded(ruleset, sources, where, child, depth + 1, out);
    if (e.kind != ast::Expression::Kind::Macro) return;
    const ResolvedCondition& macro = ruleset.macro(e.macro)->condition;
    print_expanded(ruleset, sources, macro, macro.tree, depth + 1, out);
}

void print_tree(const PreparedProgram& program, const ConditionTree& tree, uint32_t index, size_t depth,
                Out out) {
    const ConditionTree::Node& node = tree.nodes[index];
    append(out, "{}", indent(depth));
    switch (node.kind) {
        case ConditionTree::Kind::And: append(out, "and"); break;
        case ConditionTree::Kind::Or: append(out, "or"); break;
        case ConditionTree::Kind::Not: append(out, "not"); break;
        case ConditionTree::Kind::Macro: append(out, "macro {}", node.macro); break;
        case ConditionTree::Kind::Atom: {
            const Operand& left = program.atoms[node.atom].left;
            append(out, "{} : {}", program.text(node.atom), type_name(left.type, left.list));
        }
    }
    append(out, "  {}:{}:{}\n", node.place.file, node.place.line, node.place.column);
    for (uint32_t child : node.children) print_tree(program, tree, child, depth + 1, out);
}

}  // namespace

std::string print_ast(const Ruleset& ruleset) {
    std::string text;
    Out out = text;
    auto print = [&](std::string_view kind, const std::string& name, const ResolvedCondition& condition) {
        append(out, "{} {}\n", kind, name);
        if (condition.valid) print_expression(condition.tree, 1, out);
    };
    for (const MacroDefinition& macro : ruleset.macros)
        print("macro", macro.item.name.text(), macro.condition);
    for (const RuleDefinition& rule : ruleset.rules) print("rule", rule.item.name.text(), rule.condition);
    return text;
}

std::string print_resolved(const Ruleset& ruleset, const Sources& sources, const RuleDefinition& rule) {
    std::string text;
    print_expanded(ruleset, sources, rule.condition, rule.condition.tree, 2, text);
    return text;
}

std::string print_typed(const PreparedProgram& program) {
    std::string text;
    Out out = text;
    for (const ProgramRule& rule : program.rules) {
        append(out, "rule {}\n", rule.name);
        const ConditionTree& tree = program.tree(rule);
        print_tree(program, tree, tree.root(), 1, out);
    }
    return text;
}

}  // namespace stoop
