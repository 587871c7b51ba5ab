// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/suggestions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "compiler/semantics/field_synonyms.h"
#include "compiler/semantics/published_names.h"
#include "runtime/base/nearest.h"

namespace stoop {
namespace {

// In `proc.name = a or b`, where `b` is the reference: the comparison before it. Else nothing.
const ast::Comparison* compared_before(const ast::Expression& e, const ast::Expression* reference) {
    for (size_t i = 0; i < e.children.size(); ++i) {
        const ast::Expression* child = &e.children[i];
        bool is = child == reference ||
                  (child->kind == ast::Expression::Kind::And && &child->children[0] == reference);
        if (is && i > 0 && e.kind == ast::Expression::Kind::Or) {
            const ast::Expression& before = e.children[i - 1];
            const ast::Expression& last =
                before.kind == ast::Expression::Kind::And ? before.children.back() : before;
            if (last.comparison && last.comparison->literals.size() == 1 &&
                (last.comparison->op == Operator::Eq || last.comparison->op == Operator::Ne))
                return last.comparison.get();
        }
        if (auto* found = compared_before(*child, reference)) return found;
    }
    return nullptr;
}

}  // namespace

std::string fields_named(std::string_view name, const Schema& schema) {
    constexpr size_t kMost = 4;
    std::vector<std::string_view> begin, end;
    for (const Field& field : schema.fields()) {
        std::string_view full = field.name;
        if (field.hidden || field.deprecated || full.size() <= name.size() + 1) continue;
        if (full.starts_with(name) && full[name.size()] == '.') begin.push_back(full);
        if (full.ends_with(name) && full[full.size() - name.size() - 1] == '.') end.push_back(full);
    }
    std::vector<std::string_view>& found = begin.empty() ? end : begin;
    if (found.empty()) return "";
    bool more = found.size() > kMost;
    if (more) found.resize(kMost);
    return fmt::format("fields that {} so: {}{}", begin.empty() ? "end" : "begin", fmt::join(found, ", "),
                       more ? " ..." : "");
}

std::string owner_of_field(std::string_view spelling, const Schema& schema, const Schemas& schemas) {
    std::string_view name = spelling.substr(0, spelling.find('['));
    for (const Schema* other : schemas.all())
        if (other != &schema && other->knows(name))
            return fmt::format("'{}' is a field of source '{}'; a rule for it says 'source: {}'", name,
                               other->source(), other->source());
    return plugin_of_field(name, schema);
}

std::string help_for_source(std::string_view source, const Schemas& schemas) {
    std::vector<std::string_view> names;
    for (const Schema* schema : schemas.all()) names.push_back(schema->source());
    std::string help = fmt::format("known sources: {}; '--schema FILE' adds one", fmt::join(names, ", "));
    for (std::string_view source_of_plugin : sources_of_plugins()) names.push_back(source_of_plugin);
    std::string near = nearest(source, names);
    return near.empty() ? help : fmt::format("did you mean '{}'? {}", near, help);
}

std::string in_published_rules(std::string_view name, std::string_view kind, std::string_view file) {
    const PublishedName* found = find_published(kind, name);
    if (!found || file.ends_with(found->file)) return "";
    return fmt::format("'{0}' is a {1} of Falco's {2}; load that first: stoop check {2} {3}", name, kind,
                       found->file, file.empty() ? "RULES" : file);
}

std::string near_published_rules(std::string_view name, std::string_view kind, std::string_view file) {
    std::vector<std::string_view> names;
    for (const PublishedName& row : published_names())
        if (row.kind == kind) names.push_back(row.name);
    std::string near = nearest(name, names);
    constexpr size_t kShort = 8;  // of other words than these names a short one is near, too
    if (name.size() <= kShort && !is_one_slip_away(name, near)) return "";
    std::string published = near.empty() ? "" : in_published_rules(near, kind, file);
    return published.empty() ? "" : fmt::format("did you mean '{}'? {}", near, published);
}

std::string help_for_macro(const ast::Expression& reference, const ResolvedCondition& condition,
                           const Ruleset& ruleset, const Schema* schema, std::string_view file) {
    const std::string& name = reference.macro;
    if (std::string published = in_published_rules(name, "macro", file); !published.empty()) return published;
    if (name == "true" || name == "false")
        return fmt::format("a condition has no '{}': leave it out, or compare a field that is true or false",
                           name);
    if (ruleset.list_index.contains(name))
        return fmt::format("'{0}' is a list; a field is compared with it: FIELD in ({0})", name);
    std::string near = nearest(name, ruleset.macros, [](const MacroDefinition& macro) -> const std::string& {
        return macro.item.name.text();
    });
    if (!near.empty()) return fmt::format("did you mean '{}'?", near);
    if (near = near_published_rules(name, "macro", file); !near.empty()) return near;
    if (const ast::Comparison* before = compared_before(condition.tree, &reference))
        return fmt::format("if '{0}' is one more value of {1}: {3}{1} in ({2}, {0})", name,
                           ast::to_text(before->left), ast::to_text(before->literals[0]),
                           before->op == Operator::Ne ? "not " : "");
    if (schema)
        if (std::string fields = fields_named(name, *schema); !fields.empty())
            return fmt::format("define it before, or compare a field; {}", fields);
    return "a macro is defined before it is used, in this file or in one that is loaded before";
}

std::string help_for_list(const std::string& word, const Ruleset& ruleset, std::string_view file) {
    bool name = !word.empty() && word.find('_') != word.npos &&
                std::all_of(word.begin(), word.end(),
                            [](char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)); });
    std::string near = nearest(word, ruleset.lists, [](const ListDefinition& list) -> const std::string& {
        return list.item.name.text();
    });
    if (!near.empty() && near != word)
        return fmt::format("there is no list '{}'; did you mean '{}'?", word, near);
    if (std::string published = in_published_rules(word, "list", file); !published.empty()) return published;
    return name ? fmt::format("there is no list '{}'; a list is defined before the rule", word) : "";
}

}  // namespace stoop
