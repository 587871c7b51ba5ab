#include "compiler/compiler.h"

#include "compiler/plan/build.h"
#include "compiler/source/rule_file.h"

namespace stoop {
namespace {

void finish(Compilation& out, std::vector<RuleFile> files, const Schema& schema) {
    out.ruleset = resolve(std::move(files), out.diagnostics);
    out.plan = build_plan(check(out.ruleset, schema, out.sources, out.diagnostics), schema);
}

}  // namespace

std::unique_ptr<Compilation> compile_rules(std::vector<RuleSource> files, const Schema& schema) {
    auto out = std::make_unique<Compilation>();
    std::vector<RuleFile> read;
    for (RuleSource& file : files) {
        uint32_t index = out->sources.add(std::move(file.name), std::move(file.text));
        read.push_back(read_rule_file(out->sources, index, out->diagnostics));
    }
    finish(*out, std::move(read), schema);
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
        rule.output.emplace();
        rule.priority = Priority::Debug;
        files[0].items.emplace_back(std::move(rule));
    }
    finish(*out, std::move(files), schema);
    return out;
}

}  // namespace stoop
