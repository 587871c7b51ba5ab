// SPDX-License-Identifier: Apache-2.0
// What a run came to, on standard error: for people, or as one JSON document.
#pragma once

#include <string>
#include <vector>

#include "cli/run_notes.h"
#include "runtime/engine/prepared_program.h"

namespace stoop::cli {

struct RunSummary {
    uint64_t events = 0;  // good ones
    uint64_t alerts = 0;
    std::vector<uint64_t> by_rule;
    uint64_t bad = 0;
    RunNotes notes;
    uint64_t bytes = 0;  // read, as they are on the disk
    double seconds = 0;
    std::string stopped;  // by what, if it was not the end of the input: "SIGINT", "the first bad event" …
};

// Rules with alerts, those with most first.
std::string summary_text(const RunSummary& summary, const PreparedProgram& program);
std::string summary_json(const RunSummary& summary, const PreparedProgram& program);

}  // namespace stoop::cli
