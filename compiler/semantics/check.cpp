#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <utility>

#include "compiler/semantics/literal.h"
#include "compiler/semantics/operand_checker.h"
#include "compiler/semantics/output_template.h"
#include "compiler/semantics/select_events.h"
#include "compiler/semantics/typed.h"
#include "runtime/match/path_prefix.h"

namespace stoop {

uint32_t SlotTable::slot(const FieldRef& ref) {
    auto [entry, fresh] = by_spelling_.try_emplace(ref.spelling, static_cast<uint32_t>(slots_.size()));
    if (fresh) slots_.push_back({ref});
    return entry->second;
}

namespace {

// Macros can double in size at every step. The trees of a rule set, macros expanded, may hold so many nodes
// for every byte of its files, and so many in any case.
constexpr size_t kNodesPerByte = 8;
constexpr size_t kNodesInAnyCase = 200'000;
constexpr size_t kDeepestTree = 1'500;

std::string class_name(Type type, bool list) {
    if (list) return fmt::format("list of {}", type_name(type));
    return std::string(type_name(type));
}

std::string allowed_operators(Type type, bool list) {
    std::string out;
    for (const OperatorInfo& info : all_operators())
        if (info.allows(type, list)) out += fmt::format("{}{}", out.empty() ? "" : " ", info.spelling);
    return out;
}

// Types one comparison.
class ComparisonChecker {
  public:
    ComparisonChecker(const Schema& schema, SlotTable& slots, Arena& constants)
        : schema_(schema), constants_(constants), operands_(schema, slots, constants) {}

    std::optional<Atom> check(const ast::Comparison& source, std::optional<OperandProblem>& problem);

  private:
    bool fail(Problem kind, ast::Range range, std::string message, std::string label = "",
              std::string help = "") {
        *problem_ = {kind, std::move(message), std::move(label), std::move(help), range};
        return false;
    }
    bool check_operator(const ast::Comparison& source, const Atom& atom);
    bool check_right_operand(const ast::Comparison& source, Atom& atom);
    bool check_literals(const ast::Comparison& source, Atom& atom);
    bool prepare(const ast::Comparison& source, Atom& atom);
    bool compares_event_types(const ast::Operand& operand) const;

