// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/root.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace stoop {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOutside = "it lies outside the root";
constexpr const char* kGit = "it belongs to a git repository's own data";

// Without links; an empty text, and errno, if there is no such file.
std::string real_path(const std::string& path) {
    std::unique_ptr<char, decltype(&std::free)> out(realpath(path.c_str(), nullptr), std::free);
    return out ? out.get() : "";
}

bool is_there(const fs::path& path) {
    struct stat status;
    return lstat(path.c_str(), &status) == 0;
}

bool is_link(int folder, const std::string& path) {
    struct stat status;
    return fstatat(folder, path.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
}

// The nearest folder from `folder` upwards that has a `.git`, which is a folder or, in a worktree or
// submodule, a file.
std::optional<std::string> top_of_repository(fs::path folder) {
    for (;; folder = folder.parent_path()) {
        if (is_there(folder / ".git")) return folder.string();
        if (folder == folder.parent_path()) return std::nullopt;
    }
}

bool is_git_name(const std::string& component) { return strcasecmp(component.c_str(), ".git") == 0; }

bool has_git_name(const fs::path& path) {
    return std::any_of(path.begin(), path.end(), [](const fs::path& p) { return is_git_name(p.string()); });
}

// A git repository's own data under another name, as of a bare repository.
bool is_git_folder(int folder) {
    auto holds = [&](const char* name, mode_t type) {
        struct stat status;
        return fstatat(folder, name, &status, 0) == 0 && (type == 0 || (status.st_mode & S_IFMT) == type);
    };
    return holds("HEAD", 0) && holds("objects", S_IFDIR) && holds("refs", S_IFDIR);
}

// /proc, /sys and the like: files that tell of the machine and its programs.
bool is_of_kernel(int file) {
    constexpr unsigned long kKinds[] = {PROC_SUPER_MAGIC,   SYSFS_MAGIC,      DEBUGFS_MAGIC,
                                        TRACEFS_MAGIC,      SECURITYFS_MAGIC, CGROUP2_SUPER_MAGIC,
                                        CGROUP_SUPER_MAGIC, BPF_FS_MAGIC,     EFIVARFS_MAGIC,
                                        PSTOREFS_MAGIC,     SELINUX_MAGIC};
    struct statfs status;
    if (fstatfs(file, &status) != 0) return true;
    return std::find(std::begin(kKinds), std::end(kKinds), static_cast<unsigned long>(status.f_type)) !=
           std::end(kKinds);
}

std::string hard_links(const struct stat& status) {
    return fmt::format("it has {} names (hard links), some of which may lie outside the root",
                       status.st_nlink);
}

// Why a file with this status is not read, or an empty text.
std::string why_not_read(const struct stat& status) {
    if (S_ISDIR(status.st_mode)) return std::strerror(EISDIR);
    if (!S_ISREG(status.st_mode)) return "it is not a regular file";
    return status.st_nlink > 1 ? hard_links(status) : "";
}

}  // namespace

Root::Root(std::string path, bool given)
    : path_(std::move(path)),
      given_(given),
      folder_(std::make_shared<Descriptor>(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC))) {}

std::optional<Root> Root::of_run(const std::string& given, const std::string& project, std::string& error) {
    const std::string& named = given.empty() ? project : given;
    std::string path = real_path(named.empty() ? "." : named);
    if (named.empty() && !path.empty()) path = top_of_repository(path).value_or(path);
    Root out(path, !given.empty());
    if (*out.folder_) return out;
    error = std::strerror(errno);
    return std::nullopt;
}

Root Root::for_tests(const std::string& path) const {
    std::string real = real_path(path);
    if (given_ || real.empty() || real == path_ || below(real)) return *this;
    std::error_code ignored;
    fs::path folder = fs::is_directory(real, ignored) ? fs::path(real) : fs::path(real).parent_path();
    return {top_of_repository(folder).value_or(folder.string()), false};
}

std::string Root::shown() const {
    std::error_code error;
    fs::path from_here = fs::path(path_).lexically_relative(fs::current_path(error));
    auto is_up = [](const fs::path& p) { return p == ".."; };
    bool short_enough = std::all_of(from_here.begin(), from_here.end(), is_up) ||
                        std::none_of(from_here.begin(), from_here.end(), is_up);
    return !error && short_enough ? from_here.string() : path_;
}

