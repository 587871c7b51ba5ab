// SPDX-License-Identifier: Apache-2.0
// The project as it was at another commit: its rule sets and gates, read from the objects of git into a
// private folder.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "cli/command.h"
#include "cli/git.h"

namespace stoop::cli {

// The files where the rules are today that were own in a rule set then.
std::set<std::string> files_of_own_rules(const Compilation& before, const RuleSet& was,
                                         const Compilation& now);

class Base {
  public:
    // The project at the merge base of a revision and HEAD. Null after a message, and `exit` set, if the
    // revision or its files are not there; without a project if it had none, or one that is invalid:
    // `why_no_project` says it.
    static std::unique_ptr<Base> of(const std::string& revision, const Global& global, int& exit);

    const Project* project() const { return is_valid() ? project_.get() : nullptr; }
    // Its file, also if what that names is invalid; null if there is none, or it is invalid by itself.
    const ProjectFile* file() const { return project_ && project_->is_read ? &project_->file : nullptr; }
    const RuleSetDefinition* definition(const std::string& name) const {
        return file() ? find_rule_set(*file(), name) : nullptr;
    }
    // The files of today that were own in a rule set then.
    std::set<std::string> own_files(const RuleSet& was, const Project& now) const;
    const std::string& why_no_project() const { return why_no_project_; }
    // The rule set of this name, or null.
    const RuleSet* find(const std::string& name) const;
    // What is global for it. Nothing, and `problem` set, if one of its schemas is wrong.
    std::optional<Global> global_of(const RuleSet& set, const Global& now, std::string& problem) const;
    // Paths in messages: `REV:rules/web.yaml` for those of the private folder.
    std::string shown(std::string text) const;

  private:
    bool is_valid() const { return project_ && project_->diagnostics.errors() == 0; }

    std::string revision_;
    CommitFiles files_;
    std::string folder_;  // of the project
    std::optional<Root> root_;
    std::shared_ptr<const Project> project_;  // also an invalid one
    std::string why_no_project_;
};

}  // namespace stoop::cli
