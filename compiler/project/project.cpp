// SPDX-License-Identifier: Apache-2.0
#include "compiler/project/project.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "compiler/project/file_patterns.h"

namespace stoop {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
    struct stat status;
    return lstat(path.c_str(), &status) == 0;
}

bool is_project_name(const std::string& path) { return fs::path(path).filename() == kProjectFileName; }

enum class Kind { Rules, Schemas, Tests, Events };

// Of what a folder or a pattern holds; a file that is named itself is what it is said to be.
bool is_of_kind(const std::string& path, Kind kind) {
    switch (kind) {
        case Kind::Rules: return is_yaml_name(path) && !is_test_name(path) && !is_project_name(path);
        case Kind::Tests: return is_test_name(path);
        case Kind::Schemas: return path.ends_with(".json");
        case Kind::Events: return true;
    }
    return false;
}

class ProjectLoader {
  public:
    ProjectLoader(const std::string& folder, const Root& root, const Limits& limits)
        : root_(root),
          limits_(limits),
          folder_(folder),
          patterns_(folder, limits),
          out_(std::make_unique<Project>()) {
        std::error_code error;
        here_ = fs::canonical(".", error);
        fs::path from_here = folder_.lexically_relative(here_);
        auto is_up = [](const fs::path& name) { return name == ".."; };
        near_ = std::all_of(from_here.begin(), from_here.end(), is_up) ||
                std::none_of(from_here.begin(), from_here.end(), is_up);
        out_->folder = from_here == "." ? "" : near_ ? from_here.string() : folder;
        out_->path = shown(kProjectFileName);
        out_->diagnostics = Diagnostics({}, limits);
    }

    std::unique_ptr<Project> load() {
        TextFile read = read_file();
        if (!read.problem.empty()) {
            out_->diagnostics.report(unreadable_file(out_->path, read, limits_));
        } else if (out_->diagnostics.errors() == 0) {
            uint32_t index =
                out_->sources.add(out_->path, std::move(read.text), root_.why_not_quoted(out_->path));
            out_->file = read_project_file(out_->sources, index, limits_, out_->diagnostics);
            out_->is_read = out_->diagnostics.errors() == 0;
            if (out_->is_read)
                for (const RuleSetDefinition& set : out_->file.rule_sets) add(set);
        }
        out_->diagnostics.hide_quotes(out_->sources);
        return std::move(out_);
    }

  private:
    std::string shown(const std::string& path) const {
        fs::path whole = (folder_ / path).lexically_normal();
        return near_ ? whole.lexically_relative(here_).string() : whole.string();
    }

    void report(Span where, std::string message, std::string help = "") {
        out_->diagnostics.report(
            {Problem::ProjectFile, std::move(message), true, where, "", {}, std::move(help)});
    }

    TextFile read_file() {
        Root::File file = root_.open(out_->path);
        if (!file.descriptor) return {"", file.problem};
        struct stat status;
        if (fstat(file.descriptor.get(), &status) != 0 ||
            (status.st_uid != geteuid() && status.st_uid != 0)) {
            Diagnostic problem{Problem::ProjectOwner,
                               fmt::format("{} belongs to neither this user nor root", out_->path), false};
            problem.help = "take it over with 'chown', or work outside its folder";
            out_->diagnostics.report(std::move(problem));
            return {};
        }
        return read_text(file.descriptor, limits_);
    }

    // The files of all patterns in order, each once.
    std::vector<std::string> files(const std::vector<WrittenText>& patterns, Kind kind) {
        std::vector<std::string> out;
        std::set<std::string> seen;
        for (const WrittenText& pattern : patterns) {
            MatchedFiles matched = patterns_.match(pattern.text);
            bool named = matched.paths.size() == 1 && !is_of_kind(matched.paths[0], kind);
            if (!matched.problem.empty()) {
                report(pattern.span, fmt::format("'{}': {}", pattern.text, matched.problem));
                continue;
            }
            size_t found = 0;
            for (const std::string& path : matched.paths) {
                if (!is_of_kind(path, kind) && !named) continue;
                ++found;
                std::string name = shown(path);
                if (seen.insert(name).second && may_read(pattern, name, kind)) out.push_back(std::move(name));
            }
            if (found == 0)
                report(pattern.span, fmt::format("'{}' matches no file", pattern.text),
                       "paths are relative to the project file");
        }
        return out;
    }

