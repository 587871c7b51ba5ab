// SPDX-License-Identifier: Apache-2.0
// Writes what the fuzzers start from, out of the recorded cases: fuzz_seeds CASES.jsonl OUT_FOLDER
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: fuzz_seeds CASES.jsonl OUT_FOLDER\n";
        return 3;
    }
    std::ifstream cases(argv[1]);
    std::filesystem::path folder = argv[2];
    std::filesystem::create_directories(folder);
    size_t written = 0;
    for (std::string line; std::getline(cases, line);) {
        auto one = nlohmann::json::parse(line);
        std::string text;
        if (one.contains("condition")) {
            text = one["condition"];
        } else {
            for (const auto& [name, file] : one["files"].items())
                text += (text.empty() ? "" : "\n-----\n") + file.get<std::string>();
        }
        std::ofstream(folder / std::to_string(written++), std::ios::binary) << text;
    }
    return written > 0 ? 0 : 1;
}
