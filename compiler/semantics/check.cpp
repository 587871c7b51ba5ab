// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <utility>

#include "compiler/semantics/comparison_checker.h"
#include "compiler/semantics/contradictions.h"
#include "compiler/semantics/falco_words.h"
#include "compiler/semantics/output_template.h"
#include "compiler/semantics/published_names.h"
#include "compiler/semantics/select_events.h"
#include "compiler/semantics/suggestions.h"
#include "compiler/semantics/typed.h"
#include "compiler/semantics/useless.h"
#include "runtime/base/ascii.h"
#include "runtime/base/excerpt.h"
#include "runtime/base/nearest.h"

namespace stoop {

uint32_t SlotTable::slot(const FieldRef& ref) {
    auto [entry, fresh] = by_spelling_.try_emplace(ref.spelling, static_cast<uint32_t>(refs_.size()));
    if (fresh) refs_.push_back(ref);
    return entry->second;
}

namespace {

// Types all rules of one source.
class RulesetChecker {
  public:
    RulesetChecker(const Ruleset& ruleset, const std::vector<bool>& enabled, const Schema& schema,
                   const Sources& sources, Diagnostics& diagnostics)
        : ruleset_(ruleset),
          enabled_(enabled),
          schema_(schema),
          sources_(sources),
          diagnostics_(diagnostics),
          out_(std::make_unique<TypedRuleset>(ruleset.limits[Limit::RegexMemory])),
          comparisons_(schema, out_->slots, out_->constants, out_->regexes, ruleset.limits),
          operands_(schema, out_->slots, out_->constants),
          nodes_left_(ruleset.limits[Limit::ConditionNodes]),
          deepest_(ruleset.deepest()) {}

    std::unique_ptr<TypedRuleset> run() {
        out_->source = schema_.source();
        out_->outcomes.resize(ruleset_.rules.size());
        for (const RuleDefinition& rule : ruleset_.rules)
            if (rule.source() == schema_.source()) check_rule(rule);
        out_->nodes = ruleset_.limits[Limit::ConditionNodes] - nodes_left_;
        return std::move(out_);
    }

  private:
    RuleOutcome& outcome(const RuleDefinition& rule) { return out_->outcomes[ruleset_.index(rule)]; }
    void check_rule(const RuleDefinition& rule);
    void set_end(Span span, ConditionTree::Node& node) const;
    uint32_t add(const ast::Expression& e, const ResolvedCondition& where, ConditionTree& tree, size_t depth);
    std::optional<uint32_t> atom(const ast::Expression& e, const ResolvedCondition& where);
    std::optional<CompiledOutput> output(const RuleDefinition& rule);
    void report_faults(const RuleDefinition& rule);
    std::string help(const OperandProblem& problem, std::string_view file) const;
    void report_too_large(const RuleDefinition& rule);
    void warn_of_tree(const RuleDefinition& rule);
    void warn_of_tree(const ast::Expression& e, const ResolvedCondition& where, const FalcoContext& falco);
    void warn_of_lists(const ast::Comparison& comparison, const ast::Expression& e,
                       const ResolvedCondition& where, const FalcoContext& falco);
    void look_at(const ast::Expression& e, const ResolvedCondition& where, TextViewSet& macros);
    void note_plugins(const ast::Operand& operand, const ResolvedCondition& where);
    void note_plugin(const Field& field, Span span);
    void report_warnings(const RuleDefinition& rule, bool of_literals);
    void warn_of_event_types(const RuleDefinition& rule, const EventTypeSet& events);
    struct Reference {  // to a macro
        const ast::Expression* macro;
        const ResolvedCondition* where;
        const Reference* outer;  // that led here
    };
    std::vector<Note> notes(const Reference* reached) const;
    // `why` stands at what is unknown.
    void skip(const RuleDefinition& rule, Diagnostic why);
    std::string quoted(Span span) const;
    FalcoContext falco_condition(const RuleDefinition& rule) const {
        FalcoContext out = falco_rule(ruleset_, rule);
        out.order.step = FalcoOrder::Condition;
        return out.in("rule condition", "", rule.item.condition_value);
    }

