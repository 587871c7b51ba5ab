// SPDX-License-Identifier: Apache-2.0
// Does with a program of any origin all that is done with programs: prints it, prepares it, matches events
// against its graph, renders alerts. Whether that is harmless shows under the sanitizers.
#pragma once

#include <span>
#include <string>

#include "runtime/alert/alert.h"
#include "runtime/engine/prepare.h"
#include "runtime/ingest/event_decoder.h"
#include "runtime/program/print.h"

namespace stoop::tests {

// Returns the verdicts, a digit for each rule and event; empty if the program cannot be prepared.
inline std::string exercise(Program program, const Schema& schema, std::span<const std::string_view> events) {
    static_cast<void>(to_text(program));
    constexpr uint64_t kRegexMemory = uint64_t{16} << 20;
    RegexStore regexes(kRegexMemory);
    std::string error, out;
    auto prepared = prepare(std::move(program), {}, regexes, error);
    if (!prepared) return out;
    const MatchTables tables = prepare(*prepared);
    Limits limits;
    limits.set(Limit::TransformedBytes, uint64_t{16} << 20);
    EventDecoder decoder(schema, *prepared, Check::AskedFields, limits);
    AlertOptions options;
    options.largest = uint64_t{1} << 20;
    AlertRenderer renderer(*prepared, options);
    Event event;
    Scratch scratch;
    for (std::string_view text : events) {
        if (decoder.decode(text, event)) continue;
        uint32_t* memory = begin_event(&tables, &scratch);
        for (uint32_t rule = 0; rule < prepared->rules.size(); ++rule) {
            const ProgramRule& of = prepared->rules[rule];
            bool fires = of.event_types.contains(event.type) &&
                         walk_rule(&tables, event.values.data(), &scratch, memory, rule);
            out += fires ? '1' : '0';
            std::string alert;
            renderer.json(of, event, alert);
        }
    }
    return out;
}

}  // namespace stoop::tests
