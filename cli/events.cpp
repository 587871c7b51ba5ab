// SPDX-License-Identifier: Apache-2.0
#include "cli/events.h"

namespace stoop::cli {

std::optional<EventProblem> decode_record(EventDecoder& decoder, const InputBlock& input, size_t index,
                                          bool in_place, Event& event) {
    const Record& record = input.block.records[index];
    if (auto problem = flaw_problem(record.flaw)) return problem;
    std::string_view text = input.block.text(record);
    event.number = input.block.first + index;
    auto problem = in_place ? decoder.decode_in_place(text, event) : decoder.decode(text, event);
    if (problem) return flawed(std::move(*problem), record.flaw, text.size());
    event.line = record.line;
    return std::nullopt;
}

// False if reading is to stop.
bool EventInput::read_block(const InputBlock& input, const Visit& visit) {
    for (size_t i = 0; i < input.block.records.size(); ++i) {
        if (auto problem = decode_record(decoder_, input, i, false, event_)) {
            problems_.report(BadEvent(*problem, input, input.block.records[i]), input.block.first + i);
            if (strict_) return false;
        } else if (!visit(event_, *input.file)) {
            return false;
        }
    }
    return true;
}

int EventInput::read(const std::vector<std::string>& paths, const Visit& visit) {
    EventFiles files(find_files(paths, FolderOf::Events), root_, {});
    InputBlock input;
    bool more = true, go_on = true;
    while (more && go_on) {
        more = files.next(input);
        for (const auto& file : input.unreadable) problems_.report(file);
        if (more) go_on = read_block(input, visit);
    }
    problems_.finish();
    return problems_.exit();
}

}  // namespace stoop::cli