    const Ruleset& ruleset_;
    const std::vector<bool>& enabled_;
    const Schema& schema_;
    const Sources& sources_;
    Diagnostics& diagnostics_;
    std::unique_ptr<TypedRuleset> out_;
    ComparisonChecker comparisons_;
    OperandChecker operands_;
    // A macro's comparisons are typed once, whatever the number of rules that use it. What is wrong with one
    // is reported once, too.
    struct Checked {
        uint32_t atom = 0;
        std::vector<OperandProblem> problems;
        std::vector<ComparisonWarning> warnings;
        bool reported = false;
        bool warned = false;
    };
    std::unordered_map<const ast::Expression*, Checked> atoms_;
    // A comparison that there is something to say about.
    struct Remark {
        Checked* checked;
        const ast::Comparison* comparison;
        const ResolvedCondition* where;
        const Reference* reached;
    };
    std::vector<Remark> faults_, warnings_;  // of the rule being checked
    std::set<std::string> plugins_noted_;
    std::set<const ResolvedCondition*> trees_warned_of_;
    std::deque<Reference> references_;    // of the rule being checked
    const Reference* reached_ = nullptr;  // the one that led to where we are
    bool valid_ = true;                   // of the rule being checked
    std::optional<Limit> exceeded_;       // by it
    FalcoPlaces places_;
    uint64_t list_looks_left_ = 10'000'000;  // at names of lists, for slips
    uint64_t nodes_left_;                    // for all trees: macros can double in size at every step
    size_t deepest_;
};

// How a macro was reached, the nearest reference first.
std::vector<Note> RulesetChecker::notes(const Reference* reached) const {
    std::vector<Note> out;
    for (const Reference* reference = reached; reference; reference = reference->outer) {
        Span where = reference->where->span(reference->macro->range);
        Place place = sources_.place(where);
        out.push_back({fmt::format("reached through macro '{}', used at {}:{}:{}", reference->macro->macro,
                                   place.file, place.line, place.column),
                       where});
    }
    return out;
}

void RulesetChecker::report_faults(const RuleDefinition& rule) {
    // Falco shows the rule's text, with the place that the comparison has in the text it stands in.
    auto falco = [&](const Remark& fault, const OperandProblem& problem) {
        return falco_condition(rule)
            .within(places_.of(*fault.where, rule.condition.unexpanded, fault.comparison->left.range.begin))
            .saying(problem.falco);
    };
    auto make = [&](const Remark& fault, const OperandProblem& problem) {
        Span span = fault.where->span(problem.range);
        return Diagnostic{problem.problem,
                          problem.message,
                          true,
                          span,
                          problem.label,
                          notes(fault.reached),
                          help(problem, sources_.file(span.file).name()),
                          falco(fault, problem)};
    };
    // What is unknown is a reason to skip, if the rule says so and nothing else came first.
    if (!faults_.empty() && rule.item.skip_if_unknown.value_or(false)) {
        const OperandProblem& first = faults_[0].checked->problems[0];
        if (falco_may_skip(first.falco)) return skip(rule, make(faults_[0], first));
    }
    for (Remark& fault : faults_) {
        bool repeated = std::exchange(fault.checked->reported, true);
        for (const OperandProblem& problem : fault.checked->problems)
            diagnostics_.report(problem.problem, repeated, [&] {
                Diagnostic out = make(fault, problem);
                out.falco.repeated = repeated;
                return out;
            });
    }
}

// What else was meant by a name: something of another source, a list, a field or event type of nearly this
// name.
std::string RulesetChecker::help(const OperandProblem& problem, std::string_view file) const {
    if (problem.problem == Problem::UnknownField && ruleset_.schemas)
        if (std::string owner = owner_of_field(problem.unknown, schema_, *ruleset_.schemas); !owner.empty())
            return owner;
    std::string out = help_for(problem, schema_);
    if (problem.element.empty() || (!out.empty() && out != problem.help)) return out;
    std::string list = help_for_list(problem.element, ruleset_, file);
    return list.empty() ? out : list;
}

// As Falco sorts them: `<NA>`, then each deprecated field, then the literals, which it looks at only if the
// condition is valid.
void RulesetChecker::report_warnings(const RuleDefinition& rule, bool of_literals) {
    auto make = [&](const Remark& remark, const ComparisonWarning& warning) {
        FalcoContext falco = falco_condition(rule).saying(warning.falco);
        if (warning.problem == Problem::SuspectOperand) {
            const std::string& text = remark.where->text.text();
            uint32_t at = warning.range.begin;
            if (remark.comparison->list) {  // of which Falco knows only where it begins
                at = remark.comparison->literals[0].range.begin;
                size_t open = text.find_last_not_of(" \t\r\n", at - 1);
                if (text[open] == '(') at = static_cast<uint32_t>(open);
            }
            falco = falco.within(places_.of(*remark.where, rule.condition.unexpanded, at));
        } else if (!problem_info(warning.problem).falco_code.empty()) {
            falco.expression = FalcoExpression{rule.condition.unexpanded};
        }
        if (warning.deprecated) falco.deprecated_field = warning.deprecated->name;
        falco.repeated = remark.checked->warned;
        return Diagnostic{warning.problem,
                          warning.message,
                          true,
                          remark.where->span(warning.range),
                          "",
                          notes(remark.reached),
                          warning.help,
                          std::move(falco)};
    };
    auto report = [&](const Remark& remark, const ComparisonWarning& warning) {
        diagnostics_.report(warning.problem, remark.checked->warned, [&] { return make(remark, warning); });
    };
    if (!of_literals) {
        bool unsafe = false;
        struct First {
            const Remark* remark;
            const ComparisonWarning* warning;
        };
        std::map<const Field*, First> deprecated;  // in the order of the schema
        for (const Remark& remark : warnings_)
            for (const ComparisonWarning& warning : remark.checked->warnings) {
                if (warning.problem == Problem::UnsafeNaCheck && !std::exchange(unsafe, true))
                    report(remark, warning);
                if (warning.deprecated) deprecated.try_emplace(warning.deprecated, First{&remark, &warning});
            }
        for (const auto& [field, first] : deprecated) report(*first.remark, *first.warning);
        return;
    }
    for (const Remark& remark : warnings_)
        for (const ComparisonWarning& warning : remark.checked->warnings)
            if (warning.problem != Problem::UnsafeNaCheck && !warning.deprecated) report(remark, warning);
    for (Remark& remark : warnings_) remark.checked->warned = true;
}

// What comparisons do together, once for each condition.
void RulesetChecker::warn_of_tree(const RuleDefinition& rule) {
    std::vector<const ResolvedCondition*> open = {&rule.condition};
    while (!open.empty()) {
        const ResolvedCondition& where = *open.back();
        open.pop_back();
        if (!trees_warned_of_.insert(&where).second) continue;
        FalcoContext falco = falco_condition(rule);
        for (const TreeWarning& warning : warn_of_contradictions(where.tree, schema_))
            diagnostics_.report({warning.problem,
                                 warning.message,
                                 true,
                                 where.span(warning.range),
                                 "",
                                 {},
                                 warning.help,
                                 falco});
        warn_of_tree(where.tree, where, falco);
        for (const ast::Expression* reference : where.macros)
            open.push_back(&ruleset_.macro(reference->macro)->condition);
    }
}

void RulesetChecker::warn_of_tree(const ast::Expression& e, const ResolvedCondition& where,
                                  const FalcoContext& falco) {
    if (e.comparison &&
        (e.comparison->list || e.comparison->op == Operator::Eq || e.comparison->op == Operator::Ne))
        warn_of_lists(*e.comparison, e, where, falco);
    for (const ast::Expression& child : e.children) warn_of_tree(child, where, falco);
}

// Whether the word is the list's name but for a slip, and not one of its items.
static bool is_slip_for(const std::string& word, const ListItem& list) {
    const std::string& name = list.name.text();
    constexpr size_t kShortestWord = 4, kShortestName = 5;
    if (word.size() > name.size() + 1 || name.size() > word.size() + 1 || word == name) return false;
    auto is_plural_of = [](const std::string& many, const std::string& one) {
        return one.size() >= kShortestWord && many.size() == one.size() + 1 && many.back() == 's' &&
               many.starts_with(one);
    };
    bool near = (word.size() == name.size() && lower(word) == lower(name)) || is_plural_of(word, name) ||
                is_plural_of(name, word) || (word.size() >= kShortestName && is_one_slip_away(word, name));
    return near && std::none_of(list.items.begin(), list.items.end(),
                                [&](const MappedText& item) { return item.text() == word; });
}

void RulesetChecker::warn_of_lists(const ast::Comparison& comparison, const ast::Expression& e,
                                   const ResolvedCondition& where, const FalcoContext& falco) {
    // All values of a list are in an empty one if there are none.
    auto checked = atoms_.find(&e);
    bool may_hold = comparison.op == Operator::In && checked != atoms_.end() &&
                    checked->second.problems.empty() && out_->atoms[checked->second.atom].atom.left.list;
    if (comparison.list && comparison.literals.empty() && !may_hold) {
        // A list without items stands for nothing, too, and is there for others to fill.
        const std::string& text = where.text.text();
        size_t open = text.rfind('(', e.range.end - 1);
        Span begin = where.span({static_cast<uint32_t>(open), static_cast<uint32_t>(open) + 1});
        Span end = where.span({e.range.end - 1, e.range.end});
        if (begin.file != end.file || begin.begin >= end.begin) return;
        std::string_view written =
            sources_.file(begin.file).text().substr(begin.begin, end.begin - begin.begin);
        if (written.substr(1).find_first_not_of(" \t\r\n") != written.npos) return;
        diagnostics_.report({Problem::EmptyList,
                             "nothing is in an empty list",
                             true,
                             {begin.file, begin.begin, end.end},
                             "never holds",
                             {},
                             "put values between the parentheses",
                             falco});
    }
    for (const ast::Literal& literal : comparison.literals) {
        const std::string& word = literal.text;
        if (literal.range.end - literal.range.begin != word.size()) continue;  // in quotes, or no text
        std::string help;
        if (find_published("list", word))
            help = in_published_rules(word, "list", sources_.file(where.span(literal.range).file).name());
        if (help.empty() && comparison.list) {
            if (list_looks_left_ < ruleset_.lists.size()) return;
            list_looks_left_ -= ruleset_.lists.size();
            auto list =
                std::find_if(ruleset_.lists.begin(), ruleset_.lists.end(),
                             [&](const ListDefinition& known) { return is_slip_for(word, known.item); });
            if (list != ruleset_.lists.end())
                help = fmt::format("did you mean the list '{}'?", list->item.name.text());
        }
        if (help.empty()) continue;
        diagnostics_.report({Problem::ListNameSlip,
                             fmt::format("'{}' is compared as a text; there is no list of this name", word),
                             true,
                             where.span(literal.range),
                             "",
                             {},
                             std::move(help),
                             falco});
    }
}

void RulesetChecker::warn_of_event_types(const RuleDefinition& rule, const EventTypeSet& events) {
    constexpr size_t kManyCodes = 100;  // Falco's limit
    if (!rule.item.warn_event_types.value_or(true) || schema_.event_types().names().empty()) return;
    size_t codes = schema_.event_types().codes(events);
    if (codes > 0 && codes <= kManyCodes) return;
    const MappedText& name = rule.item.name;
    FalcoContext falco =
        falco_rule(ruleset_, rule)
            .saying("Rule matches too many evt.type values. This has a significant performance penalty.");
    falco.order.step = FalcoOrder::Condition;
    diagnostics_.report(
        {Problem::ManyEventTypes,
         fmt::format("rule '{}' {}", name.text(),
                     codes == 0 ? "can match no event: its comparisons of evt.type contradict each other"
                                : "is evaluated on nearly every event, which is slow"),
         true,
         name.span(),
         "",
         {},
         codes == 0
             ? ""
             : "begin the condition with the events it is for, such as 'evt.type in (open, openat) and'; "
               "if it is for all, set 'warn_evttypes: false'",
         std::move(falco)});
}

std::string RulesetChecker::quoted(Span span) const {
    std::string_view text = sources_.file(span.file).text();
    return excerpt(text.substr(span.begin, span.end - span.begin));
}

void RulesetChecker::skip(const RuleDefinition& rule, Diagnostic why) {
    outcome(rule).skipped = true;
    why.problem = Problem::UnknownFilter;
    why.message = fmt::format("rule '{}' is skipped, as it asks to be: '{}': {}", rule.item.name.text(),
                              quoted(why.span), why.message);
    diagnostics_.report(std::move(why));
}

// Once for each plugin, at the first field of it.
void RulesetChecker::note_plugin(const Field& field, Span span) {
    if (field.plugin.empty() || ruleset_.plugins.contains(field.plugin)) return;
    if (!plugins_noted_.insert(field.plugin).second) return;
    const Plugin* plugin = schema_.plugin(field.plugin);  // a schema knows the plugins of its fields
    std::string version = plugin->version ? plugin->version->text() : "...";
    diagnostics_.report({Problem::PluginNotRequired,
                         fmt::format("field '{}' belongs to plugin '{}', which these files do not require",
                                     field.name, field.plugin),
                         true,
                         span,
                         "",
                         {},
                         fmt::format("say so at the top of a file: '- required_plugin_versions: [{{name: {}, "
                                     "version: {}}}]'",
                                     field.plugin, version)});
}

void RulesetChecker::note_plugins(const ast::Operand& operand, const ResolvedCondition& where) {
    if (operand.kind == ast::Operand::Kind::Field)
        if (const Field* field = schema_.exact(operand.name)) note_plugin(*field, where.span(operand.range));
    for (const ast::Operand& argument : operand.arguments) note_plugins(argument, where);
}

std::optional<uint32_t> RulesetChecker::atom(const ast::Expression& e, const ResolvedCondition& where) {
    auto [entry, fresh] = atoms_.try_emplace(&e);
    Checked& checked = entry->second;
    if (fresh) {
        note_plugins(e.comparison->left, where);
        if (e.comparison->right) note_plugins(*e.comparison->right, where);
        if (auto atom = comparisons_.check(*e.comparison, checked.problems, checked.warnings)) {
            checked.atom = static_cast<uint32_t>(out_->atoms.size());
            out_->atoms.push_back({std::move(*atom), ast::to_text(*e.comparison)});
        }
    }
    if (!checked.warnings.empty()) warnings_.push_back({&checked, e.comparison.get(), &where, reached_});
    if (checked.problems.empty()) return checked.atom;
    faults_.push_back({&checked, e.comparison.get(), &where, reached_});
    return std::nullopt;
}

void RulesetChecker::set_end(Span span, ConditionTree::Node& node) const {
    SourceFile::Position end = sources_.file(span.file).position(span.end);
    node.end_line = end.line;
    node.end_column = end.column;
}

uint32_t RulesetChecker::add(const ast::Expression& e, const ResolvedCondition& where, ConditionTree& tree,
                             size_t depth) {
    if (depth > deepest_ || nodes_left_ == 0) {
        exceeded_ = nodes_left_ == 0 ? Limit::ConditionNodes : Limit::Depth;
        return 0;
    }
    --nodes_left_;
    ConditionTree::Node node;
    node.place = sources_.place(where.span(e.range));
    switch (e.kind) {
        case ast::Expression::Kind::And:
        case ast::Expression::Kind::Or:
        case ast::Expression::Kind::Not:
            node.kind = e.kind == ast::Expression::Kind::And  ? ConditionTree::Kind::And
                        : e.kind == ast::Expression::Kind::Or ? ConditionTree::Kind::Or
                                                              : ConditionTree::Kind::Not;
            for (const ast::Expression& child : e.children) {
                node.children.push_back(add(child, where, tree, depth + 1));
                if (exceeded_) return 0;
            }
            break;
        case ast::Expression::Kind::Macro: {
            const MacroDefinition& macro = *ruleset_.macro(e.macro);
            node.kind = ConditionTree::Kind::Macro;
            node.macro = e.macro;
            references_.push_back({&e, &where, reached_});
            reached_ = &references_.back();
            node.children.push_back(add(macro.condition.tree, macro.condition, tree, depth + 1));
            reached_ = reached_->outer;
            break;
        }
        case ast::Expression::Kind::Comparison:
            node.kind = ConditionTree::Kind::Atom;
            set_end(where.span(e.range), node);
            if (auto index = atom(e, where))
                node.atom = *index;
            else
                valid_ = false;
            break;
    }
    tree.nodes.push_back(std::move(node));
    return tree.root();
}

// What is wrong with the comparisons of a condition that has other mistakes, and of the macros that it uses.
void RulesetChecker::look_at(const ast::Expression& e, const ResolvedCondition& where, TextViewSet& macros) {
    if (e.kind == ast::Expression::Kind::Comparison) atom(e, where);
    for (const ast::Expression& child : e.children) look_at(child, where, macros);
    if (e.kind != ast::Expression::Kind::Macro) return;
    const MacroDefinition* macro = ruleset_.macro(e.macro);
    constexpr size_t kMostMacros = 100;  // which bounds how deep this goes
    if (!macro || macros.size() > kMostMacros || !macros.insert(e.macro).second) return;
    references_.push_back({&e, &where, reached_});
    reached_ = &references_.back();
    look_at(macro->condition.tree, macro->condition, macros);
    reached_ = reached_->outer;
}

// Falco looks at the output before the condition.
std::optional<CompiledOutput> RulesetChecker::output(const RuleDefinition& rule) {
    Diagnostics found = diagnostics_.none_yet();
    FalcoContext falco = falco_rule(ruleset_, rule).in("rule output", "", rule.item.output_value);
    auto compiled = compile_output(*rule.item.output, operands_, falco, found);
    auto is_error = [](const Diagnostic& d) { return problem_info(d.problem).severity == Severity::Error; };
    auto first = std::find_if(found.all().begin(), found.all().end(), is_error);
    bool skipped = rule.item.skip_if_unknown.value_or(false) && first != found.all().end() &&
                   falco_may_skip(first->falco.message);
    outcome(rule).skipped_for_output = skipped;
    for (const Diagnostic& d : found.all()) {
        bool error = is_error(d);
        if (!error || !skipped) diagnostics_.report(d);
        if (error && skipped) {
            skip(rule, d);
            break;
        }
    }
    return compiled;
}

void RulesetChecker::report_too_large(const RuleDefinition& rule) {
    diagnostics_.report(Problem::TooDeep, false, [&] {
        const MappedText& name = rule.item.name;
        std::string more = limit_help(*exceeded_, ruleset_.limits[*exceeded_]);
        Diagnostic d{
            Problem::TooDeep,
            fmt::format("the condition of rule '{}' is too large once its macros are expanded", name.text())};
        d.span = name.span();
        d.help = "simplify the macros it uses" + (more.empty() ? "" : ", or " + more);
        d.falco = falco_condition(rule);
        return d;
    });
}

void RulesetChecker::check_rule(const RuleDefinition& rule) {
    const MappedText& name = rule.item.name;
    TypedRule typed;
    typed.source.place = sources_.place(name.span(0, 1));
    auto compiled_output = output(rule);
    if (outcome(rule).skipped_for_output) return;
    valid_ = rule.condition.valid;
    exceeded_.reset();
    faults_.clear();
    warnings_.clear();
    references_.clear();
    reached_ = nullptr;
    if (valid_) {
        add(rule.condition.tree, rule.condition, typed.source.tree, 0);
        report_warnings(rule, false);
    } else if (!rule.item.skip_if_unknown.value_or(false)) {  // else it may not be loaded at all
        TextViewSet macros;
        look_at(rule.condition.tree, rule.condition, macros);
    }
    report_faults(rule);
    if (exceeded_) {
        valid_ = false;
        report_too_large(rule);
    }
    if (!compiled_output || !valid_) return;
    for (const OutputField& field : compiled_output->fields)
        note_plugin(*out_->slots.ref(field.slot).field, rule.item.output->span(0, 1));
    report_warnings(rule, true);
    warn_of_tree(rule);
    ProgramRule& out = typed.rule;
    out.event_types = select_events(rule.condition.tree, ruleset_, schema_);
    warn_of_event_types(rule, out.event_types);
    outcome(rule).loaded = true;
    outcome(rule).output_mentions = compiled_output->mentions;
    out.name = name.text();
    out.priority = *rule.item.priority;
    out.tags = *rule.item.tags;
    out.output = std::move(compiled_output->pieces);
    out.output_fields = std::move(compiled_output->fields);
    if (enabled_[ruleset_.index(rule)]) out_->rules.push_back(std::move(typed));
}

}  // namespace

std::unique_ptr<TypedRuleset> check(const Ruleset& ruleset, const std::vector<bool>& enabled,
                                    const Schema& schema, const Sources& sources, Diagnostics& diagnostics) {
    return RulesetChecker(ruleset, enabled, schema, sources, diagnostics).run();
}

}  // namespace stoop
