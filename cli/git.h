// SPDX-License-Identifier: Apache-2.0
// What a commit holds, read from the objects of a git repository by git itself.
//
// The repository may be a stranger's, with a configuration that names programs. So git is told of the
// repository and is never left to look for one; of its environment it gets nothing but the folders of
// programs; it is asked for names and objects only, never for a checkout, a filter, a hook or a diff; and it
// must not fetch what is missing (docs/security.md). One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/file.h"

namespace stoop::cli {

class GitRepository {
  public:
    // The repository whose working tree holds the folder. Nothing, and `problem` set, if there is none, or no
    // git.
    static std::optional<GitRepository> of(const std::string& folder, std::string& problem);

    const std::string& top() const { return top_; }  // of the working tree, without links

    // The commit that a revision names; nothing if it is not there.
    std::optional<std::string> commit(const std::string& revision) const;
    // The last one that both come from; nothing if there is none here.
    std::optional<std::string> merge_base(const std::string& commit, const std::string& other) const;
    bool is_shallow() const;

    struct File {
        std::string path;  // from the top
        std::string object;
        uint64_t size = 0;
        bool link = false;
    };
    // The files of a commit below a folder, which is empty for all. Nothing if git fails.
    std::optional<std::vector<File>> files(const std::string& commit, const std::string& folder) const;
    // Calls visit(index, contents) with each of the files. False if git fails.
    template <typename Visit>
    bool read(const std::vector<File>& files, const Visit& visit) const;

  private:
    GitRepository(std::string git, std::string top) : git_(std::move(git)), top_(std::move(top)) {}
    // What git prints, if it ends well.
    std::optional<std::string> run(const std::vector<std::string>& arguments,
                                   std::string_view input = "") const;

    std::string git_, top_;
};

// A private folder that holds the files of a commit as long as it lives.
class CommitFiles {
  public:
    CommitFiles();
    ~CommitFiles();
    CommitFiles(const CommitFiles&) = delete;

    // Those below `folder`, which is relative to the top. Returns why they cannot be had, or an empty text.
    // What is no regular file or link is left out.
    std::string write(const GitRepository& git, const std::string& commit, const std::string& folder,
                      const Limits& limits);
    // Where `folder` is now.
    std::string path(const std::string& folder) const;

  private:
    std::string write_file(const GitRepository::File& file, std::string_view contents) const;

    std::string top_;
};

}  // namespace stoop::cli
