// SPDX-License-Identifier: Apache-2.0
// Replacing a file as a whole: it has all of the new contents or it is what it was, whatever happens.
//
// The new contents go to a file without a name (O_TMPFILE), which gets a name only when it is complete. Where
// the file system has no such files, a temporary file `.stoop-NAME-N` stands beside the target instead. Then
// the target is replaced by rename. A signal that ends the program removes the temporary file first; SIGKILL
// can leave one, which the next replacement of the same target removes.
//
// Owner, group, mode, access list and `user.*` attributes stay as they were, and so does a target that cannot
// keep them: that is an error. So is a target with several names (hard links), because the others would keep
// the old contents. Labels of security modules and the attributes of chattr are not copied.
//
// One owner, one thread.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/file.h"
#include "runtime/base/signals.h"

namespace stoop {

struct ReplaceOptions {
    bool follow_links =
        false;          // replace the file that a symbolic link stands for; otherwise a link is an error
    bool sync = false;  // on the disk when `finish` returns
};

class FileReplacement {
  public:
    FileReplacement(const std::string& path, ReplaceOptions options);
    // The file `name` in a folder that is already open.
    FileReplacement(Descriptor folder, std::string name, ReplaceOptions options);
    ~FileReplacement();  // without `finish` the target stays what it was
    FileReplacement(const FileReplacement&) = delete;

    // The new contents are written to this; -1 if there is a problem.
    int file() const { return file_.get(); }
    // Completes the file and gives it its name. False if that failed; the target is then what it was, unless
    // `replaced` and only its folder could not be written to the disk.
    bool finish();
    bool replaced() const { return replaced_; }
    // Why it cannot be replaced, or empty.
    const std::string& problem() const { return problem_; }

  private:
    void begin();
    bool look_at_target();
    bool make_nameless();
    bool make_named();
    bool keep_attributes();
    bool keep_extended(int target);
    bool complete();
    bool give_temporary_name();
    bool take_name();
    bool link_as(const std::string& name) const;
    bool free_name(const std::string& name) const;
    std::string temporary_name(int attempt) const;
    bool fail();
    bool fail(std::string problem);

    ReplaceOptions options_;
    Descriptor folder_;
    std::string name_;
    std::optional<struct stat> target_;  // none: there is no such file yet
    Descriptor file_;
    std::string temporary_;  // the name of `file_` in the folder; empty if it has none
    RemovedOnSignal removed_on_signal_;
    bool replaced_ = false;
    std::string problem_;
};

// Writes all of the new contents and finishes. Returns why it failed, or an empty text.
std::string replace_with(FileReplacement& file, std::string_view text);

}  // namespace stoop
