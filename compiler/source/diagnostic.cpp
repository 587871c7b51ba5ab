// SPDX-License-Identifier: Apache-2.0
#include "compiler/source/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <tuple>

#include "runtime/base/near_path.h"
#include "runtime/base/printable.h"
#include "runtime/base/utf8.h"
#include "runtime/base/wrap.h"

namespace stoop {
namespace {

constexpr ProblemInfo kProblems[] = {
#define STOOP_DIAGNOSTIC(id, code, severity, falco_code, meaning, mend) \
    {code, Severity::severity, falco_code, meaning, mend},
#include "compiler/source/diagnostics.def"
#undef STOOP_DIAGNOSTIC
};

constexpr std::string_view kProblemNames[] = {
#define STOOP_DIAGNOSTIC(id, ...) #id,
#include "compiler/source/diagnostics.def"
#undef STOOP_DIAGNOSTIC
};

constexpr size_t kWidest = 100, kNarrowest = 30;  // of an excerpt, in characters

struct Excerpt {
    std::string line;
    size_t caret = 0;  // characters before it
    size_t length = 1;
};

std::string without_tabs(std::string_view text) {
    std::string out(text);
    std::replace(out.begin(), out.end(), '\t', ' ');
    return out;
}

// The line as a terminal can show it: tabs as one blank each, and only the neighbourhood of the carets if it
// is long.
Excerpt excerpt(std::string_view line, size_t begin, size_t length, size_t width) {
    begin = std::min(begin, line.size());
    length = std::min(length, line.size() - begin);
    size_t from = 0;
    size_t to = line.size();
    if (line.size() > width) {
        from = begin > width / 2 ? begin - width / 2 : 0;
        to = std::min(line.size(), std::max(begin + std::min(length, width / 2), from + width));
        while (from > 0 && !starts_character(line[from])) --from;
        while (to < line.size() && !starts_character(line[to])) ++to;
    }
    Excerpt out;
    if (from > 0) out.line = "...";
    // What is marked may begin or end in the middle of a character.
    auto shown = [&](size_t a, size_t b) { return printable(without_tabs(line.substr(a, b - a))); };
    size_t end = begin + std::min(length, to - begin);
    std::string before = shown(from, begin), marked = shown(begin, end);
    out.caret = out.line.size() + count_characters(before);
    out.length = std::max<size_t>(1, count_characters(marked));
    out.line += before + marked + shown(end, to);
    if (to < line.size()) out.line += "...";
    return out;
}

// A line of a note or of help, broken where the terminal ends.
std::string with_prefix(const std::string& prefix, size_t prefix_size, std::string_view text, size_t width) {
    std::string blanks(prefix_size, ' ');
    return prefix + wrapped(blanks + printable(text), width, blanks).substr(prefix_size) + "\n";
}

// Its texts, in bytes.
size_t size_of(const Diagnostic& d) {
    size_t out = d.message.size() + d.label.size() + d.help.size() + d.falco.message.size();
    for (const Note& note : d.notes) out += note.text.size();
    for (const FalcoLocation& location : d.falco.locations) out += location.name.size();
    return out;
}

struct Colors {
    std::string_view severity, strong, place, off;
};

Colors colors_for(Severity severity, bool color) {
    if (!color) return {"", "", "", ""};
    constexpr std::string_view kSeverities[] = {"\033[1;31m", "\033[1;33m", "\033[1;36m"};
    return {kSeverities[static_cast<size_t>(severity)], "\033[1m", "\033[1;34m", "\033[0m"};
}

}  // namespace

const ProblemInfo& problem_info(Problem problem) { return kProblems[static_cast<size_t>(problem)]; }
size_t problem_count() { return std::size(kProblems); }

std::string_view severity_name(Severity severity) {
    constexpr std::string_view kNames[] = {"error", "warning", "note"};
    return kNames[static_cast<size_t>(severity)];
}

std::string problem_name(Problem problem) {
    std::string out;
    for (char c : kProblemNames[static_cast<size_t>(problem)]) {
        bool capital = c >= 'A' && c <= 'Z';
        if (capital && !out.empty()) out += '-';
        out += capital ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

Severity severity_of(const Diagnostic& diagnostic) {
    return diagnostic.level.value_or(problem_info(diagnostic.problem).severity);
}

bool Diagnostics::is_off(Problem problem) const {
    auto found = levels_.find(problem);
    return found != levels_.end() && !found->second;
}

Severity Diagnostics::level_of(Problem problem) const {
    auto found = levels_.find(problem);
    return found != levels_.end() && found->second ? *found->second : problem_info(problem).severity;
}

bool Diagnostics::keeps(Problem problem, bool repeated) const {
    const Total& total = totals_[total_of(problem, repeated)];
    return !is_off(problem) && total.count < limits_[Limit::Diagnostics] &&
           total.bytes < limits_[Limit::DiagnosticBytes];
}

void Diagnostics::count(Problem problem, bool repeated) {
    if (!is_off(problem)) ++totals_[total_of(problem, repeated)].count;
}

bool Diagnostics::is_of_others(const Diagnostic& d) const {
    return d.has_place && d.span.file < others_.size() && others_[d.span.file] &&
           problem_info(d.problem).severity != Severity::Error;
}

void Diagnostics::report(Diagnostic diagnostic) {
    if (is_of_others(diagnostic)) return;
    bool repeated = diagnostic.falco.repeated;
    if (Severity level = level_of(diagnostic.problem); level != problem_info(diagnostic.problem).severity)
        diagnostic.level = level;
    if (keeps(diagnostic.problem, repeated)) {
        totals_[total_of(diagnostic.problem, repeated)].bytes += size_of(diagnostic);
        all_.push_back(std::move(diagnostic));
    }
    count(diagnostic.problem, repeated);
}

void Diagnostics::append(const Diagnostics& other) {
    std::array<size_t, kRepeated + 1> sums;
    for (size_t i = 0; i < sums.size(); ++i) sums[i] = totals_[i].count + other.totals_[i].count;
    for (const Diagnostic& diagnostic : other.all_) report(diagnostic);
    for (size_t i = 0; i < sums.size(); ++i) totals_[i].count = sums[i];  // with those that were not kept
}

void Diagnostics::hide_quotes(const Sources& sources) {
    for (Diagnostic& d : all_) stoop::hide_quotes(d, sources);
}

std::vector<Diagnostic> Diagnostics::by_place() const {
    std::vector<Diagnostic> out;
    std::copy_if(all_.begin(), all_.end(), std::back_inserter(out),
                 [](const Diagnostic& d) { return !d.falco.repeated; });
    auto place = [](const Diagnostic& d) { return std::tuple(d.has_place, d.span.file, d.span.begin); };
    std::stable_sort(out.begin(), out.end(),
                     [&](const auto& a, const auto& b) { return place(a) < place(b); });
    return out;
}

Diagnostic unreadable_file(const std::string& name, const TextFile& file, const Limits& limits) {
    Diagnostic out{file.too_large ? Problem::LimitExceeded : Problem::CannotRead,
                   fmt::format("cannot read {}: {}", name, file.problem),
                   false,
                   {},
                   "",
                   {},
                   "check the path and its permissions"};
    if (file.too_large) out.help = limit_help(Limit::FileBytes, limits[Limit::FileBytes]);
    if (file.problem == std::system_category().message(ENOENT)) {
        out.message = fmt::format("there is no file {}", name);
        out.help = help_for_missing_file(name);
    }
    return out;
}

void hide_quotes(Diagnostic& d, const Sources& sources) {
    if (!d.has_place) return;
    const std::string& why = sources.file(d.span.file).why_not_quoted();
    if (why.empty()) return;
    std::string_view meaning = problem_info(d.problem).meaning;
    d.message = meaning.substr(0, meaning.rfind('.'));
    d.label.clear();
    d.notes = {Note(fmt::format("the text of this file is not shown: {}", why))};
    d.help = "'--root DIR' sets another root";
    d.falco.locations.clear();
    d.falco.expression.reset();
    d.falco.message = d.message;
    d.falco.deprecated_field.clear();
}

MarkedLine marked_line(const SourceFile& file, Span span) {
    auto position = file.position(span.begin);
    std::string_view line = file.line(position.line);
    auto begin = static_cast<size_t>(file.text().data() + span.begin - line.data());
    return {{file.name(), position.line, position.column},
            file.why_not_quoted().empty(),
            line,
            begin,
            span.end > span.begin ? span.end - span.begin : 1};
}

std::string render(const Diagnostic& d, const MarkedLine* marked, bool color, size_t width) {
    const ProblemInfo& info = problem_info(d.problem);
    Colors c = colors_for(severity_of(d), color);
    std::string_view severity = severity_name(severity_of(d));
    std::string out = fmt::format("{}{}[{}]{}: {}{}{}\n", c.severity, severity, info.code, c.off, c.strong,
                                  printable(d.message), c.off);
    std::string gutter = " ";
    if (marked) {
        std::string number = std::to_string(marked->place.line);
        gutter = std::string(number.size() + 1, ' ');
        out += fmt::format("{}{}-->{} {}:{}:{}\n", gutter.substr(1), c.place, c.off,
                           printable(marked->place.file), marked->place.line, marked->place.column);
    }
    if (marked && marked->quoted) {
        constexpr size_t kBeside = 8;  // the gutter's bar, and dots at both ends
        size_t beside = gutter.size() + kBeside;
        size_t room = width == 0 ? kWidest : std::max(kNarrowest + beside, width) - beside;
        Excerpt e = excerpt(marked->line, marked->begin, marked->length, std::min(room, kWidest));
        out += fmt::format("{}{}|{}\n", gutter, c.place, c.off);
        out += fmt::format("{}{} |{} {}\n", c.place, marked->place.line, c.off, e.line);
        out += fmt::format("{}{}|{} {}{}{}{}{}{}\n", gutter, c.place, c.off, std::string(e.caret, ' '),
                           c.severity, std::string(e.length, '^'), d.label.empty() ? "" : " ",
                           printable(d.label), c.off);
    }
    constexpr std::string_view kNote = "= note: ";
    auto add = [&](const char* kind, std::string_view text) {
        out += with_prefix(fmt::format("{}{}={} {}: ", gutter, c.place, c.off, kind),
                           gutter.size() + kNote.size(), text, width);
    };
    for (const Note& note : d.notes) add("note", note.text);
    if (!d.help.empty()) add("help", d.help);
    return out;
}

std::string render(const Diagnostic& d, const Sources& sources, bool color, size_t width) {
    if (!d.has_place) return render(d, static_cast<const MarkedLine*>(nullptr), color, width);
    MarkedLine marked = marked_line(sources.file(d.span.file), d.span);
    return render(d, &marked, color, width);
}

}  // namespace stoop
