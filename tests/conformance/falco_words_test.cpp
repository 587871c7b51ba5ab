// SPDX-License-Identifier: Apache-2.0
// What Falco says of conditions that it refuses, word for word. A representative set is in tests/data; the
// whole of it is read from ../shared where that is there.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "compiler/compiler.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

using nlohmann::json;

// The error that Falco would meet first.
std::string first_error(const std::string& condition) {
    static const Schemas schemas;
    auto compilation = compile_conditions({{"rule", condition}}, schemas);
    const Diagnostic* first = nullptr;
    for (const Diagnostic& d : compilation->diagnostics.all())
        if (problem_info(d.problem).severity == Severity::Error &&
            (!first || d.falco.order < first->falco.order))
            first = &d;
    return first ? first->falco.message : "";
}

void compare(const std::string& cases, size_t least) {
    std::istringstream lines(cases);
    size_t compared = 0;
    for (std::string line; std::getline(lines, line);) {
        json one = json::parse(line);
        // In a rule file an unknown macro is met before.
        if (!one.contains("falco_says") ||
            one["falco_says"].get<std::string>().starts_with("filter error: unexpected identifier"))
            continue;
        EXPECT_EQ(first_error(one["condition"]), one["falco_says"].get<std::string>()) << one["condition"];
        ++compared;
    }
    EXPECT_GE(compared, least);
}

TEST(FalcoWords, RepresentativeSet) { compare(read_file(source_dir() / "tests/data/falco_words.jsonl"), 80); }

TEST(FalcoWords, EveryRecordedAnswer) {
    if (!have_shared()) GTEST_SKIP() << "the recorded answers (../shared) are not here";
    WorkFolder folder;
    auto file = shared_dir() / "conformance/conditions-any.jsonl.gz";
    compare(folder.run("gzip -cd '" + file.string() + "'").out, 3000);
}

}  // namespace
}  // namespace stoop::tests
