#include "compiler/semantics/ruleset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "compiler/at_once.h"
#include "compiler/semantics/collector.h"
#include "compiler/semantics/exceptions.h"
#include "compiler/semantics/list_names.h"
#include "compiler/syntax/parser.h"
#include "runtime/base/nearest.h"
#include "runtime/event/schema.h"

namespace stoop {
namespace {

// Items of a list that name an earlier list become that list's items, one level deep (spec: rules-files.md
// §7.1). False if the budget is used up.
bool expand(const ListDefinition& list, Ruleset& ruleset, ListBudget& budget, NamedList& out) {
    out.name = list.item.name.text();
    for (const MappedText& item : list.item.items) {
        auto named = ruleset.list_index.find(item.text());
        if (named == ruleset.list_index.end() || ruleset.lists[named->second].index >= list.visibility) {
            out.items.push_back(&item);
            continue;
        }
        ListDefinition& other = ruleset.lists[named->second];
        other.in_list = true;
        for (const MappedText& others : other.item.items) {
            if (!budget.take(others)) return false;
            out.items.push_back(&others);
        }
    }
    return true;
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
          list_budget_{ruleset.limits[Limit::ConditionBytes], ruleset.limits[Limit::ListText],
                       kLooks * ruleset.limits[Limit::ListText]} {}

    void run(unsigned threads) {
        std::vector<Condition> conditions = all_conditions();
        replace_lists(conditions);
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
        std::optional<MappedText> text;  // nothing if its exceptions are wrong, or its lists too much
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

    // One after the other, so that it does not depend on chance which of them the budget ends at.
    void replace_lists(std::vector<Condition>& conditions) {
        std::vector<NamedList> lists(ruleset_.lists.size());
        for (size_t i = 0; i < lists.size(); ++i) {
            const ListItem& item = ruleset_.lists[i].item;
            if (expand(ruleset_.lists[i], ruleset_, list_budget_, lists[i])) continue;
            FalcoContext falco = falco_item(item);
            falco.order = {FalcoOrder::Read, item.span.file, item.number, FalcoOrder::Collect};
            report_lists(ListNames::Outcome::TooMuchText, item.name.span(), std::move(falco));
        }
        ListNames names(std::move(lists));
        for (Condition& condition : conditions) {
            if (!condition.text) continue;
            ResolvedCondition& out = *condition.out;
            out.unexpanded = std::make_shared<const std::string>(condition.text->text());
            ListNames::Outcome outcome = names.replace(*condition.text, list_budget_, out.lists);
            if (outcome == ListNames::Outcome::Done) continue;
            report_lists(outcome, condition.text->span(0, 1), condition.falco);
            condition.text.reset();
        }
    }

    // Once: more of them say nothing new.
    void report_lists(ListNames::Outcome outcome, Span span, FalcoContext falco) {
        if (std::exchange(lists_reported_, true)) return;
        bool text = outcome == ListNames::Outcome::TooMuchText;
        diagnostics_.report({Problem::LimitExceeded,
                             text ? fmt::format("from here on the names of lists stand for too much text; {}",
                                                limit_text(Limit::ListText, ruleset_.limits[Limit::ListText]))
                                  : "from here on lists bring each other's names into conditions too often",
                             true,
                             span,
                             "",
                             {},
                             limit_help(Limit::ListText, ruleset_.limits[Limit::ListText]),
                             std::move(falco)});
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
        out.text = std::move(*condition.text);
        if (!parsed_.find(out.text.text()))
            condition.parsed = parse_condition(out.text.text(), ruleset_.limits);
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
        Problem problem = error.limit ? Problem::TooDeep : Problem::Syntax;
        diagnostics_.report(problem, false, [&] {
            Diagnostic d{problem, error.message};
            d.span = out.span(error.range);
            d.label = error.label;
            d.help = hint.empty() ? error.help : hint;
            if (std::string field = bracketed_field(out.text.text(), error.range); !field.empty())
                d.help = "write " + field;
            if (error.limit)
                if (std::string more = limit_help(*error.limit, ruleset_.limits[*error.limit]); !more.empty())
                    d.help += ", or " + more;
            auto text = std::make_shared<const std::string>(out.text.text());
            d.falco = falco.within(places_.of(out, text, error.stop.value_or(error.range.begin)))
                          .saying(error.falco);
            return d;
        });
    }

    // An argument with a character that ends a field's name, written with a dot instead of brackets: the
    // right form of a field that goes on where the parser stopped, or an empty text.
    std::string bracketed_field(std::string_view text, ast::Range stop) const {
        constexpr size_t kLongest = 4096;
        auto in_name = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '.'; };
        size_t begin = stop.begin;
        while (begin > 0 && stop.begin - begin < kLongest && in_name(text[begin - 1])) --begin;
        for (const Schema* schema : schemas_.all()) {
            auto meant = schema->bracketed(text.substr(begin, kLongest));
            if (meant && begin + meant->length > stop.begin) return meant->spelling;
        }
        return "";
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
        diagnostics_.report(Problem::UnknownMacro, false, [&] {
            Diagnostic d{Problem::UnknownMacro, fmt::format("macro '{}' is not defined", e.macro)};
            d.span = condition.span(e.range);
            d.label = later ? "not defined yet" : "unknown macro";
            if (later) {
                d.help = "a macro can use only macros that are defined before it";
            } else {
                std::string near =
                    nearest(e.macro, ruleset_.macros, [](const MacroDefinition& macro) -> const std::string& {
                        return macro.item.name.text();
                    });
                d.help = near.empty() ? "a field has a dot in its name; a text belongs behind an operator"
                                      : "did you mean '" + near + "'?";
            }
            d.falco = falco.within(places_.of(condition, condition.unexpanded, e.range.begin))
                          .saying(fmt::format("Undefined macro '{}' used in filter.", e.macro));
            return d;
        });
    }

    // Falco reports a loop at the reference of the macro that it began with.
    FalcoContext falco_loop() {
        const ResolvedCondition& condition = root_->condition;
        return context(*root_, FalcoOrder::MacroReferences)
            .within(places_.of(condition, condition.unexpanded, root_reference_->range.begin))
            .saying(fmt::format("reference loop in macro '{}'", root_reference_->macro));
    }

    // Depth first through the macros, to find one that leads back to itself.
    void follow(MacroDefinition& macro, size_t depth) {
        State& state = state_[static_cast<size_t>(&macro - ruleset_.macros.data())];
        if (!macro.condition.valid || state == State::Done) return;
        if (depth > ruleset_.deepest()) {
            macro.condition.valid = false;
            diagnostics_.report({Problem::TooDeep,
                                 fmt::format("macros are nested more than {} deep", ruleset_.deepest()),
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
            diagnostics_.report(Problem::MacroLoop, false, [&] {
                Diagnostic d{Problem::MacroLoop, fmt::format("macro '{}' leads back to itself", e->macro)};
                d.span = macro.condition.span(e->range);
                d.label = "reference loop";
                d.falco = falco_loop();
                return d;
            });
        }
        state = State::Done;
    }

    // What refers to something that is not valid is not valid either; the reason has been reported.
    void spread_faults() {
        constexpr size_t kRule = SIZE_MAX;
        struct User {
            ResolvedCondition* condition;
            size_t macro;  // whose condition it is, or kRule
        };
        std::vector<std::vector<User>> users(ruleset_.macros.size());  // by macro, the valid ones
        auto add = [&](ResolvedCondition& condition, size_t macro) {
            if (!condition.valid) return;
            for (const ast::Expression* e : condition.macros)
                users[ruleset_.macro_index.at(e->macro)].push_back({&condition, macro});
        };
        std::vector<size_t> open;
        for (size_t i = 0; i < ruleset_.macros.size(); ++i) {
            add(ruleset_.macros[i].condition, i);
            if (!ruleset_.macros[i].condition.valid) open.push_back(i);
        }
        for (RuleDefinition& rule : ruleset_.rules) add(rule.condition, kRule);
        while (!open.empty()) {
            size_t macro = open.back();
            open.pop_back();
            for (const User& user : users[macro])
                if (std::exchange(user.condition->valid, false) && user.macro != kRule)
                    open.push_back(user.macro);
        }
    }

    // How often all of the text that lists may bring may be looked through for more names of lists.
    static constexpr uint64_t kLooks = 2;

    Ruleset& ruleset_;
    const Schemas& schemas_;
    ParsedConditions& parsed_;
    Diagnostics& diagnostics_;
    ListBudget list_budget_;
    bool lists_reported_ = false;  // that there is too much of them
    FalcoPlaces places_;
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

FalcoExpression FalcoPlaces::of(const ResolvedCondition& condition, std::shared_ptr<const std::string> text,
                                uint32_t at) {
    auto [entry, fresh] = lines_.try_emplace(&condition, condition.text.text());
    return entry->second.place(std::move(text), at);
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
    out.limits = diagnostics.limits();
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
