// SPDX-License-Identifier: Apache-2.0
// docs/operators.md, docs/diagnostics.md, docs/derived.md and a part of docs/security.md are made from the
// tables that the code uses. With STOOP_REBASE set they are written anew.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <vector>

#include "compiler/source/diagnostic.h"
#include "runtime/base/limits.h"
#include "runtime/ingest/derive.h"
#include "runtime/program/operator.h"
#include "tests/support/paths.h"

namespace stoop::tests {
namespace {

void compare(const char* file, const std::string& expected) {
    auto path = source_dir() / "docs" / file;
    if (getenv("STOOP_REBASE")) write_file(path, expected);
    EXPECT_EQ(read_file(path), expected) << "if this is meant: scripts/test --rebase";
}

// The same for what stands between `<!-- NAME -->` and `<!-- end NAME -->`.
void compare_part(const char* file, const std::string& name, const std::string& expected) {
    std::string text = read_file(source_dir() / "docs" / file);
    std::string before = "<!-- " + name + " -->\n", behind = "<!-- end " + name + " -->\n";
    size_t begin = text.find(before), end = text.find(behind);
    ASSERT_LT(begin, end) << "no marks in " << file;
    begin += before.size();
    compare(file, text.replace(begin, end - begin, expected));
}

std::string mark(bool yes) { return yes ? "yes" : ""; }

TEST(Tables, Operators) {
    std::string text =
        "# Operators\n\n"
        "Made from `runtime/program/operators.def`. `==` is another spelling of `=`. The operators of a text "
        "take a modifier "
        "before a list: `oneof`, `anyof`, `allof` (`= oneof (a, b)`).\n\n"
        "| operator | numbers | booleans | addresses | texts | bytes | lists | field on the right |\n"
        "|---|---|---|---|---|---|---|---|\n";
    for (const OperatorInfo& o : all_operators())
        text += fmt::format("| `{}` | {} | {} | {} | {} | {} | {} | {} |\n", o.spelling, mark(o.numbers),
                            mark(o.booleans), mark(o.addresses), mark(o.texts), mark(o.bytes), mark(o.lists),
                            mark(o.field_on_right));
    compare("operators.md", text);
}

TEST(Tables, DerivedFields) {
    std::string text =
        "# Derived fields\n\n"
        "Made from the tables of `runtime/ingest/*_facts.cpp`. A field that was not recorded is filled in if "
        "it "
        "follows from others: if Falco has both whenever it has the ones on the right. A recorded value, "
        "`null` included, is never changed. `stoop explain` marks what was derived. The fields of processes, "
        "descriptors and containers are derived for the source `syscall` only.\n\n"
        "Rows apply in this order, so a field may follow from one that was derived.\n\n"
        "| field | from | value |\n|---|---|---|\n";
    for (const DerivedField& field : derived_fields())
        text += fmt::format("| `{}` | {} | {} |\n", field.field, field.from, field.says);
    compare("derived.md", text);
}

// Every diagnostic is shown by a golden test, but for those that need an input too large for one.
TEST(Tables, EveryDiagnosticHasAGoldenTest) {
    std::string golden;
    for (const auto& entry : std::filesystem::directory_iterator(source_dir() / "tests/golden"))
        if (entry.path().extension() == ".test") golden += read_file(entry.path());
    for (size_t i = 0; i < problem_count(); ++i) {
        std::string_view code = problem_info(static_cast<Problem>(i)).code;
        if (code == "E0111" || code == "E0304") continue;  // tests/unit: parser_test, event_reader_test
        EXPECT_NE(golden.find(code), golden.npos) << code;
    }
}

TEST(Tables, Diagnostics) {
    std::string text =
        "# Diagnostics\n\n"
        "Made from `compiler/source/diagnostics.def`. Codes are stable. Where Falco has a code of the same "
        "meaning it is "
        "named; `stoop check -o json` gives both.\n\n"
        "[codes.md](codes.md) has an example and the mend of each; `stoop explain-code CODE` prints it.\n\n"
        "`-W NAME=LEVEL` makes a warning or note an `error`, a `warning`, a `note`, or turns it `off`; "
        "`-W no-unused-macro` is `-W unused-macro=off`.\n\n"
        "| code | name | Falco's code | meaning |\n|---|---|---|---|\n";
    std::set<std::string_view> codes;
    for (size_t i = 0; i < problem_count(); ++i) {
        const ProblemInfo& info = problem_info(static_cast<Problem>(i));
        EXPECT_TRUE(codes.insert(info.code).second) << info.code << " is used twice";
        EXPECT_EQ(info.code[0], severity_name(info.severity)[0] + 'A' - 'a');
        text += fmt::format("| {} | {} | {} | {} |\n", info.code, problem_name(static_cast<Problem>(i)),
                            info.falco_code, info.meaning);
    }
    compare("diagnostics.md", text);
}

std::string golden_tests() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(source_dir() / "tests/golden"))
        // Not what explain-code prints: that is made from these pages.
        if (entry.path().extension() == ".test" && entry.path().stem() != "explain_code")
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::string out;
    for (const auto& file : files) out += read_file(file) + "\n\n";
    return out;
}