std::optional<std::string> Root::below(const std::string& real) const {
    std::string prefix = path_ == "/" ? path_ : path_ + "/";
    if (!real.starts_with(prefix) || real.size() == prefix.size()) return std::nullopt;
    return real.substr(prefix.size());
}

bool Root::holds(const std::string& path) const { return below(real_path(path)).has_value(); }

// The real path; an empty text, and the problem in `out`, if there is no such file below the root.
std::string Root::resolve(const std::string& path, File& out) const {
    std::string real = path.find('\0') == path.npos ? real_path(path) : "";
    if (below(real)) return real;
    int error = path.find('\0') == path.npos ? errno : ENOENT;
    out.problem = real == path_ ? std::strerror(EISDIR) : kOutside;
    if (!real.empty()) return "";
    // The reason may be told if the place where the file would be lies below the root, and no link is there.
    std::error_code ignored;
    for (fs::path at = fs::absolute(path, ignored).lexically_normal(); at.has_relative_path();
         at = at.parent_path()) {
        std::string folder = real_path(at.parent_path().string());
        if (folder.empty()) continue;
        if ((folder != path_ && !below(folder)) || is_link(AT_FDCWD, folder + "/" + at.filename().string()))
            break;
        out.problem = std::strerror(error);
        out.missing = error == ENOENT;
        break;
    }
    return "";
}

// The folder `below_root` without following links; none, and why, if it is not for untrusted files.
Descriptor Root::walk(const std::string& below_root, std::string& problem) const {
    Descriptor at(openat(folder_->get(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    for (const fs::path& component : fs::path(below_root)) {
        constexpr int kFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        Descriptor next;
        if (at) next = Descriptor(openat(at.get(), component.c_str(), kFlags));
        if (at && !next && errno == ENOTDIR && is_link(at.get(), component.c_str()))
            problem = "a symbolic link leads there";
        at = std::move(next);
        if (!at) break;
        if (is_git_name(component.string()) || is_git_folder(at.get())) {
            problem = kGit;
            return {};
        }
    }
    if (!at && problem.empty()) problem = std::strerror(errno);
    return at;
}

Root::File Root::open_folder_of(const std::string& path) const {
    File out;
    std::error_code error;
    fs::path file = fs::absolute(path, error).lexically_normal();
    if (auto inside = below(file.string())) {
        out.descriptor = walk(fs::path(*inside).parent_path().string(), out.problem);
    } else {
        out.descriptor = Descriptor(::open(file.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!out.descriptor) out.problem = std::strerror(errno);
    }
    return out;
}

Root::File Root::open(const std::string& path) const {
    File out;
    out.path = resolve(path, out);
    if (!out.problem.empty()) return out;
    fs::path inside = *below(out.path);
    std::string name = inside.filename().string();
    if (is_git_name(name)) {
        out.problem = kGit;
        return out;
    }
    Descriptor folder = walk(inside.parent_path().string(), out.problem);
    if (!folder) return out;
    struct stat named, opened;
    if (fstatat(folder.get(), name.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0) {
        out.problem = std::strerror(errno);
        return out;
    }
    out.problem = why_not_read(named);
    if (!out.problem.empty()) return out;
    constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    Descriptor file(openat(folder.get(), name.c_str(), kFlags));
    if (!file || fstat(file.get(), &opened) != 0)
        out.problem = std::strerror(errno);
    else if (opened.st_dev != named.st_dev || opened.st_ino != named.st_ino)
        out.problem = "it was replaced while it was opened";
    else if (is_of_kernel(file.get()))
        out.problem = "it is a file of the kernel";
    else
        out.descriptor = std::move(file);
    return out;
}

std::string Root::why_not_quoted(const std::string& path) const {
    std::string real = path == "-" ? "" : real_path(path);
    if (real.empty()) return "";  // it cannot be read
    std::error_code error;
    fs::path typed = fs::absolute(path, error).lexically_normal();
    if (error || !below(typed.string())) return "";  // the user chose it
    auto inside = below(real);
    if (!inside) return kOutside;
    if (has_git_name(*inside)) return kGit;
    fs::path extension = fs::path(real).extension();
    if (real != typed.string() && extension != ".yaml" && extension != ".yml")
        return "it is a link to a file that is not named *.yaml";
    struct stat status;
    if (stat(real.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink > 1)
        return hard_links(status);
    return "";
}

}  // namespace stoop
