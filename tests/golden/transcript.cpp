// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/transcript.h"

#include <sstream>
#include <stdexcept>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {

Transcript read_transcript(const std::string& text) {
    Transcript out;
    std::string* section = &out.comment;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("--- ")) {
            *section += line + "\n";
            continue;
        }
        std::string directive = line.substr(4);
        auto argument = [&](const char* name) -> const char* {
            return directive.starts_with(name) ? directive.c_str() + std::string(name).size() : nullptr;
        };
        if (const char* name = argument("file ")) {
            out.parts.emplace_back().is_file = true;
            out.parts.back().file.name = name;
            section = &out.parts.back().file.text;
        } else if (const char* command = argument("$ ")) {
            out.parts.emplace_back().run.command = command;
            section = &out.parts.back().run.out;
        } else if (directive == "stderr") {
            section = &out.parts.back().run.err;
        } else if (const char* code = argument("exit ")) {
            out.parts.back().run.exit = std::stoi(code);
            section = &out.comment;
        } else {
            throw std::runtime_error("unknown directive: " + line);
        }
    }
    return out;
}

std::string to_text(const Transcript& transcript) {
    std::string out = transcript.comment;
    for (const Transcript::Part& part : transcript.parts) {
        if (part.is_file) {
            out += "--- file " + part.file.name + "\n" + part.file.text;
            continue;
        }
        out += "--- $ " + part.run.command + "\n" + part.run.out;
        if (!part.run.err.empty()) out += "--- stderr\n" + part.run.err;
        out += "--- exit " + std::to_string(part.run.exit) + "\n";
    }
    return out;
}

Transcript replay(const Transcript& transcript) {
    WorkFolder folder;
    Transcript out = transcript;
    for (Transcript::Part& part : out.parts) {
        if (part.is_file) {
            write_file(folder.path() / part.file.name, part.file.text);
            continue;
        }
        Outcome outcome = folder.run(part.run.command);
        part.run.out = without_times(outcome.out);
        part.run.err = without_times(outcome.err);
        part.run.exit = outcome.exit;
    }
    return out;
}

}  // namespace stoop::tests
