#include "compiler/semantics/ruleset.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "compiler/at_once.h"
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
                named->second->in_list = true;
                if (items.size() > kMostItems) break;  // in a condition it would be too long anyway
                items.insert(items.end(), named->second->item.items.begin(), named->second->item.items.end());
            } else {
                items.push_back(item);
            }
        }
    }
    return out;
}

std::vector<std::string_view> names_of(const std::vector<ListDefinition>& lists) {
    std::vector<std::string_view> out;
    for (const ListDefinition& list : lists) out.push_back(list.item.name.text());
    return out;
}

void collect_references(const ast::Expression& e, std::vector<const ast::Expression*>& out) {
    if (e.kind == ast::Expression::Kind::Macro) out.push_back(&e);
    for (const ast::Expression& child : e.children) collect_references(child, out);
}

class Resolver {
  public:
    Resolver(Ruleset& ruleset, const Schemas& schemas, ParsedConditions& parsed, Diagnostics& diagnostics)
        : ruleset_(ruleset),
          schemas_(schemas),
          parsed_(parsed),
          diagnostics_(diagnostics),
          lists_(expand_lists(ruleset.lists)),
          list_names_(names_of(ruleset.lists)) {}

    void run(unsigned threads) {
        std::vector<Condition> conditions = all_conditions();
        parse(conditions, threads);
        for (Condition& condition : conditions) settle(condition);
        for (MacroDefinition& macro : ruleset_.macros)
            check_references(macro.condition, macro.visibility, context(macro, FalcoOrder::MacroReferences));
        for (RuleDefinition& rule : ruleset_.rules)
            check_references(rule.condition, UINT32_MAX, context(rule));
        state_.assign(ruleset_.macros.size(), State::New);
        for (MacroDefinition& macro : ruleset_.macros) {
            root_ = &macro;
            follow(macro, 0);
        }
        spread_faults();
    }

  private:
    enum class State : uint8_t { New, Open, Done };

    FalcoContext context(const MacroDefinition& macro, FalcoOrder::Stage stage) const {
        FalcoContext out = falco_item(macro.item);
        out.order = {stage, 0, static_cast<uint32_t>(&macro - ruleset_.macros.data()), {}};
        return out;
    }
    FalcoContext context(const RuleDefinition& rule) const {
        FalcoContext out = falco_rule(ruleset_, rule);
        out.order.step = FalcoOrder::Condition;
        return out;
    }

    // What is wrong for certain if the condition with these exceptions does not parse.
    static std::string missing_comparison(const std::vector<ExceptionItem>& exceptions) {
        for (const ExceptionItem& exception : exceptions)
            if (exception.comps && exception.comps->names[0].empty())
                return fmt::format(
                    "exception '{}' has no 'comps', and where exceptions are replaced none are filled in",
                    exception.name.text());
        return "";
    }

    // A condition on its way from text to tree.
    struct Condition {
        std::optional<MappedText> text;  // nothing if its exceptions are wrong
        ResolvedCondition* out;
        FalcoContext falco;
        std::string hint{};
        Diagnostics found{};                              // of its exceptions
        std::optional<Parsed<ast::Expression>> parsed{};  // unless it was known
    };

    std::vector<Condition> all_conditions() {
        std::vector<Condition> out;
        for (MacroDefinition& macro : ruleset_.macros)
            out.push_back({macro.item.condition, &macro.condition,
                           context(macro, FalcoOrder::MacroSyntax)
                               .in("macro condition", "", macro.item.condition_value)});
        for (RuleDefinition& rule : ruleset_.rules) {
            if (!schemas_.find(rule.source())) continue;
            FalcoContext falco = context(rule);
            Diagnostics found = diagnostics_.none_yet();
            auto text = with_exceptions(*rule.item.condition, *rule.item.exceptions,
                                        {rule.item.name.text(), nullptr, falco}, found);
            out.push_back({std::move(text), &rule.condition,
                           falco.in("rule condition", "", rule.item.condition_value),
                           missing_comparison(*rule.item.exceptions), std::move(found)});
        }
        return out;
    }

    // Several at once: each takes a tenth of a millisecond, and they are most of the work of resolving.
    void parse(std::vector<Condition>& conditions, size_t threads) const {
        constexpr size_t kFew = 32;  // a thread is not worth it
        at_once(conditions.size(), std::min(threads, conditions.size() / kFew),
                [&](size_t at) { parse(conditions[at]); });
    }

    void parse(Condition& condition) const {
        if (!condition.text) return;
        ResolvedCondition& out = *condition.out;
        out.unexpanded = condition.text->text();
        out.text = std::move(*condition.text);
        // In the order of the lists: what one brings may name a later one.
        for (auto list = list_names_.first_in(out.text.text(), 0);
             list && out.text.text().size() <= kLongestCondition;
             list = list_names_.first_in(out.text.text(), *list + 1)) {
            replace_list_name(out.text, ruleset_.lists[*list].item.name.text(), lists_[*list],
                              kLongestCondition);
            out.lists.push_back(static_cast<uint32_t>(*list));
        }
        if (!parsed_.find(out.text.text())) condition.parsed = parse_condition(out.text.text());
    }

    void settle(Condition& condition) {
        diagnostics_.append(condition.found);
        if (!condition.text) return;
        ResolvedCondition& out = *condition.out;
        if (condition.parsed && !condition.parsed->node)
            return report_syntax(condition.parsed->error, out, condition.falco, condition.hint);
        const std::string& text = out.text.text();
        out.tree =
            condition.parsed ? parsed_.keep(text, std::move(*condition.parsed->node)) : *parsed_.find(text);
        collect_references(out.tree, out.macros);
        out.valid = true;
    }

