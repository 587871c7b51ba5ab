// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/ruleset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "compiler/semantics/collector.h"
#include "compiler/semantics/exceptions.h"
#include "compiler/semantics/field_synonyms.h"
#include "compiler/semantics/list_names.h"
#include "compiler/semantics/suggestions.h"
#include "compiler/syntax/parser.h"
#include "runtime/base/ascii.h"
#include "runtime/base/parallel.h"
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
    if (e.kind == ast::Expression::Kind::Macro && !e.macro.empty()) out.push_back(&e);
    for (const ast::Expression& child : e.children) collect_references(child, out);
}

class Resolver {
  public:
    Resolver(Ruleset& ruleset, const Sources& sources, const Schemas& schemas, ParsedConditions& parsed,
             Diagnostics& diagnostics)
        : ruleset_(ruleset),
          sources_(sources),
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
            check_references(macro.condition, macro.visibility, context(macro, FalcoOrder::MacroReferences),
                             nullptr);
        for (RuleDefinition& rule : ruleset_.rules)
            check_references(rule.condition, UINT32_MAX, context(rule), schemas_.find(rule.source()));
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
        const Schema* schema;  // of the rule's source; null for a macro
        std::string hint{};
        Diagnostics found{};                              // of its exceptions
        std::optional<Parsed<ast::Expression>> parsed{};  // unless it was known
    };

    std::vector<Condition> all_conditions() {
        std::vector<Condition> out;
        for (MacroDefinition& macro : ruleset_.macros)
            out.push_back({macro.item.condition, &macro.condition,
                           context(macro, FalcoOrder::MacroSyntax)
                               .in("macro condition", "", macro.item.condition_value),
                           nullptr});
        for (RuleDefinition& rule : ruleset_.rules) {
            if (!schemas_.find(rule.source())) continue;
            FalcoContext falco = context(rule);
            Diagnostics found = diagnostics_.none_yet();
            auto text = with_exceptions(*rule.item.condition, *rule.item.exceptions,
                                        {rule.item.name.text(), nullptr, falco}, found);
            out.push_back(
                {std::move(text), &rule.condition, falco.in("rule condition", "", rule.item.condition_value),
                 schemas_.find(rule.source()), missing_comparison(*rule.item.exceptions), std::move(found)});
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
        parallel_for(conditions.size(), std::min(threads, conditions.size() / kFew),
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
        if (condition.parsed && !condition.parsed->node) return settle_faulty(condition, out);
        const std::string& text = out.text.text();
        out.tree =
            condition.parsed ? parsed_.keep(text, std::move(*condition.parsed->node)) : *parsed_.find(text);
        collect_references(out.tree, out.macros);
        out.valid = true;
    }

    // All mistakes are reported, and what could be read is looked at like the rest.
    void settle_faulty(const Condition& condition, ResolvedCondition& out) {
        const SyntaxError& first = condition.parsed->error;
        bool kept = diagnostics_.keeps(Problem::Syntax);
        report_syntax(first, out, condition);
        if (!kept || first.limit) return;
        Rest rest = parse_rest(out.text.text(), first, ruleset_.limits, [&](const SyntaxError& error) {
            return !bracketed_field(out.text.text(), error.range).empty();
        });
        for (const SyntaxError& error : rest.errors) report_syntax(error, out, condition);
        if (!rest.tree) return;
        out.tree = std::move(*rest.tree);
        collect_references(out.tree, out.macros);
    }

    void report_syntax(const SyntaxError& error, const ResolvedCondition& out, const Condition& condition) {
        Problem problem = error.limit ? Problem::TooDeep : Problem::Syntax;
        diagnostics_.report(problem, false, [&] {
            Diagnostic d{problem, error.message};
            d.span = out.span(error.range);
            d.label = error.label;
            d.help = error.help;
            if (error.opened) {
                Span where = out.span(*error.opened);
                Place place = sources_.place(where);
                d.notes.push_back(
                    {fmt::format("opened at {}:{}:{}", place.file, place.line, place.column), where});
            }
            if (error.subject == SyntaxError::Subject::NotAField && is_macro(error.name, out))
                d.help = fmt::format("'{}' is a macro, which stands alone: nothing is compared with it",
                                     error.name);
            else
                help_with_fields(error, condition.schema ? *condition.schema : *schemas_.find(kDefaultSource),
                                 d);
            if (std::string field = bracketed_field(out.text.text(), error.range); !field.empty())
                d.help = "write " + field;
            else if (!error.limit && !help_with_list(error, out, d))
                help_with_appended(error, out, d);
            if (!condition.hint.empty()) d.help = condition.hint;
            if (error.last && !error.limit && ends_in_comment(out))
                d.help =
                    "YAML takes ' #' for a comment, which ends the value: put the value into a block: '>' "
                    "and "
                    "the text on the next line";
            if (error.limit)
                if (std::string more = limit_help(*error.limit, ruleset_.limits[*error.limit]); !more.empty())
                    d.help += ", or " + more;
            auto text = std::make_shared<const std::string>(out.text.text());
            d.falco = condition.falco.within(places_.of(out, text, error.stop.value_or(error.range.begin)))
                          .saying(error.falco);
            return d;
        });
    }

    bool is_macro(std::string_view name, const ResolvedCondition& where) const {
        return ruleset_.macro_index.find(name) != ruleset_.macro_index.end() ||
               !in_published_rules(name, "macro", sources_.file(where.text.span(0, 1).file).name()).empty();
    }

    // A `#` behind a blank ends a value that stands in the line of its key.
    bool ends_in_comment(const ResolvedCondition& out) const {
        Span last = out.text.span(out.text.text().size() - 1, out.text.text().size());
        std::string_view behind = sources_.file(last.file).text().substr(last.end);
        size_t next = behind.find_first_not_of(" \t");
        return next > 0 && next != behind.npos && behind[next] == '#';
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

    static void help_with_fields(const SyntaxError& error, const Schema& schema, Diagnostic& d) {
        if (error.subject == SyntaxError::Subject::NotAField) {
            std::string meant = synonym_of_field(error.name, schema);
            std::string fields = fields_named(error.name, schema);
            if (!meant.empty())
                d.help = fmt::format("did you mean '{}'?", meant);
            else if (!fields.empty())
                d.help = fields;
        } else if (error.subject == SyntaxError::Subject::FieldAlone) {
            const auto found = schema.find(error.name);
            if (found.ref && found.ref->type == Type::BOOL)
                d.help = fmt::format("write '{} = true'", error.name);
        }
    }

    // What an item appends is joined with one blank, and nothing else.
    static void help_with_appended(const SyntaxError& error, const ResolvedCondition& out, Diagnostic& d) {
        uint32_t at = error.range.begin;
        if (at == 0 || at >= out.text.text().size() || out.text.text()[at - 1] != ' ') return;
        Span blank = out.text.span(at - 1, at), here = out.text.span(at, at + 1), start = out.text.span(0, 1);
        bool appended = blank.file == here.file && blank.begin == here.begin &&
                        (start.file != here.file || start.begin != here.begin);
        if (!appended) return;
        d.message = "a condition that is appended must begin with 'and' or 'or'";
        d.label = "appended from here on";
        d.help = "put 'and' or 'or' before it";
    }

    static bool holds(const ListItem& list, Span span) {
        return std::any_of(list.items.begin(), list.items.end(), [&](const MappedText& item) {
            Span whole = item.span();
            return whole.file == span.file && whole.begin <= span.begin && span.begin < whole.end;
        });
    }
    bool in_a_list(const ResolvedCondition& out, uint32_t at) const {
        Span span = out.text.span(at, at + 1);
        return std::any_of(out.lists.begin(), out.lists.end(),
                           [&](uint32_t number) { return holds(ruleset_.lists[number].item, span); });
    }

    // The name of a list stands for its items: where no list may stand, they do not fit.
    bool help_with_list(const SyntaxError& error, const ResolvedCondition& out, Diagnostic& d) const {
        const std::string& text = out.text.text();
        for (uint32_t number : out.lists) {
            const ListItem& list = ruleset_.lists[number].item;
            const std::string& name = list.name.text();
            auto place_of_name = [&](uint32_t at) -> std::optional<Span> {  // of a separator between items
                if (at >= text.size() || (text[at] != ' ' && text[at] != ',')) return std::nullopt;
                Span span = out.text.span(at, at + 1);
                if (!sources_.file(span.file).text().substr(span.begin).starts_with(name))
                    return std::nullopt;
                span.end = span.begin + static_cast<uint32_t>(name.size());
                return span;
            };
            auto in_items = [&](uint32_t at) {
                return at < text.size() && holds(list, out.text.span(at, at + 1));
            };
            uint32_t at = error.range.begin;
            if (!place_of_name(at) && !in_items(at)) continue;
            while (at > 0 && !place_of_name(at) && in_items(at)) --at;
            auto place = place_of_name(at);
            if (!place) continue;
            uint32_t begin = at;  // of all that it brought
            while (begin > 0 && (place_of_name(begin - 1) || in_items(begin - 1))) --begin;
            size_t end = text.find_last_not_of(" \t\n", begin == 0 ? 0 : begin - 1);
            if (end != text.npos && (text[end] == '(' || text[end] == ',')) continue;  // in parentheses
            size_t start = end == text.npos ? end : text.find_last_of(" \t\n", end);
            std::string op = end == text.npos ? "" : text.substr(start + 1, end - start);
            d.message = fmt::format("the list '{}' stands here without parentheses", name);
            d.label = "a list";
            d.span = *place;
            d.help = op == "!="
                         ? fmt::format("whether a field has none of its values: not FIELD in ({})", name)
                     : op == "intersects" || op == "pmatch"
                         ? fmt::format("write {} ({})", op, name)
                         : fmt::format("whether a field has one of its values: FIELD in ({})", name);
            return true;
        }
        return false;
    }

    // Every macro referred to must be defined and, from a macro, visible.
    void check_references(ResolvedCondition& condition, uint32_t visibility, const FalcoContext& falco,
                          const Schema* schema) {
        const bool faulty = !condition.valid;
        for (const ast::Expression* e : condition.macros) {
            if (faulty && in_a_list(condition, e->range.begin)) continue;  // a consequence
            auto entry = ruleset_.macro_index.find(e->macro);
            const MacroDefinition* macro =
                entry == ruleset_.macro_index.end() ? nullptr : &ruleset_.macros[entry->second];
            if (macro && macro->index < visibility) continue;
            condition.valid = false;
            report_unknown(condition, *e, macro != nullptr, falco, schema);
        }
    }

    void report_unknown(const ResolvedCondition& condition, const ast::Expression& e, bool later,
                        const FalcoContext& falco, const Schema* schema) {
        diagnostics_.report(Problem::UnknownMacro, false, [&] {
            Diagnostic d{Problem::UnknownMacro, fmt::format("macro '{}' is not defined", e.macro)};
            d.span = condition.span(e.range);
            d.label = later ? "not defined yet" : "unknown macro";
            const std::string& file = sources_.file(d.span.file).name();
            if (later)
                d.help = "a macro can use only macros that are defined before it";
            else if (!explain_list_as_macro(condition, d, e) && !explain_word(e.macro, d))
                d.help = help_for_macro(e, condition, ruleset_, schema, file);
            d.falco = falco.within(places_.of(condition, condition.unexpanded, e.range.begin))
                          .saying(fmt::format("Undefined macro '{}' used in filter.", e.macro));
            return d;
        });
    }

    // The only item of a list whose name stands where a check is expected.
    bool explain_list_as_macro(const ResolvedCondition& condition, Diagnostic& d,
                               const ast::Expression& e) const {
        for (uint32_t number : condition.lists) {
            const ListItem& list = ruleset_.lists[number].item;
            const std::string& name = list.name.text();
            if (!holds(list, d.span)) continue;
            if (e.range.begin > 0) {  // the name stands behind the character before
                Span before = condition.text.span(e.range.begin - 1, e.range.begin);
                uint32_t at = before.begin + 1;
                if (sources_.file(before.file).text().substr(at).starts_with(name))
                    d.span = {before.file, at, at + static_cast<uint32_t>(name.size())};
            }
            d.message = fmt::format("'{}' is a list, and stands where a check is expected", name);
            d.label = "a list";
            d.help = fmt::format("a field is compared with it: FIELD in ({})", name);
            return true;
        }
        return false;
    }

    // `and`, `or` and `not` are names of macros where a check is expected and nothing follows.
    static bool explain_word(std::string_view name, Diagnostic& d) {
        std::string plain = lower(name);
        if (plain != "and" && plain != "or" && plain != "not") return false;
        d.message = plain == "not" ? fmt::format("nothing follows '{}'", name)
                                   : fmt::format("'{}' stands where a check is expected", name);
        d.label = "expected a check";
        d.help = "write the check that belongs here, or leave the word out";
        return true;
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
    const Sources& sources_;
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

Ruleset resolve(std::vector<RuleFile> files, const Sources& sources, const Schemas& schemas,
                ParsedConditions& parsed, Diagnostics& diagnostics, unsigned threads) {
    Ruleset out;
    out.schemas = &schemas;
    out.limits = diagnostics.limits();
    collect(std::move(files), sources, schemas, out, diagnostics);
    Resolver(out, sources, schemas, parsed, diagnostics).run(threads);
    return out;
}

void warn_unused(const Ruleset& ruleset, const std::vector<RuleOutcome>& outcomes, Diagnostics& diagnostics) {
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
        if (!outcomes[ruleset.index(rule)].skipped_for_output) use(rule.condition);
    for (const MacroDefinition& macro : ruleset.macros)
        if (!macro_used[static_cast<size_t>(&macro - ruleset.macros.data())])
            warn(Problem::UnusedMacro, "macro", macro.item.name, falco_item(macro.item),
                 FalcoOrder::UnusedMacros);
    for (const ListDefinition& list : ruleset.lists)
        if (!list.in_list && !list_used[static_cast<size_t>(&list - ruleset.lists.data())])
            warn(Problem::UnusedList, "list", list.item.name, falco_item(list.item), FalcoOrder::UnusedLists);
}

}  // namespace stoop
