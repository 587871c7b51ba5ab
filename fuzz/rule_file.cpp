// SPDX-License-Identifier: Apache-2.0
// Any bytes as a rule file, or as two where a line of five dashes divides them: loaded, checked, and looked
// at as Falco would.
#include "compiler/compiler.h"
#include "compiler/describe.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace stoop;
    static const Schemas schemas;
    constexpr std::string_view kDivider = "\n-----\n";
    std::string text(reinterpret_cast<const char*>(data), size);
    std::vector<RuleSource> files;
    size_t divider = text.find(kDivider);
    files.push_back({"a.yaml", text.substr(0, divider)});
    if (divider != text.npos) files.push_back({"b.yaml", text.substr(divider + kDivider.size())});
    auto compilation = compile_rules(std::move(files), schemas);
    for (const Diagnostic& d : compilation->diagnostics.by_place()) render(d, compilation->sources, false);
    falco_results(*compilation, schemas);
    if (compilation->diagnostics.errors() > 0) return 0;
    for (const RuleDefinition& rule : compilation->ruleset.rules)
        if (compilation->outcome(rule).loaded) describe(rule, *compilation, *schemas.find(rule.source()));
    return 0;
}
