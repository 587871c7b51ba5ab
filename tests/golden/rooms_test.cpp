// SPDX-License-Identifier: Apache-2.0
// Every #include of the project against the table of rooms in docs/design.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "tests/support/paths.h"

namespace stoop::tests {
namespace {

namespace fs = std::filesystem;

// What stands in backquotes.
std::vector<std::string> in_backquotes(const std::string& cell) {
    std::vector<std::string> out;
    for (size_t at = cell.find('`'); at != cell.npos; at = cell.find('`', at + 1)) {
        size_t end = cell.find('`', at + 1);
        out.push_back(cell.substr(at + 1, end - at - 1));
        at = end;
    }
    return out;
}

class Rooms {
  public:
    // The table `| folder | what lives there | what it may know |`.
    explicit Rooms(const std::string& document) {
        std::istringstream lines(document);
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with("| `")) continue;
            size_t second = line.find('|', 1), third = line.find('|', second + 1);
            size_t end = line.find('|', third + 1);
            if (end == line.npos) continue;
            std::string may_know = line.substr(third + 1, end - third - 1);
            for (const std::string& folder : in_backquotes(line.substr(0, second))) {
                for (const std::string& known : in_backquotes(may_know)) knows_[folder].insert(known);
                if (may_know == " all ") everything_.insert(folder);
                knows_[folder];
            }
        }
    }

    size_t size() const { return knows_.size(); }

    // The folder of the table that holds a file: the innermost.
    std::optional<std::string> of(const std::string& file) const {
        std::optional<std::string> out;
        for (const auto& [folder, unused] : knows_)
            if (file.starts_with(folder + "/") && (!out || folder.size() > out->size())) out = folder;
        return out;
    }

    bool may_include(const std::string& from, const std::string& to) const {
        if (everything_.contains(from)) return true;
        std::set<std::string> reached;
        std::vector<std::string> open{from};
        while (!open.empty()) {
            std::string folder = open.back();
            open.pop_back();
            if (folder == to) return true;
            if (!reached.insert(folder).second) continue;
            auto known = knows_.find(folder);
            if (known != knows_.end()) open.insert(open.end(), known->second.begin(), known->second.end());
        }
        return false;
    }

  private:
    std::map<std::string, std::set<std::string>> knows_;
    std::set<std::string> everything_;
};

// What is wrong with the includes of one file.
std::vector<std::string> violations(const Rooms& rooms, const std::string& file, const std::string& text) {
    std::vector<std::string> out;
    auto from = rooms.of(file);
    if (!from) return {file + " is in no folder of the table"};
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        constexpr std::string_view kInclude = "#include \"";
        if (!line.starts_with(kInclude)) continue;
        std::string included = line.substr(kInclude.size(), line.rfind('"') - kInclude.size());
        auto to = rooms.of(included);
        if (to && !rooms.may_include(*from, *to))
            out.push_back(file + " includes " + included + ": " + *from + " may not know " + *to);
    }
    return out;
}

bool is_code(const fs::path& path) {
    return path.extension() == ".h" || path.extension() == ".cpp" || path.extension() == ".def";
}

TEST(Rooms, EveryIncludeIsOneThatTheTableAllows) {
    const Rooms rooms(read_file(source_dir() / "docs/design.md"));
    ASSERT_GT(rooms.size(), 20u);
    size_t files = 0;
    for (const char* floor : {"runtime", "compiler", "testing", "cli", "bench", "fuzz", "tests"})
        for (const auto& entry : fs::recursive_directory_iterator(source_dir() / floor)) {
            if (!entry.is_regular_file() || !is_code(entry.path())) continue;
            ++files;
            std::string name = fs::relative(entry.path(), source_dir()).generic_string();
            for (const std::string& violation : violations(rooms, name, read_file(entry.path())))
                ADD_FAILURE() << violation;
        }
    EXPECT_GT(files, 400u);
}

TEST(Rooms, AViolationIsSeen) {
    const Rooms rooms(read_file(source_dir() / "docs/design.md"));
    auto found = [&](const std::string& file, const std::string& included) {
        return violations(rooms, file, "#include \"" + included + "\"\n").size();
    };
    EXPECT_EQ(found("runtime/search/a.h", "runtime/engine/scratch.h"), 1u);
    EXPECT_EQ(found("runtime/program/a.h", "compiler/compiler.h"), 1u);
    EXPECT_EQ(found("compiler/codegen/a.cpp", "compiler/semantics/typed.h"), 1u);
    EXPECT_EQ(found("elsewhere/a.h", "runtime/base/file.h"), 1u);
    EXPECT_EQ(found("runtime/alert/a.h", "runtime/base/file.h"), 0u);
    EXPECT_EQ(found("cli/a.cpp", "runtime/program/program.h"), 0u);
}

}  // namespace
}  // namespace stoop::tests
