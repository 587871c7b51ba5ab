// SPDX-License-Identifier: Apache-2.0
// Problems with the author's files: what is wrong, where, and what may help. Every stage reports to one
// Diagnostics and goes on where it can, so that a run shows all problems and not only the first. The kinds
// are in diagnostics.def.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/falco_context.h"
#include "compiler/source/source.h"
#include "runtime/base/file.h"
#include "runtime/base/limits.h"

namespace stoop {

// A note is only for people: Falco says nothing, and --werror does not mind.
enum class Severity : uint8_t { Error, Warning, Note };
std::string_view severity_name(Severity severity);

enum class Problem : uint8_t {
#define STOOP_DIAGNOSTIC(id, ...) id,
#include "compiler/source/diagnostics.def"
#undef STOOP_DIAGNOSTIC
};

struct ProblemInfo {
    std::string_view code;  // E0102
    Severity severity;
    std::string_view falco_code;  // LOAD_ERR_…, or empty
    std::string_view meaning;
    std::string_view mend;
};
const ProblemInfo& problem_info(Problem problem);
size_t problem_count();
std::string problem_name(Problem problem);  // as options name it: unused-macro

// What else there is to say, and where that is.
struct Note {
    std::string text;
    std::optional<Span> where{};
    Note(std::string t, std::optional<Span> w = {}) : text(std::move(t)), where(w) {}
};

struct Diagnostic {
    Problem problem;
    std::string message;
    bool has_place = true;  // false: the problem is with a file as a whole, or with no file
    Span span{};
    std::string label{};        // beside the carets
    std::vector<Note> notes{};  // how it was reached
    std::string help{};         // a way out
    FalcoContext falco{};
    std::optional<Severity> level{};  // that was asked for
};
Severity severity_of(const Diagnostic& diagnostic);

// What is to become of warnings and notes of a kind: -W. Nothing: they are not kept.
using WarningLevels = std::map<Problem, std::optional<Severity>>;

// Of a run with a hundred thousand mistakes, or with a long text in each, the first are kept and the rest is
// only counted, for errors, for warnings and for notes each (Limit::Diagnostics, Limit::DiagnosticBytes).
class Diagnostics {
  public:
    Diagnostics() = default;
    explicit Diagnostics(WarningLevels levels, const Limits& limits = {})
        : levels_(std::move(levels)), limits_(limits) {}
    // Of these files, which are others', only errors are kept.
    void set_others(std::vector<bool> files) { others_ = std::move(files); }
    // None yet, under the same rules: to be appended later.
    Diagnostics none_yet() const {
        Diagnostics out(levels_, limits_);
        out.others_ = others_;
        return out;
    }

    void report(Diagnostic diagnostic);
    // For what may be reported very often: `make` is called for what is kept only.
    template <typename Make>
    void report(Problem problem, bool repeated, Make&& make) {
        keeps(problem, repeated) ? report(make()) : count(problem, repeated);
    }
    // Whether one more of this kind would be kept. `repeated`: see FalcoContext.
    bool keeps(Problem problem, bool repeated = false) const;
    void append(const Diagnostics& other);  // as if they had been reported here
    // What is said of files that must not be quoted becomes what their code means.
    void hide_quotes(const Sources& sources);
    const Limits& limits() const { return limits_; }
    // In the order in which they were found, and with what only Falco repeats.
    const std::vector<Diagnostic>& all() const { return all_; }
    std::vector<Diagnostic> by_place() const;  // in the order of the files
    size_t errors() const { return totals_[static_cast<size_t>(Severity::Error)].count; }
    size_t warnings() const { return totals_[static_cast<size_t>(Severity::Warning)].count; }

  private:
    struct Total {
        size_t count = 0;
        size_t bytes = 0;  // of those that are kept
    };
    static constexpr size_t kRepeated = 3;  // those have a total of their own
    size_t total_of(Problem problem, bool repeated) const {
        return repeated ? kRepeated : static_cast<size_t>(level_of(problem));
    }
    bool is_off(Problem problem) const;
    Severity level_of(Problem problem) const;
    void count(Problem problem, bool repeated);
    bool is_of_others(const Diagnostic& diagnostic) const;

    std::vector<Diagnostic> all_;
    std::vector<bool> others_;  // by file
    WarningLevels levels_;
    Limits limits_;
    std::array<Total, kRepeated + 1> totals_;  // by severity, then of those that are repeated
};

// A file that cannot be read, or is too large.
Diagnostic unreadable_file(const std::string& name, const TextFile& file, const Limits& limits);

// A diagnostic about a file that must not be quoted then says only what its code means; others stay as they
// are.
void hide_quotes(Diagnostic& diagnostic, const Sources& sources);

// The line that a diagnostic is about, and the part of it that is marked.
struct MarkedLine {
    Place place;
    bool quoted = true;  // false: only the place may be shown
    std::string_view line;
    size_t begin = 0;  // bytes
    size_t length = 1;
};
MarkedLine marked_line(const SourceFile& file, Span span);

// The form for people: message, place, the line with carets, notes, help. `marked` is null for a problem
// without a place. `width`: the columns of the terminal; 0: it is none.
std::string render(const Diagnostic& diagnostic, const MarkedLine* marked, bool color, size_t width = 0);
std::string render(const Diagnostic& diagnostic, const Sources& sources, bool color, size_t width = 0);

}  // namespace stoop
