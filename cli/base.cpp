// SPDX-License-Identifier: Apache-2.0
#include "cli/base.h"

#include <fmt/format.h>

#include <filesystem>

#include "cli/message.h"
#include "cli/project.h"

namespace stoop::cli {
namespace {

namespace fs = std::filesystem;

std::string not_there(const GitRepository& git, const std::string& what) {
    std::string out = fmt::format("error: {}", what);
    if (git.is_shallow())
        return out +
               "; this clone is shallow: 'git fetch --unshallow' brings the rest, or 'fetch-depth: 0' of "
               "actions/checkout, or GIT_DEPTH: 0 of GitLab";
    return out + "; 'git fetch' brings what others have";
}

// The first error, for a note.
std::string first_error(const Diagnostics& found, const Sources& sources) {
    for (const Diagnostic& d : found.by_place()) {
        if (severity_of(d) != Severity::Error) continue;
        if (!d.has_place) return d.message;
        Place place = sources.place(d.span);
        return fmt::format("{}:{}:{}: {}", place.file, place.line, place.column, d.message);
    }
    return "";
}

}  // namespace

std::unique_ptr<Base> Base::of(const std::string& revision, const Global& global, int& exit) {
    std::string problem;
    fs::path folder = global.project->folder.empty() ? "." : global.project->folder;
    auto git = GitRepository::of(folder.string(), problem);
    exit = kUsage;
    if (!git) {
        message("error: --base: {}\n", problem);
        return nullptr;
    }
    auto head = git->commit("HEAD"), named = git->commit(revision);
    if (!head || !named) {
        message("{}\n",
                not_there(*git, fmt::format("there is no commit '{}' here", head ? revision : "HEAD")));
        return nullptr;
    }
    auto commit = git->merge_base(*named, *head);
    if (!commit) {
        message("{}\n",
                not_there(*git, fmt::format("'{}' and HEAD have no commit in common here", revision)));
        return nullptr;
    }
    exit = kOk;
    auto out = std::make_unique<Base>();
    out->revision_ = revision;
    std::error_code error;
    std::string below = fs::canonical(folder, error).lexically_relative(git->top()).string();
    if (below == ".") below.clear();
    problem = out->files_.write(*git, *commit, below, global.limits);
    if (!problem.empty()) {
        message("error: --base: the files of '{}' cannot be had: {}\n", revision, problem);
        exit = kUsage;
        return nullptr;
    }
    out->folder_ = out->files_.path(below);
    if (!fs::exists(fs::symlink_status(fs::path(out->folder_) / kProjectFileName, error))) {
        out->why_no_project_ = fmt::format("it has no {}", kProjectFileName);
        return out;
    }
    out->root_ = Root::of_run(out->folder_, "", problem);
    if (!out->root_) {
        message("error: --base: {}\n", problem);
        exit = kUsage;
        return nullptr;
    }
    out->project_ = load_project(out->folder_, *out->root_, global.limits);
    if (!out->is_valid())
        out->why_no_project_ = out->shown(first_error(out->project_->diagnostics, out->project_->sources));
    return out;
}

std::set<std::string> Base::own_files(const RuleSet& was, const Project& now) const {
    std::set<std::string> out;
    std::string from = project_->folder + "/", to = now.folder.empty() ? "" : now.folder + "/";
    for (const std::string& path : was.rules)
        if (was.is_own(path) && path.starts_with(from)) out.insert(to + path.substr(from.size()));
    return out;
}

std::set<std::string> files_of_own_rules(const Compilation& before, const RuleSet& was,
                                         const Compilation& now) {
    auto file_of = [](const RuleDefinition& rule, const Compilation& rules) {
        return rules.sources.place(rule.item.name.span()).file;
    };
    std::set<std::string> names, out;
    for (const RuleDefinition& rule : before.ruleset.rules)
        if (was.is_own(file_of(rule, before))) names.insert(rule.item.name.text());
    for (const RuleDefinition& rule : now.ruleset.rules)
        if (names.contains(rule.item.name.text())) out.insert(file_of(rule, now));
    return out;
}

const RuleSet* Base::find(const std::string& name) const {
    if (is_valid())
        for (const RuleSet& set : project_->rule_sets)
            if (set.name() == name) return &set;
    return nullptr;
}

std::optional<Global> Base::global_of(const RuleSet& set, const Global& now, std::string& problem) const {
    Global out = now;
    out.root = root_;
    out.project = project_;
    out.quiet = true;
    out.project_problems = std::make_shared<std::vector<ReportedProblem>>();  // a note tells of them
    out.schemas = *now.schemas_given;
    if (!now.source_given) out.source = std::string(kDefaultSource);
    if (choose_rule_set(out, set)) return out;
    problem = out.project_problems->empty() ? "its schemas cannot be read"
                                            : shown(full_text((*out.project_problems)[0].diagnostic));
    return std::nullopt;
}

std::string Base::shown(std::string text) const {
    std::string folder = project_ ? project_->folder : folder_, prefix = folder + "/";
    for (const std::string& from : {prefix, folder_ + "/"})
        for (size_t at; (at = text.find(from)) != text.npos;) text.replace(at, from.size(), revision_ + ":");
    return text;
}

}  // namespace stoop::cli