    const Schema& schema_;
    Arena& constants_;
    OperandChecker operands_;
    std::optional<OperandProblem>* problem_ = nullptr;
    std::optional<FieldRef> field_;  // of the left side, if it is a field alone
};

std::optional<Atom> ComparisonChecker::check(const ast::Comparison& source,
                                             std::optional<OperandProblem>& problem) {
    problem_ = &problem;
    field_.reset();
    auto left = operands_.check(source.left, problem, &field_);
    if (!left) return std::nullopt;
    Atom atom;
    atom.left = std::move(*left);
    atom.op = source.op;
    atom.modifier = source.modifier;
    if (field_) atom.comparison = field_->comparison;
    if (!check_operator(source, atom)) return std::nullopt;
    if (source.right ? !check_right_operand(source, atom) : !check_literals(source, atom))
        return std::nullopt;
    if (!prepare(source, atom)) return std::nullopt;
    atom.text = ast::to_text(source);
    return atom;
}

bool ComparisonChecker::check_operator(const ast::Comparison& source, const Atom& atom) {
    if (atom.comparison == Comparison::Around && atom.op != Operator::Eq)
        return fail(Problem::OperatorType, source.op_range, "evt.around can be compared with '=' only",
                    "use '='");
    if (operator_info(atom.op).allows(atom.left.type, atom.left.list)) return true;
    std::string type = class_name(atom.left.type, atom.left.list);
    return fail(
        Problem::OperatorType, source.op_range,
        fmt::format("operator '{}' cannot compare '{}', which is of type {}", source.op_text,
                    to_text(source.left), type),
        "not for this type",
        fmt::format("{} can be compared with: {}", type, allowed_operators(atom.left.type, atom.left.list)));
}

bool ComparisonChecker::compares_event_types(const ast::Operand& operand) const {
    if (operand.kind == ast::Operand::Kind::Field) {
        std::optional<OperandProblem> ignored;
        auto ref = operands_.field(operand, ignored);
        return ref && ref->field->event_types;
    }
    return operand.kind == ast::Operand::Kind::Transformer && operand.arguments.size() == 1 &&
           compares_event_types(operand.arguments[0]);
}

bool ComparisonChecker::check_right_operand(const ast::Comparison& source, Atom& atom) {
    std::optional<FieldRef> right_field;
    auto right = operands_.check(*source.right, *problem_, &right_field);
    if (!right) return false;
    ast::Range range = source.right->range;
    if (!operator_info(atom.op).field_on_right)
        return fail(Problem::BadRightField, range,
                    fmt::format("operator '{}' cannot take a field on its right side", source.op_text), "",
                    "it needs its operands before the first event");
    if (field_ && !field_->field->right_side)
        return fail(Problem::BadRightField, range,
                    fmt::format("field '{}' cannot be compared with another field", field_->spelling));
    if (right_field && !right_field->field->right_side)
        return fail(Problem::BadRightField, range,
                    fmt::format("field '{}' cannot be a right side", right_field->spelling));
    if (type_class(atom.left.type) == TypeClass::Network)
        return fail(Problem::BadRightField, range, "a network cannot be compared with another field");
    if (right->type != atom.left.type || right->list != atom.left.list)
        return fail(Problem::BadRightField, range,
                    fmt::format("'{}' is of type {} but '{}' of type {}", to_text(source.left),
                                class_name(atom.left.type, atom.left.list), to_text(*source.right),
                                class_name(right->type, right->list)),
                    "", "both sides must be of the same type");
    bool selects = atom.op == Operator::Eq || atom.op == Operator::Ne || atom.op == Operator::In;
    if (selects && compares_event_types(source.left))
        return fail(Problem::BadRightField, range, "evt.type can be compared with names only");
    atom.right_is_operand = true;
    atom.right = std::move(*right);
    return true;
}

bool ComparisonChecker::check_literals(const ast::Comparison& source, Atom& atom) {
    if (atom.op == Operator::Exists) return true;
    bool event_types = compares_event_types(source.left);
    bool selects = atom.op == Operator::Eq || atom.op == Operator::Ne || atom.op == Operator::In;
    if (event_types && selects && source.left.kind == ast::Operand::Kind::Transformer)
        return fail(Problem::BadTransformer, source.left.range,
                    "evt.type cannot be transformed in this comparison", "",
                    "the event types a rule is for are read off these comparisons; compare evt.type itself");
    if (atom.comparison == Comparison::RawArgument && atom.left.type == Type::BYTEBUF)
        return fail(Problem::OperatorType, source.op_range,
                    fmt::format("'{}' is of type BYTEBUF here, which only 'exists' applies to",
                                to_text(source.left)));
    for (const ast::Literal& literal : source.literals) {
        LiteralResult result = read_literal(literal.text, atom.left.type, atom.op, constants_);
        if (!result.error.empty())
            return fail(Problem::BadLiteral, literal.range, result.error,
                        fmt::format("not a value for {}", to_text(source.left)), result.help);
        if (event_types && !schema_.is_event_type(literal.text)) {
            std::string near = schema_.suggest_event_type(literal.text);
            return fail(Problem::UnknownEventType, literal.range,
                        fmt::format("no event type '{}'", literal.text), "unknown event type",
                        near.empty() ? "" : fmt::format("did you mean '{}'?", near));
        }
        atom.constants.push_back(result.value);
    }
    return true;
}

// Compiles what the operator needs of its operands.
bool ComparisonChecker::prepare(const ast::Comparison& source, Atom& atom) {
    if (atom.op == Operator::Pmatch) {
        atom.paths = std::make_unique<PathPrefixes>();
        for (const Value& constant : atom.constants) atom.paths->add(constant.text());
    }
    TypeClass type = type_class(atom.left.type);
    bool set = atom.op == Operator::In || atom.op == Operator::Intersects;
    if (set && atom.constants.size() >= Atom::kManyConstants &&
        (type == TypeClass::Text || type == TypeClass::Bytes || type == TypeClass::Address))
        for (const Value& constant : atom.constants) atom.texts.insert(constant.text());
    if (atom.op != Operator::Regex) return true;
    re2::RE2::Options options(re2::RE2::POSIX);
    options.set_log_errors(false);
    for (size_t i = 0; i < atom.constants.size(); ++i) {
        const Value& pattern = atom.constants[i];
        auto regex = std::make_unique<re2::RE2>(re2::StringPiece(pattern.data, pattern.size), options);
        if (!regex->ok())
            return fail(Problem::BadRegex, source.literals[i].range,
                        fmt::format("invalid regular expression: {}", regex->error()), "",
                        "the syntax is POSIX extended: no \\d, \\w or (?i)");
        atom.regexes.push_back(std::move(regex));
    }
    return true;
}

// Types all rules of one source.
class RulesetChecker {
  public:
    RulesetChecker(const Ruleset& ruleset, const Schema& schema, const Sources& sources,
                   Diagnostics& diagnostics)
        : ruleset_(ruleset),
          schema_(schema),
          sources_(sources),
          diagnostics_(diagnostics),
          out_(std::make_unique<TypedRuleset>()),
          comparisons_(schema, out_->slots, out_->constants),
          operands_(schema, out_->slots, out_->constants),
          most_nodes_(kNodesInAnyCase + kNodesPerByte * sources.total_size()) {}

