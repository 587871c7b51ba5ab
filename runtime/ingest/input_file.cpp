// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/input_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace stoop {
namespace {

constexpr int kLook = 100;    // milliseconds between two looks at a file that is followed
constexpr int kGrace = 1000;  // for who writes to notice that the file was renamed

}  // namespace

InputFile::InputFile(std::string path, InputOptions options) : path_(std::move(path)), options_(options) {
    if (!open()) problem_ = std::strerror(errno);
}

InputFile::InputFile(Descriptor file) {
    if (!take(file.release())) problem_ = std::strerror(errno);
}

InputFile::~InputFile() {
    if (file_ > STDIN_FILENO) ::close(file_);
}

bool InputFile::open() {
    return take(path_ == "-" ? STDIN_FILENO : ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
}

bool InputFile::take(int file) {
    if (file < 0) return false;
    if (file_ > STDIN_FILENO) ::close(file_);
    file_ = file;
    struct stat status;
    if (fstat(file_, &status) != 0) return false;
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return false;
    }
    regular_ = S_ISREG(status.st_mode);
    live_ = !regular_ || options_.follow;
    device_ = status.st_dev;
    inode_ = status.st_ino;
    off_t at = regular_ ? lseek(file_, 0, SEEK_CUR) : 0;  // standard input may stand anywhere
    position_ = at > 0 ? static_cast<uint64_t>(at) : 0;
    size_ = regular_ ? static_cast<uint64_t>(status.st_size) : 0;
    replaced_for_ = 0;
    return true;
}

bool InputFile::wait(int milliseconds) {
    pollfd both[2] = {{milliseconds < 0 ? file_ : -1, POLLIN, 0},
                      {options_.interrupt ? options_.interrupt->wake : -1, POLLIN, 0}};
    poll(both, 2, milliseconds);
    return !was_interrupted();
}

size_t InputFile::read(char* to, size_t size) {
    while (problem_.empty() && file_ >= 0 && !ended_) {
        if (was_interrupted() || (!regular_ && !wait(-1))) return 0;
        ssize_t got = ::read(file_, to, size);
        if (got > 0) {
            position_ += static_cast<uint64_t>(got);
            return static_cast<size_t>(got);
        }
        if (got < 0 && errno != EINTR && errno != EAGAIN) problem_ = std::strerror(errno);
        if (got != 0) continue;
        ended_ = at_end();  // a terminal would be asked for more
        if (ended_ || restarted_) return 0;
    }
    return 0;
}

// Whether nothing more comes.
bool InputFile::at_end() {
    if (options_.follow && regular_) return !follow_on();
    struct stat status;
    if (regular_ && fstat(file_, &status) == 0 &&
        (static_cast<uint64_t>(status.st_size) < position_ || position_ < size_))
        problem_ = "it became shorter while it was read";
    return true;
}

// Waits a little, and looks whether the file is still the one of this name. False on an interrupt.
bool InputFile::follow_on() {
    struct stat here, named;
    if (fstat(file_, &here) == 0 && static_cast<uint64_t>(here.st_size) < position_) {
        position_ = 0;
        lseek(file_, 0, SEEK_SET);
        restarted_ = true;
        return true;
    }
    bool replaced = stat(path_.c_str(), &named) == 0 && (named.st_dev != device_ || named.st_ino != inode_);
    if (replaced && replaced_for_ >= kGrace) {
        restarted_ = open();
        return true;
    }
    replaced_for_ = replaced ? replaced_for_ + kLook : 0;
    return wait(kLook);
}

bool InputFile::restarted() { return std::exchange(restarted_, false); }

}  // namespace stoop
