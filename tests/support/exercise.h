// SPDX-License-Identifier: Apache-2.0
// Does with a program of any origin what is done with programs: prints it, prepares it, decodes events for
// it, matches them by its tables, renders alerts. Whether that is harmless shows under the sanitizers.
#pragma once

#include <algorithm>
#include <span>
#include <string>

#include "runtime/alert/alert.h"
#include "runtime/engine/prepare.h"
#include "runtime/engine/tables_engine.h"
#include "runtime/ingest/json/event_decoder.h"
#include "runtime/program/print.h"

namespace stoop::tests {

// Returns the verdicts, a digit for each rule and event; empty if the program cannot be prepared.
inline std::string exercise(Program program, const Schema& schema, std::span<const std::string_view> events,
                            Check check = Check::AskedFields) {
    static_cast<void>(to_text(program));
    constexpr uint64_t kRegexMemory = uint64_t{16} << 20;
    RegexStore regexes(kRegexMemory);
    std::string error, out;
    auto prepared = prepare(std::move(program), {}, regexes, error);
    if (!prepared) return out;
    const MatchTables tables = prepare(*prepared, Use::Tables);
    const Engine engine = tables_engine(tables);
    Limits limits;
    limits.set(Limit::TransformedBytes, uint64_t{16} << 20);
    EventDecoder decoder(schema, *prepared, check, limits);
    AlertOptions options;
    options.largest = uint64_t{1} << 20;
    AlertRenderer renderer(*prepared, options);
    Event event;
    Scratch scratch;
    std::vector<uint32_t> fired;
    for (std::string_view text : events) {
        if (decoder.decode(text, event)) continue;
        fired.resize(prepared->rules.size() + 1);
        fired.resize(engine.match(event.values.data(), event.type, scratch, fired.data(),
                                  static_cast<uint32_t>(prepared->rules.size())));
        for (uint32_t rule = 0; rule < prepared->rules.size(); ++rule) {
            out += std::find(fired.begin(), fired.end(), rule) != fired.end() ? '1' : '0';
            std::string alert;
            renderer.json(prepared->rules[rule], event, alert);
            renderer.text(prepared->rules[rule], event, alert);
        }
    }
    return out;
}

}  // namespace stoop::tests