    std::unique_ptr<TypedRuleset> run() {
        out_->source = schema_.source();
        for (const RuleDefinition& rule : ruleset_.rules) check_rule(rule);
        return std::move(out_);
    }

  private:
    void check_rule(const RuleDefinition& rule);
    uint32_t add(const ast::Expression& e, const ResolvedCondition& where, ConditionTree& tree, size_t depth);
    std::optional<uint32_t> atom(const ast::Expression& e, const ResolvedCondition& where);
    std::optional<CompiledOutput> output(const RuleDefinition& rule, bool& skip);
    void report_faults(const RuleDefinition& rule);
    void warn_of_event_types(const RuleDefinition& rule, const EventTypeSet& events);
    struct Reference {  // to a macro
        const ast::Expression* macro;
        const ResolvedCondition* where;
    };
    std::vector<std::string> notes(const std::vector<Reference>& chain) const;
    void skip(const RuleDefinition& rule, const std::string& why);

    const Ruleset& ruleset_;
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
        std::optional<OperandProblem> problem;
        bool reported = false;
    };
    std::unordered_map<const ast::Expression*, Checked> atoms_;
    struct Fault {
        Checked* checked;
        const ResolvedCondition* where;
        std::vector<Reference> chain;
    };
    std::vector<Fault> faults_;     // of the rule being checked
    std::vector<Reference> chain_;  // the macros that led to where we are
    bool valid_ = true;             // of the rule being checked
    bool too_large_ = false;
    size_t nodes_ = 0;  // of all trees so far
    size_t most_nodes_;
};

// How a macro was reached, the nearest reference first.
std::vector<std::string> RulesetChecker::notes(const std::vector<Reference>& chain) const {
    std::vector<std::string> out;
    for (auto reference = chain.rbegin(); reference != chain.rend(); ++reference) {
        Place place = sources_.place(reference->where->span(reference->macro->range));
        out.push_back(fmt::format("reached through macro '{}', used at {}:{}:{}", reference->macro->macro,
                                  place.file, place.line, place.column));
    }
    return out;
}

void RulesetChecker::report_faults(const RuleDefinition& rule) {
    // What is unknown is a reason to skip, if the rule says so and nothing else came first.
    if (!faults_.empty() && rule.item.skip_if_unknown.value_or(false)) {
        const OperandProblem& first = *faults_[0].checked->problem;
        if ((first.problem == Problem::UnknownField && !first.unknown_argument) ||
            first.problem == Problem::UnknownEventType)
            return skip(rule, first.message);
    }
    for (Fault& fault : faults_) {
        if (std::exchange(fault.checked->reported, true)) continue;
        const OperandProblem& problem = *fault.checked->problem;
        diagnostics_.report({problem.problem, problem.message, true, fault.where->span(problem.range),
                             problem.label, notes(fault.chain), problem.help});
    }
}

void RulesetChecker::warn_of_event_types(const RuleDefinition& rule, const EventTypeSet& events) {
    constexpr size_t kManyCodes = 100;  // Falco's limit
    if (!rule.item.warn_event_types.value_or(true) || schema_.event_types().names().empty()) return;
    size_t codes = schema_.event_types().codes(events);
    if (codes > 0 && codes <= kManyCodes) return;
    const MappedText& name = rule.item.name;
    diagnostics_.report(
        {Problem::NoEventType,
         fmt::format("rule '{}' {}", name.text(),
                     codes == 0 ? "can match no event: its comparisons of evt.type contradict each other"
                                : "is evaluated on nearly every event, which is slow"),
         true,
         name.span(),
         "",
         {},
         codes == 0 ? ""
                    : "begin the condition with the events it is for, such as 'evt.type in (open, openat) and'; "
                      "if it is for all, set 'warn_evttypes: false'"});
}

void RulesetChecker::skip(const RuleDefinition& rule, const std::string& why) {
    const MappedText& name = rule.item.name;
    diagnostics_.report({Problem::UnknownFilter,
                         fmt::format("rule '{}' is skipped, as it asks to be: {}", name.text(), why),
                         true,
                         name.span(),
                         "",
                         {},
                         ""});
}

std::optional<uint32_t> RulesetChecker::atom(const ast::Expression& e, const ResolvedCondition& where) {
    auto [entry, fresh] = atoms_.try_emplace(&e);
    Checked& checked = entry->second;
    if (fresh) {
        if (auto atom = comparisons_.check(*e.comparison, checked.problem)) {
            checked.atom = static_cast<uint32_t>(out_->atoms.size());
            out_->atoms.push_back(std::move(*atom));
        }
    }
    if (!checked.problem) return checked.atom;
    faults_.push_back({&checked, &where, chain_});
    return std::nullopt;
}

uint32_t RulesetChecker::add(const ast::Expression& e, const ResolvedCondition& where, ConditionTree& tree,
                             size_t depth) {
    if (depth > kDeepestTree || nodes_ >= most_nodes_) {
        too_large_ = true;
        return 0;
    }
    ++nodes_;
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
                if (too_large_) return 0;
            }
            break;
        case ast::Expression::Kind::Macro: {
            const MacroDefinition& macro = *ruleset_.macro(e.macro);
            node.kind = ConditionTree::Kind::Macro;
            node.macro = e.macro;
            chain_.push_back({&e, &where});
            node.children.push_back(add(macro.condition.tree, macro.condition, tree, depth + 1));
            chain_.pop_back();
            break;
        }
        case ast::Expression::Kind::Comparison:
            node.kind = ConditionTree::Kind::Atom;
            if (auto index = atom(e, where))
                node.atom = *index;
            else
                valid_ = false;
            break;
    }
    tree.nodes.push_back(std::move(node));
    return tree.root();
}