// What the golden tests show of a code, from its first line to a blank one; empty if they do not.
std::string example_of(std::string_view code, std::string_view severity, const std::string& golden) {
    std::string best;
    std::string start = fmt::format("\n{}[{}]: ", severity, code);
    for (size_t at = golden.find(start); at != golden.npos; at = golden.find(start, at + 1)) {
        size_t end = golden.find("\n\n", at + 1);
        std::string block = golden.substr(at + 1, std::min(golden.find("\n--- ", at + 1), end) - at - 1);
        if (best.empty()) best = block;
        if (block.find("= help: ") != block.npos) return block;
    }
    return best;
}

// A page for each code, which `stoop explain-code` prints.
TEST(Tables, Codes) {
    std::string golden = golden_tests();
    std::string text =
        "# The codes\n\n"
        "Made from `compiler/source/diagnostics.def`, with examples from the golden tests. "
        "`stoop explain-code CODE` prints one of these sections.\n";
    for (size_t i = 0; i < problem_count(); ++i) {
        const ProblemInfo& info = problem_info(static_cast<Problem>(i));
        std::string name = problem_name(static_cast<Problem>(i));
        EXPECT_FALSE(info.mend.empty()) << info.code;
        text += fmt::format("\n## {}\n\n`{}`, {}{}. {}\n\n", info.code, name,
                            info.severity == Severity::Error  ? "an error"
                            : info.severity == Severity::Note ? "a note"
                                                              : "a warning",
                            info.falco_code.empty() ? "" : fmt::format(", in Falco {}", info.falco_code),
                            info.meaning);
        if (std::string example = example_of(info.code, severity_name(info.severity), golden);
            !example.empty())
            text += fmt::format("For example:\n\n```\n{}\n```\n\n", example);
        text += fmt::format("The mend: {}\n", info.mend);
        if (info.severity != Severity::Error)
            text += fmt::format("\n`-W {0}=off` turns it off, `-W {0}=error` makes it an error.\n", name);
    }
    compare("codes.md", text);
}

std::string amount(LimitUnit unit, uint64_t value) {
    for (auto [shift, name] : {std::pair{30, "G"}, {20, "M"}, {10, "K"}})
        if (unit == LimitUnit::Bytes && value % (uint64_t{1} << shift) == 0)
            return fmt::format("{}{}", value >> shift, name);
    return std::to_string(value);
}

TEST(Tables, Limits) {
    std::string text = "| name | default | at most | what it bounds |\n|---|---|---|---|\n";
    std::set<std::string_view> names;
    for (size_t i = 0; i < limit_count(); ++i) {
        const LimitInfo& info = limit_info(static_cast<Limit>(i));
        EXPECT_TRUE(names.insert(info.name).second) << info.name << " is there twice";
        EXPECT_LE(info.value, info.largest);
        text += fmt::format("| `{}` | {} | {} | {} |\n", info.name, amount(info.unit, info.value),
                            amount(info.unit, info.largest), info.meaning);
    }
    compare_part("security.md", "limits", text);
}

// Each is hit once through its option, in a golden test.
TEST(Tables, EveryLimitHasAGoldenTest) {
    std::string golden;
    for (const auto& entry : std::filesystem::directory_iterator(source_dir() / "tests/golden"))
        if (entry.path().extension() == ".test") golden += read_file(entry.path());
    for (size_t i = 0; i < limit_count(); ++i) {
        std::string option = fmt::format("--limit {}=", limit_info(static_cast<Limit>(i)).name);
        EXPECT_NE(golden.find(option), golden.npos) << option;
    }
}

}  // namespace
}  // namespace stoop::tests
