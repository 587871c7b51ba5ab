#include "compiler/compiler.h"

#include <algorithm>

#include "compiler/plan/build.h"
#include "compiler/source/rule_file.h"

namespace stoop {
namespace {

void finish(Compilation& out, std::vector<RuleFile> files, const Schema& schema) {
    out.ruleset = resolve(std::move(files), out.diagnostics);
    out.plan = build_plan(check(out.ruleset, schema, out.sources, out.diagnostics), schema);
}

bool same(const Diagnostic& a, const Diagnostic& b) {
    return a.problem == b.problem && a.span.file == b.span.file && a.span.begin == b.span.begin &&
           a.message == b.message;
}

// The errors of the first `count` files by themselves, as far as all files together do not have them.
void add_earlier_errors(Compilation& out, const std::vector<RuleFile>& files, size_t count,
                        const Schema& schema) {
    Diagnostics earlier;
    Ruleset ruleset = resolve({files.begin(), files.begin() + static_cast<ptrdiff_t>(count)}, earlier);
    check(ruleset, schema, out.sources, earlier);
    for (const Diagnostic& d : earlier.all()) {
        const auto& known = out.diagnostics.all();
        bool repeated =
            std::any_of(known.begin(), known.end(), [&](const Diagnostic& k) { return same(k, d); });
        if (problem_info(d.problem).severity == Severity::Error && !repeated) out.diagnostics.report(d);
    }
}

}  // namespace

std::unique_ptr<Compilation> compile_rules(std::vector<RuleSource> files, const Schema& schema,
                                           const CompileOptions& options) {
    auto out = std::make_unique<Compilation>();
    std::vector<RuleFile> read;
    for (RuleSource& file : files) {
        uint32_t index = out->sources.add(std::move(file.name), std::move(file.text));
        read.push_back(read_rule_file(out->sources, index, options.engine, out->diagnostics));
    }
    finish(*out, read, schema);
    for (size_t count = 1; count < read.size(); ++count) add_earlier_errors(*out, read, count, schema);
    return out;
}

std::unique_ptr<Compilation> compile_conditions(std::vector<RuleSource> conditions, const Schema& schema) {
    auto out = std::make_unique<Compilation>();
    std::vector<RuleFile> files(1);
    for (RuleSource& condition : conditions) {
        RuleItem rule;
        uint32_t index = out->sources.add(condition.name, std::move(condition.text));
        rule.name.append_pinned(condition.name, index, 0);
        rule.condition.emplace().append(out->sources.file(index).text(), index, 0);
        rule.output = rule.name;
        rule.priority = Priority::Debug;
        files[0].items.emplace_back(std::move(rule));
    }
    finish(*out, std::move(files), schema);
    return out;
}

}  // namespace stoop