// Falco looks at the output before the condition.
std::optional<CompiledOutput> RulesetChecker::output(const RuleDefinition& rule, bool& skipped) {
    Diagnostics found;
    auto compiled = compile_output(*rule.item.output, operands_, found);
    if (!compiled && rule.item.skip_if_unknown.value_or(false)) {
        skipped = true;
        skip(rule, found.all().front().message);
        return std::nullopt;
    }
    for (const Diagnostic& d : found.all()) diagnostics_.report(d);
    return compiled;
}

void RulesetChecker::check_rule(const RuleDefinition& rule) {
    const MappedText& name = rule.item.name;
    if (rule.source() != schema_.source()) {
        const MappedText& source = *rule.item.source;
        diagnostics_.report({Problem::UnknownSource,
                             fmt::format("rule '{}' is for the unknown source '{}' and is skipped",
                                         name.text(), source.text()),
                             true,
                             source.span(),
                             "unknown source",
                             {},
                             fmt::format("known sources: {}", schema_.source())});
        return;
    }
    PlanRule out;
    out.place = sources_.place(name.span(0, 1));
    bool skipped = false;
    auto compiled_output = output(rule, skipped);
    if (skipped) return;
    valid_ = rule.condition.valid;
    too_large_ = false;
    faults_.clear();
    if (valid_) add(rule.condition.tree, rule.condition, out.tree, 0);
    report_faults(rule);
    if (too_large_) {
        valid_ = false;
        diagnostics_.report(
            {Problem::TooDeep,
             fmt::format("the condition of rule '{}' is too large once its macros are expanded", name.text()),
             true,
             name.span(),
             "",
             {},
             "simplify the macros it uses"});
    }
    if (!compiled_output || !valid_) return;
    out.event_types = select_events(out.tree, *out_, schema_.event_types());
    warn_of_event_types(rule, out.event_types);
    if (!rule.enabled()) return;
    out.name = name.text();
    out.priority = *rule.item.priority;
    out.tags = *rule.item.tags;
    out.output = std::move(compiled_output->pieces);
    out.output_fields = std::move(compiled_output->fields);
    out_->rules.push_back(std::move(out));
}

}  // namespace

std::unique_ptr<TypedRuleset> check(const Ruleset& ruleset, const Schema& schema, const Sources& sources,
                                    Diagnostics& diagnostics) {
    return RulesetChecker(ruleset, schema, sources, diagnostics).run();
}

}  // namespace stoop
