// SPDX-License-Identifier: Apache-2.0
#include "compiler/compiler.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "compiler/load_steps.h"
#include "compiler/plan/build.h"
#include "compiler/source/rule_file.h"
#include "runtime/base/parallel.h"
#include "runtime/base/text_map.h"

namespace stoop {
namespace {

bool is_error(const Diagnostic& d) { return problem_info(d.problem).severity == Severity::Error; }

struct CheckedRules {
    std::unique_ptr<TypedRuleset> typed;  // of one source
    std::vector<RuleOutcome> outcomes;    // of all
    uint64_t nodes = 0;                   // likewise
};

// Types the rules of all sources; those of `source` are returned.
CheckedRules check_all(const Ruleset& ruleset, const std::vector<bool>& enabled, const Schemas& schemas,
                       std::string_view source, const Sources& sources, Diagnostics& diagnostics) {
    CheckedRules out;
    out.outcomes.resize(ruleset.rules.size());
    for (const Schema* schema : schemas.all()) {
        auto typed = check(ruleset, enabled, *schema, sources, diagnostics);
        out.nodes += typed->nodes;
        for (size_t i = 0; i < out.outcomes.size(); ++i)
            if (ruleset.rules[i].source() == schema->source())
                out.outcomes[i] = std::move(typed->outcomes[i]);
        if (schema->source() == source) out.typed = std::move(typed);
    }
    if (diagnostics.errors() == 0) warn_unused(ruleset, out.outcomes, diagnostics);
    return out;
}

// What there is to say of the first `count` files by themselves.
Diagnostics analyse_first(const std::vector<RuleFile>& files, size_t count, const Sources& sources,
                          const Schemas& schemas, ParsedConditions& parsed, const Limits& limits,
                          unsigned threads) {
    Diagnostics out({}, limits);
    Ruleset ruleset = resolve({files.begin(), files.begin() + static_cast<ptrdiff_t>(count)}, sources,
                              schemas, parsed, out, threads);
    check_all(ruleset, std::vector<bool>(ruleset.rules.size(), true), schemas, "", sources, out);
    return out;
}

// Adds the errors that the first files have by themselves, as far as all files together do not have them.
class EarlierErrors {
  public:
    EarlierErrors(Compilation& out, const Schemas& schemas, ParsedConditions& parsed,
                  const CompileOptions& options, uint64_t nodes)
        : out_(out), schemas_(schemas), parsed_(parsed), options_(options), nodes_(nodes) {}

    void add() {
        std::vector<size_t> steps = affordable(load_steps(out_.files));
        if (steps.empty()) return;
        for (const Diagnostic& d : out_.diagnostics.all())
            if (is_error(d)) known_.insert(key_of(d));
        // A few at a time, as each may find much.
        for (size_t begin = 0; begin < steps.size(); begin += options_.threads) {
            std::vector<Diagnostics> found(std::min<size_t>(options_.threads, steps.size() - begin));
            parallel_for(found.size(), options_.threads, [&](size_t at) {
                found[at] = analyse_first(out_.files, steps[begin + at], out_.sources, schemas_, parsed_,
                                          options_.limits, 1);
            });
            for (const Diagnostics& of_step : found)
                for (const Diagnostic& d : of_step.all())
                    if (is_error(d) && known_.insert(key_of(d)).second) out_.diagnostics.report(d);
        }
    }

  private:
    static std::string key_of(const Diagnostic& d) {
        return fmt::format("{} {} {} {}", static_cast<int>(d.problem), d.span.file, d.span.begin, d.message);
    }

    // Steps up to where they would take too long: each is a look at all files before it.
    std::vector<size_t> affordable(std::vector<size_t> steps) {
        constexpr uint64_t kLooks = 2;
        uint64_t left = kLooks * options_.limits[Limit::ConditionNodes], weight = nodes_;
        size_t file = 0;
        for (size_t i = 0; i < steps.size(); ++i) {
            for (; file < steps[i]; ++file) weight += weight_of(out_.files[file]);
            if (weight <= left) {
                left -= weight;
                continue;
            }
            out_.diagnostics.report(
                {Problem::LimitExceeded,
                 "too many files change what the files before them define, from this one on",
                 true,
                 {static_cast<uint32_t>(steps[i]), 0, 1},
                 "",
                 {},
                 "join some of these files, or " +
                     limit_help(Limit::ConditionNodes, options_.limits[Limit::ConditionNodes])});
            steps.resize(i);
        }
        return steps;
    }

    Compilation& out_;
    const Schemas& schemas_;
    ParsedConditions& parsed_;
    const CompileOptions& options_;
    uint64_t nodes_;  // of all conditions
    TextSet known_;
};

// Reads the files into `out`, several at once: for rule sets of ordinary size this is most of the work.
void read_files(Compilation& out, size_t count, const Schemas& schemas, const CompileOptions& options) {
    out.files.resize(count);
    std::vector<Diagnostics> found(count, out.diagnostics.none_yet());
    std::vector<uint32_t> order(count);  // the longest first, so that none is left over
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
        return out.sources.file(a).text().size() > out.sources.file(b).text().size();
    });
    parallel_for(count, options.threads, [&](size_t at) {
        out.files[order[at]] =
            read_rule_file(out.sources, order[at], {options.engine, schemas}, found[order[at]]);
    });
    for (const Diagnostics& of_file : found) out.diagnostics.append(of_file);
}

}  // namespace

