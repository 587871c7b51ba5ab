// docs/operators.md, docs/diagnostics.md, docs/derived.md and a part of docs/security.md are made from the
// tables that the code uses. With STOOP_REBASE set they are written anew.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "compiler/source/diagnostic.h"
#include "runtime/base/limits.h"
#include "runtime/ingest/derive.h"
#include "runtime/match/operator.h"
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
        "Made from `runtime/match/operators.def`. `==` is another spelling of `=`. The operators of a text "
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
        "A warning or note is turned off by its name: `-W no-unused-macro`.\n\n"
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
