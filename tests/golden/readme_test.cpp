// SPDX-License-Identifier: Apache-2.0
// Every ```console block of the README and of docs/ does what it shows. A line `$ command` is run, with the
// `> ` lines after it; the lines up to the next command are what it prints. All blocks of one document run in
// one folder, in order.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

namespace fs = std::filesystem;

struct Example {
    std::string command;
    std::string output;
};

std::vector<Example> examples(const std::string& document) {
    std::vector<Example> out;
    bool inside = false;
    std::istringstream lines(document);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("```")) {
            inside = line == "```console";
        } else if (inside && line.starts_with("$ ")) {
            out.push_back({line.substr(2), ""});
        } else if (inside && line.starts_with("> ") && !out.empty() && out.back().output.empty()) {
            out.back().command += "\n" + line.substr(2);
        } else if (inside && !out.empty()) {
            out.back().output += line + "\n";
        }
    }
    return out;
}

void check_document(const fs::path& path) {
    WorkFolder folder;
    for (const Example& example : examples(read_file(path))) {
        Outcome outcome = folder.run(example.command);
        EXPECT_EQ(without_times(outcome.err + outcome.out), without_times(example.output))
            << path << ": $ " << example.command;
    }
}

TEST(Documents, ReadmeShowsWhatHappens) {
    EXPECT_FALSE(examples(read_file(source_dir() / "README.md")).empty());
    check_document(source_dir() / "README.md");
}

TEST(Documents, DocsShowWhatHappens) {
    for (const auto& entry : fs::directory_iterator(source_dir() / "docs"))
        if (entry.path().extension() == ".md") check_document(entry.path());
}

}  // namespace
}  // namespace stoop::tests
