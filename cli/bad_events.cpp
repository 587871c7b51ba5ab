// SPDX-License-Identifier: Apache-2.0
#include "cli/bad_events.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "cli/message.h"
#include "cli/terminal.h"

namespace stoop::cli {
namespace {

Problem problem_of(EventProblem::Kind kind) {
    switch (kind) {
        case EventProblem::Kind::NotJson: return Problem::EventNotJson;
        case EventProblem::Kind::WrongType: return Problem::EventType;
        case EventProblem::Kind::UnknownField: return Problem::EventField;
        case EventProblem::Kind::TooLong: return Problem::EventTooLong;
        case EventProblem::Kind::Truncated: return Problem::EventTruncated;
        case EventProblem::Kind::LimitExceeded: return Problem::LimitExceeded;
    }
    return Problem::EventNotJson;
}

}  // namespace

BadEvent::BadEvent(const EventProblem& found, const InputBlock& input, const Record& record)
    : source(*input.file, std::string(input.block.text(record))) {
    EventProblem problem = input.quoted ? found : without_quotes(found);
    Span span{0, static_cast<uint32_t>(std::min(problem.begin, input.block.text(record).size())),
              static_cast<uint32_t>(problem.end)};
    marked = marked_line(source, span);
    marked.quoted = input.quoted;
    if (marked.place.line == 1) marked.place.column += record.column - 1;
    marked.place.line += record.line - 1;
    diagnostic = {problem_of(problem.kind), problem.message, true, span, problem.label, {}, problem.help};
}

std::string bad_event_text(const EventProblem& problem, const InputBlock& input, const Record& record,
                           bool color) {
    BadEvent event(problem, input, record);
    return render(event.diagnostic, &event.marked, color, terminal_width(STDERR_FILENO));
}

BadEvents::BadEvents(const Global& global, Told told)
    : told_(std::move(told)), color_(global.color_on(STDERR_FILENO)) {}

void BadEvents::report(const BadEvent& event, uint64_t number) {
    if (!told_) return report(render(event.diagnostic, &event.marked, color_, terminal_width(STDERR_FILENO)));
    ++bad_;
    const Place& place = event.marked.place;
    told_(number,
          fmt::format("{}:{}:{}: {}", place.file, place.line, place.column, event.diagnostic.message));
}

void BadEvents::report(const std::string& text) {
    ++bad_;
    if (++shown_ <= kMostShown) write_message(text + "\n");
}

void BadEvents::report(const InputBlock::Unreadable& file) {
    unreadable_ = true;
    Diagnostic d = unreadable_file(file.file, {"", file.why}, Limits());
    if (told_) return told_(0, d.message);
    if (file.contents) d.help = "take the file again from where it came from";
    write_message(render(d, static_cast<const MarkedLine*>(nullptr), color_, terminal_width(STDERR_FILENO)) +
                  "\n");
}

void BadEvents::finish() const {
    if (!told_ && bad_ > kMostShown) message("... and {} more bad events\n", bad_ - kMostShown);
}

}  // namespace stoop::cli
