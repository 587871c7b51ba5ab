// SPDX-License-Identifier: Apache-2.0
#include "cli/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cli/message.h"
#include "runtime/base/counted.h"

namespace stoop::cli {
namespace {

bool is_regular(int file) {
    struct stat status;
    return fstat(file, &status) == 0 && S_ISREG(status.st_mode);
}

// What is not a regular file has readers of its own and is not replaced.
bool can_be_replaced(const std::string& path) {
    struct stat status;
    return stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

}  // namespace

bool OutputFile::fail() {
    if (!problem_.empty()) return false;
    reader_gone_ = errno == EPIPE;
    problem_ = std::strerror(errno);
    return false;
}

bool OutputFile::open() {
    if (standard()) {
        file_ = STDOUT_FILENO;
        return true;
    }
    return options_.append || !can_be_replaced(options_.path) ? open_itself() : replace();
}

bool OutputFile::replace() {
    replacement_ = std::make_unique<FileReplacement>(
        options_.path, ReplaceOptions{.follow_links = true, .sync = options_.sync});
    file_ = replacement_->file();
    problem_ = replacement_->problem();
    return problem_.empty();
}

bool OutputFile::open_itself() {
    // The last byte is read, where that is allowed.
    int flags = O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY;
    if (options_.append) opened_ = Descriptor(::open(options_.path.c_str(), flags | O_RDWR, 0666));
    if (!opened_) opened_ = Descriptor(::open(options_.path.c_str(), flags | O_WRONLY, 0666));
    file_ = opened_.get();
    return opened_ ? end_last_line() : fail();
}

bool OutputFile::end_last_line() {
    off_t end = is_regular(file_) ? lseek(file_, 0, SEEK_END) : 0;
    char last = '\n';
    if (end > 0 && pread(file_, &last, 1, end - 1) == 1 && last != '\n' && write_all(file_, "\n") != 1)
        return fail();
    return true;
}

bool OutputFile::write(const AlertBatch& batch) {
    if (!problem_.empty()) return false;
    size_t done = write_all(file_, batch.text);
    if (done < batch.text.size()) fail();
    auto whole = std::upper_bound(batch.ends.begin(), batch.ends.end(), done);
    size_t kept = whole == batch.ends.begin() ? 0 : *(whole - 1);
    alerts_ += static_cast<uint64_t>(whole - batch.ends.begin());
    bytes_ += kept;
    if (!problem_.empty()) cut_torn(done - kept);
    return problem_.empty() && (!options_.append || sync());
}

void OutputFile::cut_torn(uint64_t torn) {
    struct stat status;
    if (torn == 0 || fstat(file_, &status) != 0 || !S_ISREG(status.st_mode)) return;
    off_t end = lseek(file_, 0, SEEK_CUR);
    if (end != status.st_size) return;
    end -= static_cast<off_t>(torn);
    if (ftruncate(file_, end) == 0) lseek(file_, end, SEEK_SET);
}

bool OutputFile::sync() {
    if (!options_.sync || fsync(file_) == 0) return true;
    return errno == EINVAL || errno == EROFS || fail();  // a pipe has no disk to be on
}

bool OutputFile::complete() {
    if (replacement_) {
        if (replacement_->finish()) return true;
        problem_ = replacement_->problem();
        return false;
    }
    return sync() && (!opened_ || ::close(opened_.release()) == 0 || fail());
}

int OutputFile::finish(int exit, bool quiet) {
    bool complete = problem_.empty() && this->complete();
    bool untouched = replacement_ && file_ >= 0 && !replacement_->replaced();
    replacement_.reset();  // here, too: the program may end without destructors
    if (complete) return exit;
    report(untouched, quiet);
    return kUsage;
}

void OutputFile::report(bool untouched, bool quiet) const {
    std::string written = fmt::format("{} ({} bytes)", counted(alerts_, "alert"), bytes_);
    if (standard() && reader_gone_) {
        if (!quiet) message("note: the reader of standard output went away after {}\n", written);
        return;
    }
    std::string name = standard() ? "standard output" : options_.path;
    message("error: cannot write to {}: {}", name, problem_);
    if (untouched)
        message("; it is left as it was, {} had been written beside it", written);
    else if (alerts_ > 0)
        message("; {} were written before that", written);
    message("\n");
}

bool OutputFile::interactive() const { return isatty(file_) == 1; }

std::string write_output_file(const std::string& path, std::string_view text) {
    if (can_be_replaced(path)) {
        FileReplacement file(path, {.follow_links = true});
        return replace_with(file, text);
    }
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    bool written = file && write_all(file.get(), text) == text.size();
    return written ? "" : std::strerror(errno);
}

int finish_output(int exit) {
    return std::fflush(stdout) == 0 && !std::ferror(stdout) ? exit : output_failed(errno);
}

int output_failed(int error) {
    // Who looks at the first lines only (`| head`) wants no message.
    if (error != EPIPE) message("error: cannot write to standard output: {}\n", std::strerror(error));
    return kUsage;
}

}  // namespace stoop::cli
