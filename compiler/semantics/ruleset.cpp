#include "compiler/semantics/ruleset.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/semantics/collector.h"
#include "compiler/semantics/exceptions.h"
#include "compiler/semantics/list_names.h"
#include "compiler/syntax/parser.h"
#include "runtime/event/schema.h"

namespace stoop {
namespace {

constexpr size_t kDeepestMacros = 200;
constexpr size_t kMostItems = kLongestCondition;  // of a list with others in it

// Items of a list that name an earlier list become that list's items, one level deep (spec: rules-files.md
// §7.1).
std::vector<std::vector<MappedText>> expand_lists(std::vector<ListDefinition>& lists) {
    std::unordered_map<std::string_view, ListDefinition*> by_name;
    for (ListDefinition& list : lists) by_name.emplace(list.item.name.text(), &list);
    std::vector<std::vector<MappedText>> out;
    for (const ListDefinition& list : lists) {
        std::vector<MappedText>& items = out.emplace_back();
        for (const MappedText& item : list.item.items) {
            auto named = by_name.find(item.text());
            if (named != by_name.end() && named->second->index < list.visibility) {
                named->second->used = true;
                if (items.size() > kMostItems) break;  // in a condition it would be too long anyway
                items.insert(items.end(), named->second->item.items.begin(), named->second->item.items.end());
            } else {
                items.push_back(item);
            }
        }
    }
    return out;
}

void collect_references(const ast::Expression& e, std::vector<const ast::Expression*>& out) {
    if (e.kind == ast::Expression::Kind::Macro) out.push_back(&e);
    for (const ast::Expression& child : e.children) collect_references(child, out);
}

class Resolver {
  public:
    Resolver(Ruleset& ruleset, Diagnostics& diagnostics)
        : ruleset_(ruleset), diagnostics_(diagnostics), lists_(expand_lists(ruleset.lists)) {}

    void run() {
        for (MacroDefinition& macro : ruleset_.macros) parse(macro.item.condition, macro.condition);
        for (RuleDefinition& rule : ruleset_.rules) {
            // The condition of a rule for a source that is not known may be in another language.
            if (rule.source() != "syscall") continue;
            auto text = with_exceptions(*rule.item.condition, *rule.item.exceptions, rule.item.name.text(),
                                        diagnostics_);
            if (text) parse(*text, rule.condition);
        }
        for (MacroDefinition& macro : ruleset_.macros) check_references(macro.condition, macro.visibility);
        for (RuleDefinition& rule : ruleset_.rules) check_references(rule.condition, UINT32_MAX);
        state_.assign(ruleset_.macros.size(), State::New);
        for (MacroDefinition& macro : ruleset_.macros) follow(macro, 0);
        spread_faults();
        if (diagnostics_.errors() == 0) warn_unused();
    }

  private:
    enum class State : uint8_t { New, Open, Done };

    void parse(const MappedText& text, ResolvedCondition& out) {
        out.text = text;
        for (size_t i = 0; i < lists_.size() && out.text.text().size() <= kLongestCondition; ++i) {
            ListDefinition& list = ruleset_.lists[i];
            list.used |= replace_list_name(out.text, list.item.name.text(), lists_[i], kLongestCondition);
        }
        auto parsed = parse_condition(out.text.text());
        if (parsed.node) {
            out.tree = std::move(*parsed.node);
            collect_references(out.tree, out.macros);
            out.valid = true;
            return;
        }
        const SyntaxError& error = parsed.error;
        diagnostics_.report({error.too_large ? Problem::TooDeep : Problem::Syntax,
                             error.message,
                             true,
                             out.span(error.range),
                             error.label,
                             {},
                             error.help});
    }

    // Every macro referred to must be defined and, from a macro, visible.
    void check_references(ResolvedCondition& condition, uint32_t visibility) {
        for (const ast::Expression* e : condition.macros) {
            auto entry = ruleset_.macro_index.find(e->macro);
            MacroDefinition* macro =
                entry == ruleset_.macro_index.end() ? nullptr : &ruleset_.macros[entry->second];
            if (macro && macro->index < visibility) {
                macro->used = true;
                continue;
            }
            condition.valid = false;
            report_unknown(condition, *e, macro != nullptr);
        }
    }