    void report_syntax(const SyntaxError& error, const ResolvedCondition& out, const FalcoContext& falco,
                       const std::string& hint) {
        diagnostics_.report(
            {error.too_large ? Problem::TooDeep : Problem::Syntax,
             error.message,
             true,
             out.span(error.range),
             error.label,
             {},
             hint.empty() ? error.help : hint,
             falco.within(out.text.text(), out.text.text(), error.stop.value_or(error.range.begin))});
    }

    // Every macro referred to must be defined and, from a macro, visible.
    void check_references(ResolvedCondition& condition, uint32_t visibility, const FalcoContext& falco) {
        for (const ast::Expression* e : condition.macros) {
            auto entry = ruleset_.macro_index.find(e->macro);
            const MacroDefinition* macro =
                entry == ruleset_.macro_index.end() ? nullptr : &ruleset_.macros[entry->second];
            if (macro && macro->index < visibility) continue;
            condition.valid = false;
            report_unknown(condition, *e, macro != nullptr, falco);
        }
    }

    void report_unknown(const ResolvedCondition& condition, const ast::Expression& e, bool later,
                        const FalcoContext& falco) {
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
                             help,
                             falco.within(condition.unexpanded, condition.text.text(), e.range.begin)
                                 .saying(fmt::format("Undefined macro '{}' used in filter.", e.macro))});
    }

    // Falco reports a loop at the reference of the macro that it began with.
    FalcoContext falco_loop() const {
        return context(*root_, FalcoOrder::MacroReferences)
            .within(root_->condition.unexpanded, root_->condition.text.text(), root_reference_->range.begin)
            .saying(fmt::format("reference loop in macro '{}'", root_reference_->macro));
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
                                 "flatten some of them",
                                 context(macro, FalcoOrder::MacroReferences)});
            return;
        }
        state = State::Open;
        for (const ast::Expression* e : macro.condition.macros) {
            if (depth == 0) root_reference_ = e;
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
                                 "",
                                 falco_loop()});
        }
        state = State::Done;
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
    const Schemas& schemas_;
    ParsedConditions& parsed_;
    Diagnostics& diagnostics_;
    std::vector<std::vector<MappedText>> lists_;
    ListNames list_names_;
    std::vector<State> state_;
    const MacroDefinition* root_ = nullptr;            // that `follow` began with
    const ast::Expression* root_reference_ = nullptr;  // its reference that is being followed
};

}  // namespace

const ast::Expression* ParsedConditions::find(const std::string& text) const {
    std::lock_guard lock(mutex_);
    auto found = trees_.find(text);
    return found == trees_.end() ? nullptr : &found->second;
}

const ast::Expression& ParsedConditions::keep(const std::string& text, ast::Expression tree) {
    std::lock_guard lock(mutex_);
    return trees_.try_emplace(text, std::move(tree)).first->second;
}

const MacroDefinition* Ruleset::macro(const std::string& name) const {
    auto entry = macro_index.find(name);
    return entry == macro_index.end() ? nullptr : &macros[entry->second];
}

FalcoContext falco_rule(const Ruleset& ruleset, const RuleDefinition& rule) {
    FalcoContext out = falco_item(rule.item);
    out.order = {FalcoOrder::Rules, 0, static_cast<uint32_t>(&rule - ruleset.rules.data()), {}};
    return out;
}

Ruleset resolve(std::vector<RuleFile> files, const Schemas& schemas, ParsedConditions& parsed,
                Diagnostics& diagnostics, unsigned threads) {
    Ruleset out;
    collect(std::move(files), schemas, out, diagnostics);
    Resolver(out, schemas, parsed, diagnostics).run(threads);
    return out;
}

void warn_unused(const Ruleset& ruleset, Diagnostics& diagnostics) {
    auto warn = [&](Problem problem, const char* kind, const MappedText& name, FalcoContext falco,
                    FalcoOrder::Stage stage) {
        falco.order.stage = stage;
        falco.message = fmt::format("{}{} not referred to by any other rule/macro",
                                    static_cast<char>(std::toupper(kind[0])), kind + 1);
        diagnostics.report({problem,
                            fmt::format("{} '{}' is not used", kind, name.text()),
                            true,
                            name.span(),
                            "",
                            {},
                            "",
                            std::move(falco)});
    };
    std::vector<bool> macro_used(ruleset.macros.size()), list_used(ruleset.lists.size());
    auto use = [&](const ResolvedCondition& condition) {
        for (const ast::Expression* e : condition.macros)
            if (auto entry = ruleset.macro_index.find(e->macro); entry != ruleset.macro_index.end())
                macro_used[entry->second] = true;
        for (uint32_t list : condition.lists) list_used[list] = true;
    };
    for (const MacroDefinition& macro : ruleset.macros) use(macro.condition);
    for (const RuleDefinition& rule : ruleset.rules)
        if (!rule.skipped_for_output) use(rule.condition);
    for (const MacroDefinition& macro : ruleset.macros)
        if (!macro_used[static_cast<size_t>(&macro - ruleset.macros.data())])
            warn(Problem::UnusedMacro, "macro", macro.item.name, falco_item(macro.item),
                 FalcoOrder::UnusedMacros);
    for (const ListDefinition& list : ruleset.lists)
        if (!list.in_list && !list_used[static_cast<size_t>(&list - ruleset.lists.data())])
            warn(Problem::UnusedList, "list", list.item.name, falco_item(list.item), FalcoOrder::UnusedLists);
}

}  // namespace stoop
