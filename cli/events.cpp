#include "cli/events.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cli/paths.h"
#include "runtime/ingest/event_reader.h"

namespace stoop::cli {
namespace {

constexpr size_t kMostShown = 20;

Problem problem_of(EventProblem::Kind kind) {
    switch (kind) {
        case EventProblem::Kind::NotJson: return Problem::EventNotJson;
        case EventProblem::Kind::WrongType: return Problem::EventType;
        case EventProblem::Kind::UnknownField: return Problem::EventField;
        case EventProblem::Kind::TooLong: return Problem::EventTooLong;
    }
    return Problem::EventNotJson;
}

}  // namespace

void EventInput::cannot_read(const std::string& file, const std::string& why) {
    unreadable_ = true;
    Diagnostic d{Problem::CannotRead,
                 fmt::format("cannot read {}: {}", file, why),
                 false,
                 {},
                 "",
                 {},
                 "check the path and its permissions"};
    fmt::print(stderr, "{}\n",
               render(d, static_cast<const MarkedLine*>(nullptr), global_.color_on(STDERR_FILENO)));
}

// A record may span lines; its problem is shown on the line where it is.
void EventInput::report(const EventProblem& problem, const std::string& file, uint32_t line, uint32_t column,
                        std::string_view text) {
    if (++bad_ > kMostShown) return;
    SourceFile source(file, std::string(text));
    Span span{0, static_cast<uint32_t>(std::min(problem.begin, text.size())),
              static_cast<uint32_t>(problem.end)};
    MarkedLine marked = marked_line(source, span);
    if (marked.place.line == 1) marked.place.column += column - 1;
    marked.place.line += line - 1;
    Diagnostic d{problem_of(problem.kind), problem.message, true, span, problem.label, {}, problem.help};
    fmt::print(stderr, "{}\n", render(d, &marked, global_.color_on(STDERR_FILENO)));
}

// False if reading is to stop.
bool EventInput::read_file(const std::string& path, const Visit& visit) {
    std::string name = display_name(path);
    std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
    if (!file) {
        cannot_read(name, std::strerror(errno));
        return true;
    }
    EventReader reader(file);
    bool go_on = true;
    while (go_on) {
        auto record = reader.next();
        if (!record) break;
        ++number_;
        auto problem = record->problem ? record->problem : decoder_.decode(record->text, event_);
        if (problem) {
            report(*problem, name, record->line, record->column, record->text);
            go_on = !strict_;
            continue;
        }
        event_.number = number_;
        event_.line = record->line;
        go_on = visit(event_, name);
    }
    if (reader.failed()) cannot_read(name, std::strerror(errno));
    if (file != stdin) std::fclose(file);
    return go_on;
}

int EventInput::read(const std::vector<std::string>& paths, const Visit& visit) {
    for (const FoundPath& found : find_files(paths, FolderOf::Events)) {
        if (!found.error.empty())
            cannot_read(found.path, found.error);
        else if (!read_file(found.path, visit))
            break;
    }
    if (bad_ > kMostShown) fmt::print(stderr, "... and {} more bad events\n", bad_ - kMostShown);
    return unreadable_ ? kUsage : bad_ > 0 ? kInvalid : kOk;
}

}  // namespace stoop::cli
