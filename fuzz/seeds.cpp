// SPDX-License-Identifier: Apache-2.0
// Writes what the fuzzers start from, out of the recorded cases:
//   fuzz_seeds CASES.jsonl OUT_FOLDER             the conditions, or the rule files of a case as one
//   fuzz_seeds --programs CASES.jsonl OUT_FOLDER  the programs of rule files that are valid, encoded
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "compiler/compiler.h"
#include "runtime/program/encode.h"

namespace {

std::string joined(const nlohmann::json& one) {
    if (one.contains("condition")) return one["condition"];
    std::string text;
    for (const auto& [name, file] : one["files"].items())
        text += (text.empty() ? "" : "\n-----\n") + file.get<std::string>();
    return text;
}

// Empty if the files are not valid.
std::string program(const nlohmann::json& one) {
    using namespace stoop;
    static const Schemas schemas;
    std::vector<RuleSource> files;
    for (const auto& [name, file] : one["files"].items()) files.push_back({name, file.get<std::string>()});
    auto compilation = compile_rules(std::move(files), schemas);
    bool valid = compilation->diagnostics.errors() == 0 && !compilation->program->rules.empty();
    return valid ? encode(*compilation->program) : "";
}

}  // namespace

int main(int argc, char** argv) {
    bool programs = argc == 4 && std::strcmp(argv[1], "--programs") == 0;
    if (argc != 3 && !programs) {
        std::cerr << "usage: fuzz_seeds [--programs] CASES.jsonl OUT_FOLDER\n";
        return 3;
    }
    std::ifstream cases(argv[argc - 2]);
    std::filesystem::path folder = argv[argc - 1];
    std::filesystem::create_directories(folder);
    size_t written = 0;
    for (std::string line; std::getline(cases, line);) {
        auto one = nlohmann::json::parse(line);
        std::string text = programs ? program(one) : joined(one);
        if (!text.empty()) std::ofstream(folder / std::to_string(written++), std::ios::binary) << text;
    }
    return written > 0 ? 0 : 1;
}
