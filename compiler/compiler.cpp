#include "compiler/compiler.h"

#include <algorithm>

#include "compiler/plan/build.h"
#include "compiler/source/rule_file.h"

namespace stoop {
namespace {

bool is_error(const Diagnostic& d) { return problem_info(d.problem).severity == Severity::Error; }

// From files to typed rules; the rules of `source` are returned.
std::unique_ptr<TypedRuleset> analyse(std::vector<RuleFile> files, const Schemas& schemas,
                                      const RuleSelection& selection, std::string_view source,
                                      const Sources& sources, Ruleset& ruleset, Diagnostics& diagnostics) {
    ruleset = resolve(std::move(files), schemas, diagnostics);
    select_rules(selection, ruleset);
    std::unique_ptr<TypedRuleset> out;
    for (const Schema* schema : schemas.all()) {
        auto typed = check(ruleset, *schema, sources, diagnostics);
        if (schema->source() == source) out = std::move(typed);
    }
    if (diagnostics.errors() == 0) warn_unused(ruleset, diagnostics);
    return out;
}

bool same(const Diagnostic& a, const Diagnostic& b) {
    return a.problem == b.problem && a.span.file == b.span.file && a.span.begin == b.span.begin &&
           a.message == b.message;
}

// The errors of the first `count` files by themselves, as far as all files together do not have them.
void add_earlier_errors(Compilation& out, size_t count, const Schemas& schemas) {
    Diagnostics earlier;
    Ruleset ruleset;
    analyse({out.files.begin(), out.files.begin() + static_cast<ptrdiff_t>(count)}, schemas, {}, "",
            out.sources, ruleset, earlier);
    for (const Diagnostic& d : earlier.all()) {
        const auto& known = out.diagnostics.all();
        bool repeated =
            std::any_of(known.begin(), known.end(), [&](const Diagnostic& k) { return same(k, d); });
        if (is_error(d) && !repeated) out.diagnostics.report(d);
    }
}

}  // namespace

std::unique_ptr<Compilation> compile_rules(std::vector<RuleSource> files, const Schemas& schemas,
                                           const CompileOptions& options) {
    auto out = std::make_unique<Compilation>();
    out->diagnostics = Diagnostics(options.ignored);
    for (RuleSource& file : files) {
        uint32_t index = out->sources.add(std::move(file.name), std::move(file.text));
        out->files.push_back(read_rule_file(out->sources, index, options.engine, out->diagnostics));
    }
    auto typed = analyse(out->files, schemas, options.selection, options.source, out->sources, out->ruleset,
                         out->diagnostics);
    if (typed) out->plan = build_plan(std::move(typed), *schemas.find(options.source));
    for (size_t count = 1; count < out->files.size(); ++count) add_earlier_errors(*out, count, schemas);
    return out;
}

std::unique_ptr<Compilation> compile_conditions(std::vector<RuleSource> conditions, const Schemas& schemas,
                                                std::string_view source) {
    auto out = std::make_unique<Compilation>();
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
    auto typed = analyse(std::move(files), schemas, {}, source, out->sources, out->ruleset, out->diagnostics);
    out->plan = build_plan(std::move(typed), *schemas.find(source));
    return out;
}

namespace {

// Falco keeps what it had read of a file before its first error.
void cut_off(RuleFile& file, uint32_t number) {
    auto later = [&](const auto& item) {
        return std::visit([&](const auto& it) { return it.number >= number; }, item);
    };
    file.items.erase(std::find_if(file.items.begin(), file.items.end(), later), file.items.end());
}

}  // namespace

std::vector<FalcoResult> falco_results(const Compilation& compilation, const Schemas& schemas) {
    std::vector<FalcoResult> out;
    std::vector<RuleFile> loaded;
    for (uint32_t file = 0; file < compilation.files.size(); ++file) {
        loaded.push_back(compilation.files[file]);
        Diagnostics found;
        Ruleset ruleset;
        analyse(loaded, schemas, {}, "", compilation.sources, ruleset, found);
        std::vector<Diagnostic> all;
        for (const Diagnostic& d : compilation.diagnostics.all())
            if (d.falco.order.file == file && d.falco.order.stage == FalcoOrder::Read &&
                d.falco.order.step != FalcoOrder::Collect)
                all.push_back(d);
        for (const Diagnostic& d : found.all())
            if (d.falco.order.stage != FalcoOrder::Read || d.falco.order.file == file) all.push_back(d);
        std::stable_sort(all.begin(), all.end(), [](const Diagnostic& a, const Diagnostic& b) {
            return a.falco.order < b.falco.order;
        });
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
