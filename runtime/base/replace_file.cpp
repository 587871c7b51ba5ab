// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/replace_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <vector>

namespace stoop {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;   // one behind the other, as the kernel follows
constexpr int kMostNames = 100;  // that are tried for a temporary file
constexpr const char* kAccessList = "system.posix_acl_access";

// The file that a path stands for. A link of somebody else's is not followed: false, with `problem` set.
bool follow(fs::path& path, std::string& problem) {
    for (int i = 0; i < kMostLinks; ++i) {
        struct stat status;
        if (lstat(path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) return true;
        if (status.st_uid != geteuid() && status.st_uid != 0) {
            problem = fmt::format("{} is a symbolic link that belongs to another user", path.string());
            return false;
        }
        std::error_code error;
        fs::path next = fs::read_symlink(path, error);
        if (error) {
            problem = error.message();
            return false;
        }
        path = next.is_absolute() ? next : path.parent_path() / next;
    }
    problem = std::strerror(ELOOP);
    return false;
}

std::string path_of(int descriptor) { return fmt::format("/proc/self/fd/{}", descriptor); }

// The names of a file's extended attributes; none where there are no such attributes.
std::optional<std::vector<std::string>> attribute_names(int file) {
    std::string names;
    for (;;) {
        ssize_t size = flistxattr(file, nullptr, 0);
        if (size < 0 && errno == EOPNOTSUPP) size = 0;
        if (size < 0) return std::nullopt;
        names.resize(static_cast<size_t>(size));
        if (size == 0) break;
        size = flistxattr(file, names.data(), names.size());
        if (size < 0 && errno == ERANGE) continue;  // there are more by now
        if (size < 0) return std::nullopt;
        names.resize(static_cast<size_t>(size));
        break;
    }
    std::vector<std::string> out;
    for (size_t at = 0; at < names.size(); at = names.find('\0', at) + 1)
        out.emplace_back(names.c_str() + at);
    return out;
}

bool copy_attribute(int from, int to, const char* name) {
    std::vector<char> value(XATTR_SIZE_MAX);
    ssize_t size = fgetxattr(from, name, value.data(), value.size());
    return size >= 0 && fsetxattr(to, name, value.data(), static_cast<size_t>(size), 0) == 0;
}

}  // namespace

FileReplacement::FileReplacement(const std::string& path, ReplaceOptions options) : options_(options) {
    fs::path target = path;
    if (options.follow_links && !follow(target, problem_)) return;
    name_ = target.filename().string();
    std::string folder = target.parent_path().string();
    folder_ = Descriptor(open(folder.empty() ? "." : folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    begin();
}

FileReplacement::FileReplacement(Descriptor folder, std::string name, ReplaceOptions options)
    : options_(options), folder_(std::move(folder)), name_(std::move(name)) {
    begin();
}

FileReplacement::~FileReplacement() {
    if (!temporary_.empty()) unlinkat(folder_.get(), temporary_.c_str(), 0);
}

bool FileReplacement::fail() { return fail(std::strerror(errno)); }

bool FileReplacement::fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
    file_ = Descriptor();
    return false;
}

void FileReplacement::begin() {
    if (!folder_) {
        fail();
        return;
    }
    if (!look_at_target()) return;
    if (!make_nameless() && !make_named()) {
        fail();
        return;
    }
    // Others take a temporary file for left over if nobody holds this lock.
    flock(file_.get(), LOCK_EX | LOCK_NB);
    keep_attributes();
}

bool FileReplacement::look_at_target() {
    target_.reset();
    struct stat status;
    if (name_.empty() || name_ == "." || name_ == "..") return fail(std::strerror(EISDIR));
    if (fstatat(folder_.get(), name_.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT || fail();
    if (S_ISLNK(status.st_mode)) return fail("it is a symbolic link");
    if (S_ISDIR(status.st_mode)) return fail(std::strerror(EISDIR));
    if (!S_ISREG(status.st_mode)) return fail("it is not a regular file");
    if (status.st_nlink > 1)
        return fail(fmt::format("it has {} names (hard links), and the others would keep the old contents",
                                status.st_nlink));
    if (faccessat(folder_.get(), name_.c_str(), W_OK, AT_EACCESS) != 0) return fail();
    target_ = status;
    return true;
}

bool FileReplacement::make_nameless() {
    file_ = Descriptor(openat(folder_.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, target_ ? 0600 : 0666));
    // It gets its name through /proc.
    if (file_ && access(path_of(file_.get()).c_str(), F_OK) != 0) file_ = Descriptor();
    return static_cast<bool>(file_);
}

bool FileReplacement::make_named() {
    SignalsBlocked blocked;
    for (int attempt = 0; attempt < kMostNames; ++attempt) {
        std::string name = temporary_name(attempt);
        int flags = O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC;
        file_ = Descriptor(openat(folder_.get(), name.c_str(), flags, target_ ? 0600 : 0666));
        if (!file_ && errno == EEXIST && free_name(name))
            file_ = Descriptor(openat(folder_.get(), name.c_str(), flags, target_ ? 0600 : 0666));
        if (!file_ && errno == EEXIST) continue;
        if (!file_) return false;
        temporary_ = std::move(name);
        removed_on_signal_.set(folder_.get(), temporary_);
        return true;
    }
    return false;
}

std::string FileReplacement::temporary_name(int attempt) const {
    return fmt::format(".stoop-{}-{}", name_.substr(0, NAME_MAX - 16), attempt);
}

// Removes a temporary file that a program which is no more has left.
bool FileReplacement::free_name(const std::string& name) const {
    Descriptor left(openat(folder_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat here, named;
    bool abandoned = left && fstat(left.get(), &here) == 0 && S_ISREG(here.st_mode) &&
                     here.st_uid == geteuid() && flock(left.get(), LOCK_EX | LOCK_NB) == 0 &&
                     fstatat(folder_.get(), name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
                     here.st_dev == named.st_dev && here.st_ino == named.st_ino;
    if (abandoned && unlinkat(folder_.get(), name.c_str(), 0) == 0) return true;
    errno = EEXIST;
    return false;
}

// Owner, access list and mode, in this order: each change may reset what follows.
bool FileReplacement::keep_attributes() {
    if (!target_) return true;
    struct stat is;
    if (fstat(file_.get(), &is) != 0) return fail();
    if ((is.st_uid != target_->st_uid || is.st_gid != target_->st_gid) &&
        fchown(file_.get(), target_->st_uid, target_->st_gid) != 0)
        return fail(fmt::format("its owner cannot be kept: {}", std::strerror(errno)));
    int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    Descriptor target(openat(folder_.get(), name_.c_str(), flags));
    if (!target || !keep_extended(target.get()))
        return fail(fmt::format("its attributes cannot be kept: {}", std::strerror(errno)));
    if (fchmod(file_.get(), target_->st_mode & 07777) != 0)
        return fail(fmt::format("its mode cannot be kept: {}", std::strerror(errno)));
    return true;
}

bool FileReplacement::keep_extended(int target) {
    auto names = attribute_names(target);
    if (!names) return false;
    // The folder may have given the new file an access list that the old one does not have.
    if (fremovexattr(file_.get(), kAccessList) != 0 && errno != ENODATA && errno != EOPNOTSUPP) return false;
    for (const std::string& name : *names)
        if ((name == kAccessList || name.starts_with("user.")) &&
            !copy_attribute(target, file_.get(), name.c_str()))
            return false;
    return true;
}

bool FileReplacement::finish() {
    if (!problem_.empty()) return false;
    // The target may have changed since.
    if (!look_at_target() || !keep_attributes() || !complete()) return false;
    SignalsBlocked blocked;
    return (!temporary_.empty() || give_temporary_name()) && take_name();
}

// Everything on its way, so that no problem with it can come later.
bool FileReplacement::complete() {
    if (options_.sync) return fsync(file_.get()) == 0 || fail();
    // Network file systems report problems when a descriptor is closed.
    int copy = dup(file_.get());
    return copy < 0 || ::close(copy) == 0 || fail();
}

bool FileReplacement::link_as(const std::string& name) const {
    return linkat(AT_FDCWD, path_of(file_.get()).c_str(), folder_.get(), name.c_str(), AT_SYMLINK_FOLLOW) ==
           0;
}

// A name is linked to, which cannot replace another: a new file gets its own at once, leaving `temporary_`
// empty.
bool FileReplacement::give_temporary_name() {
    if (!target_ && link_as(name_)) return true;
    if (!target_ && errno != EEXIST) return fail();
    for (int attempt = 0; attempt < kMostNames; ++attempt) {
        std::string name = temporary_name(attempt);
        if (link_as(name) || (errno == EEXIST && free_name(name) && link_as(name))) {
            temporary_ = std::move(name);
            removed_on_signal_.set(folder_.get(), temporary_);
            return true;
        }
        if (errno != EEXIST) break;
    }
    return fail();
}

bool FileReplacement::take_name() {
    if (!temporary_.empty()) {
        if (renameat(folder_.get(), temporary_.c_str(), folder_.get(), name_.c_str()) != 0) return fail();
        removed_on_signal_.clear();
        temporary_.clear();
    }
    replaced_ = true;
    if (!options_.sync) return true;
    Descriptor folder(openat(folder_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return (folder && (fsync(folder.get()) == 0 || errno == EINVAL || errno == EROFS)) || fail();
}

std::string replace_with(FileReplacement& file, std::string_view text) {
    if (file.problem().empty() && write_all(file.file(), text) < text.size()) return std::strerror(errno);
    file.finish();
    return file.problem();
}

}  // namespace stoop