    void report_unknown(const ResolvedCondition& condition, const ast::Expression& e, bool later) {
        std::string help;
        if (later) {
            help = "a macro can use only macros that are defined before it";
        } else if (diagnostics_.errors() < Diagnostics::kMostKept) {
            std::vector<std::string_view> names;
            for (const MacroDefinition& macro : ruleset_.macros) names.push_back(macro.item.name.text());
            std::string near = nearest(e.macro, names);
            help = near.empty() ? "a field has a dot in its name; a text belongs behind an operator"
                                : "did you mean '" + near + "'?";
        }
        diagnostics_.report({Problem::UnknownMacro,
                             fmt::format("macro '{}' is not defined", e.macro),
                             true,
                             condition.span(e.range),
                             later ? "not defined yet" : "unknown macro",
                             {},
                             help});
    }

    // Depth first through the macros, to find one that leads back to itself.
    void follow(MacroDefinition& macro, size_t depth) {
        State& state = state_[static_cast<size_t>(&macro - ruleset_.macros.data())];
        if (!macro.condition.valid || state == State::Done) return;
        if (depth > kDeepestMacros) {
            macro.condition.valid = false;
            diagnostics_.report({Problem::TooDeep,
                                 fmt::format("macros are nested more than {} deep", kDeepestMacros),
                                 true,
                                 macro.item.name.span(),
                                 "",
                                 {},
                                 "flatten some of them"});
            return;
        }
        state = State::Open;
        for (const ast::Expression* e : macro.condition.macros) {
            auto& next = ruleset_.macros[ruleset_.macro_index.at(e->macro)];
            if (state_[static_cast<size_t>(&next - ruleset_.macros.data())] != State::Open) {
                follow(next, depth + 1);
                continue;
            }
            macro.condition.valid = false;
            diagnostics_.report({Problem::MacroLoop,
                                 fmt::format("macro '{}' leads back to itself", e->macro),
                                 true,
                                 macro.condition.span(e->range),
                                 "reference loop",
                                 {},
                                 ""});
        }
        state = State::Done;
    }

    void warn_unused() {
        auto warn = [&](Problem problem, const char* kind, const MappedText& name) {
            diagnostics_.report({problem,
                                 fmt::format("{} '{}' is not used", kind, name.text()),
                                 true,
                                 name.span(),
                                 "",
                                 {},
                                 ""});
        };
        for (const MacroDefinition& macro : ruleset_.macros)
            if (!macro.used) warn(Problem::UnusedMacro, "macro", macro.item.name);
        for (const ListDefinition& list : ruleset_.lists)
            if (!list.used) warn(Problem::UnusedList, "list", list.item.name);
    }

    // What refers to something that is not valid is not valid either; the reason has been reported.
    void spread_faults() {
        for (bool changed = true; changed;) {
            changed = false;
            auto spread = [&](ResolvedCondition& condition) {
                if (!condition.valid) return;
                for (const ast::Expression* e : condition.macros)
                    if (!ruleset_.macro(e->macro)->condition.valid) condition.valid = false;
                changed = changed || !condition.valid;
            };
            for (MacroDefinition& macro : ruleset_.macros) spread(macro.condition);
            for (RuleDefinition& rule : ruleset_.rules) spread(rule.condition);
        }
    }

    Ruleset& ruleset_;
    Diagnostics& diagnostics_;
    std::vector<std::vector<MappedText>> lists_;
    std::vector<State> state_;
};

}  // namespace

const MacroDefinition* Ruleset::macro(const std::string& name) const {
    auto entry = macro_index.find(name);
    return entry == macro_index.end() ? nullptr : &macros[entry->second];
}

Ruleset resolve(std::vector<RuleFile> files, Diagnostics& diagnostics) {
    Ruleset out;
    collect(std::move(files), out, diagnostics);
    Resolver(out, diagnostics).run();
    return out;
}

}  // namespace stoop