    bool may_read(const WrittenText& pattern, const std::string& path, Kind kind) {
        Root::File file = root_.open(path);
        if (!file.descriptor)
            report(pattern.span, fmt::format("cannot read {}: {}", path, file.problem),
                   file.missing
                       ? "paths are relative to the project file"
                       : fmt::format("a project file can name regular files below the root '{}' only",
                                     root_.shown()));
        else if (kind == Kind::Rules && !is_yaml_name(file.path))
            report(pattern.span,
                   fmt::format("cannot read {}: the name of rules must end in .yaml or .yml", path));
        else
            return true;
        return false;
    }

    void add(const RuleSetDefinition& definition) {
        RuleSet out;
        out.definition = &definition;
        out.rules = files(definition.rules, Kind::Rules);
        out.schemas = files(definition.schemas, Kind::Schemas);
        out.bench_events = files(definition.bench_events, Kind::Events);
        out.tests = definition.tests.empty() ? tests_beside(definition, out.rules)
                                             : files(definition.tests, Kind::Tests);
        std::sort(out.tests.begin(), out.tests.end());
        choose_own(definition, out);
        out_->rule_sets.push_back(std::move(out));
    }

    std::vector<std::string> tests_beside(const RuleSetDefinition& definition,
                                          const std::vector<std::string>& rules) {
        std::set<std::string> out;
        std::set<fs::path> folders;
        for (const std::string& path : rules) folders.insert(fs::path(path).parent_path());
        for (const fs::path& folder : folders) {
            std::error_code error;
            for (fs::directory_iterator at(folder.empty() ? "." : folder, error), end; !error && at != end;
                 at.increment(error)) {
                std::string name = (folder / at->path().filename()).string();
                if (is_test_name(name) && may_read(definition.name, name, Kind::Tests)) out.insert(name);
            }
        }
        return {out.begin(), out.end()};
    }

    void choose_own(const RuleSetDefinition& definition, RuleSet& out) {
        for (const WrittenText& pattern : definition.own) {
            bool any = false;
            MatchedFiles matched = patterns_.match(pattern.text);
            for (const std::string& path : matched.paths)
                if (std::find(out.rules.begin(), out.rules.end(), shown(path)) != out.rules.end()) {
                    out.own.insert(shown(path));
                    any = true;
                }
            if (!matched.problem.empty())
                report(pattern.span, fmt::format("'{}': {}", pattern.text, matched.problem));
            else if (!any)
                report(pattern.span, fmt::format("'{}' matches none of the set's rules", pattern.text),
                       "'own' says which of 'rules' are one's own");
        }
    }

    const Root& root_;
    const Limits& limits_;
    fs::path folder_, here_;
    bool near_ = true;  // the working directory, or above or below it
    FilePatterns patterns_;
    std::unique_ptr<Project> out_;
};

}  // namespace

bool is_yaml_name(std::string_view path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }

bool is_test_name(std::string_view path) {
    constexpr std::string_view kEnds[] = {"_test.yaml", ".test.yaml", "_test.yml", ".test.yml"};
    return std::any_of(std::begin(kEnds), std::end(kEnds), [&](auto end) { return path.ends_with(end); });
}

std::optional<std::string> find_project(const std::string& folder) {
    std::error_code error;
    for (fs::path at = fs::canonical(folder, error); !error; at = at.parent_path()) {
        if (is_there(at / kProjectFileName)) return at.string();
        if (is_there(at / ".git") || at == at.parent_path()) break;
    }
    return std::nullopt;
}

std::unique_ptr<Project> load_project(const std::string& folder, const Root& root, const Limits& limits) {
    return ProjectLoader(folder, root, limits).load();
}

}  // namespace stoop
