// SPDX-License-Identifier: Apache-2.0
// Golden tests: one file holds the input files, the commands, and what they print. See tests/README.md.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace stoop::tests {

struct Transcript {
    struct File {
        std::string name;
        std::string text;
    };
    struct Run {
        std::string command;
        std::string out, err;
        int exit = 0;
    };
    struct Part {  // in the order of the file
        bool is_file = false;
        File file;
        Run run;
    };
    std::string comment;  // what the file begins with
    std::vector<Part> parts;
};

Transcript read_transcript(const std::string& text);
std::string to_text(const Transcript& transcript);

// The same transcript with what the commands print now.
Transcript replay(const Transcript& transcript);

}  // namespace stoop::tests