std::unique_ptr<PreparedProgram> prepared_program(TypedRuleset& typed, const Schema& schema) {
    BuiltProgram built = build_program(typed, schema);
    std::string error;
    auto out = prepare(std::move(built.program), std::move(built.source_map), typed.regexes, error);
    // Its regular expressions were compiled when they were checked.
    if (!out) throw std::logic_error(error);
    return out;
}

std::unique_ptr<Compilation> compile_rules(std::vector<RuleSource> files, const Schemas& schemas,
                                           const CompileOptions& options) {
    auto out = std::make_unique<Compilation>();
    out->diagnostics = Diagnostics(options.levels, options.limits);
    std::vector<bool> others;
    for (RuleSource& file : files) {
        others.push_back(file.of_others);
        out->sources.add(std::move(file.name), std::move(file.text), std::move(file.why_not_quoted));
    }
    out->diagnostics.set_others(std::move(others));
    read_files(*out, files.size(), schemas, options);
    ParsedConditions parsed;
    out->ruleset = resolve(out->files, out->sources, schemas, parsed, out->diagnostics, options.threads);
    out->enabled = select_rules(options.selection, out->ruleset, out->diagnostics);
    CheckedRules checked =
        check_all(out->ruleset, out->enabled, schemas, options.source, out->sources, out->diagnostics);
    out->outcomes = std::move(checked.outcomes);
    out->schema = schemas.find(options.source);
    if (checked.typed) out->program = prepared_program(*checked.typed, *out->schema);
    EarlierErrors(*out, schemas, parsed, options, checked.nodes).add();
    out->diagnostics.hide_quotes(out->sources);
    return out;
}

std::unique_ptr<Compilation> compile_conditions(std::vector<RuleSource> conditions, const Schemas& schemas,
                                                std::string_view source, const Limits& limits) {
    auto out = std::make_unique<Compilation>();
    out->diagnostics = Diagnostics({}, limits);
    std::vector<RuleFile> files(1);
    for (RuleSource& condition : conditions) {
        RuleItem rule;
        uint32_t index = out->sources.add(condition.name, std::move(condition.text));
        rule.name.append_pinned(condition.name, index, 0);
        rule.condition.emplace().append(out->sources.file(index).text(), index, 0);
        rule.output = rule.name;
        rule.source.emplace().append_pinned(source, index, 0);
        rule.priority = Priority::Debug;
        rule.warn_event_types = false;  // events of all types are shown to it
        files[0].items.emplace_back(std::move(rule));
    }
    ParsedConditions parsed;
    out->ruleset = resolve(std::move(files), out->sources, schemas, parsed, out->diagnostics, all_cores());
    out->enabled.assign(out->ruleset.rules.size(), true);
    CheckedRules checked =
        check_all(out->ruleset, out->enabled, schemas, source, out->sources, out->diagnostics);
    out->outcomes = std::move(checked.outcomes);
    out->schema = schemas.find(source);
    out->program = prepared_program(*checked.typed, *out->schema);
    return out;
}

namespace {

// Falco keeps what it had read of a file before its first error, and what it had applied of the item with the
// error: if that is in the file at all.
void cut_off(RuleFile& file, uint32_t number) {
    auto later = [&](const auto& item) {
        return std::visit([&](const auto& it) { return it.number > number; }, item);
    };
    file.items.erase(std::find_if(file.items.begin(), file.items.end(), later), file.items.end());
}

// Found when items are put together, and so once more for each file.
bool is_collected(const Diagnostic& d) {
    return d.falco.order.step == FalcoOrder::Collect || d.falco.order.step == FalcoOrder::CollectReplacements;
}

}  // namespace

std::vector<FalcoResult> falco_results(const Compilation& compilation, const Schemas& schemas) {
    std::vector<FalcoResult> out;
    std::vector<RuleFile> loaded;
    ParsedConditions parsed;
    for (uint32_t file = 0; file < compilation.files.size(); ++file) {
        loaded.push_back(compilation.files[file]);
        Diagnostics found = analyse_first(loaded, loaded.size(), compilation.sources, schemas, parsed,
                                          compilation.diagnostics.limits(), all_cores());
        std::vector<Diagnostic> all;
        for (const Diagnostic& d : compilation.diagnostics.all())
            if (d.falco.order.file == file && d.falco.order.stage == FalcoOrder::Read && !is_collected(d))
                all.push_back(d);
        for (const Diagnostic& d : found.all())
            if (d.falco.order.stage != FalcoOrder::Read || d.falco.order.file == file) all.push_back(d);
        std::stable_sort(all.begin(), all.end(), [](const Diagnostic& a, const Diagnostic& b) {
            return a.falco.order < b.falco.order;
        });
        for (Diagnostic& d : all) hide_quotes(d, compilation.sources);
        FalcoResult result{compilation.sources.file(file).name(), {}, {}};
        for (const Diagnostic& d : all) {
            bool falcos = is_error(d) || !problem_info(d.problem).falco_code.empty();
            if (falcos) (is_error(d) ? result.errors : result.warnings).push_back(d);
            if (!is_error(d)) continue;
            if (d.falco.order.stage == FalcoOrder::Read) cut_off(loaded.back(), d.falco.order.item);
            break;
        }
        out.push_back(std::move(result));
    }
    return out;
}

}  // namespace stoop
