#include "cli/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "cli/message.h"

namespace stoop::cli {
namespace {

namespace fs = std::filesystem;

// How much of `text` was written; all of it, or errno says why not.
size_t write_all(int file, std::string_view text) {
    size_t done = 0;
    while (done < text.size()) {
        ssize_t size = ::write(file, text.data() + done, text.size() - done);
        if (size > 0) {
            done += static_cast<size_t>(size);
        } else if (size < 0 && errno == EAGAIN) {
            pollfd wait{file, POLLOUT, 0};
            poll(&wait, 1, -1);
        } else if (size == 0 || errno != EINTR) {
            if (size == 0) errno = ENOSPC;
            break;
        }
    }
    return done;
}

bool is_regular(int file) {
    struct stat status;
    return fstat(file, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

OutputFile::~OutputFile() { discard(); }

void OutputFile::discard() {
    if (file_ >= 0 && !standard()) ::close(std::exchange(file_, -1));
    if (!temporary_.empty()) unlink(temporary_.c_str());
    temporary_.clear();
}

bool OutputFile::fail() {
    if (problem_ == 0) problem_ = errno;
    return false;
}

bool OutputFile::open() {
    if (standard()) {
        file_ = STDOUT_FILENO;
        return true;
    }
    struct stat status;
    bool exists = stat(options_.path.c_str(), &status) == 0;
    return options_.append || (exists && !S_ISREG(status.st_mode)) ? open_itself() : open_beside();
}

bool OutputFile::open_itself() {
    // The last byte is read, where that is allowed.
    int flags = O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY;
    if (options_.append) file_ = ::open(options_.path.c_str(), flags | O_RDWR, 0666);
    if (file_ < 0) file_ = ::open(options_.path.c_str(), flags | O_WRONLY, 0666);
    return file_ < 0 ? fail() : end_last_line();
}

bool OutputFile::end_last_line() {
    off_t end = is_regular(file_) ? lseek(file_, 0, SEEK_END) : 0;
    char last = '\n';
    if (end > 0 && pread(file_, &last, 1, end - 1) == 1 && last != '\n' && write_all(file_, "\n") != 1)
        return fail();
    return true;
}

bool OutputFile::open_beside() {
    std::error_code error;
    fs::path target = fs::weakly_canonical(options_.path, error);  // of a link, the file it stands for
    if (error) target = options_.path;
    target_ = target.string();
    struct stat status;
    bool exists = stat(target_.c_str(), &status) == 0;
    if (exists && access(target_.c_str(), W_OK) != 0) return fail();
    for (int attempt = 0; attempt < 100 && file_ < 0; ++attempt) {
        temporary_ = (target.parent_path() / fmt::format(".stoop-{}-{}", getpid(), attempt)).string();
        file_ = ::open(temporary_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
        if (file_ < 0 && errno != EEXIST) break;
    }
    if (file_ < 0) {
        temporary_.clear();
        return fail();
    }
    return !exists || fchmod(file_, status.st_mode & 07777) == 0 || fail();
}

bool OutputFile::write(const AlertBatch& batch) {
    if (problem_ != 0) return false;
    size_t done = write_all(file_, batch.text);
    if (done < batch.text.size()) fail();
    auto whole = std::upper_bound(batch.ends.begin(), batch.ends.end(), done);
    size_t kept = whole == batch.ends.begin() ? 0 : *(whole - 1);
    alerts_ += static_cast<uint64_t>(whole - batch.ends.begin());
    bytes_ += kept;
    if (problem_ != 0) cut_torn(done - kept);
    return problem_ == 0 && (!options_.append || sync());
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

bool OutputFile::close() {
    int file = std::exchange(file_, -1);
    return standard() || file < 0 || ::close(file) == 0 || fail();
}

bool OutputFile::take_name() {
    if (temporary_.empty()) return true;
    if (rename(temporary_.c_str(), target_.c_str()) != 0) return fail();
    temporary_.clear();
    if (!options_.sync) return true;
    std::string folder = fs::path(target_).parent_path().string();
    file_ = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return file_ < 0 ? fail() : sync() && close();
}

int OutputFile::finish(int exit, bool quiet) {
    if (problem_ == 0 && sync() && close() && take_name()) return exit;
    report(quiet);
    discard();  // here, too: the program may end without destructors
    return kUsage;
}

void OutputFile::report(bool quiet) const {
    std::string written = fmt::format("{} alert{} ({} bytes)", alerts_, alerts_ == 1 ? "" : "s", bytes_);
    if (standard() && problem_ == EPIPE) {
        if (!quiet) message("note: the reader of standard output went away after {}\n", written);
        return;
    }
    std::string name = standard() ? "standard output" : options_.path;
    message("error: cannot write to {}: {}", name, std::strerror(problem_));
    if (!temporary_.empty())
        message("; it is left as it was, {} had been written beside it", written);
    else if (alerts_ > 0)
        message("; {} were written before that", written);
    message("\n");
}

bool OutputFile::interactive() const { return isatty(file_) == 1; }

int finish_output(int exit) {
    return std::fflush(stdout) == 0 && !std::ferror(stdout) ? exit : output_failed(errno);
}

int output_failed(int error) {
    // Who looks at the first lines only (`| head`) wants no message.
    if (error != EPIPE) message("error: cannot write to standard output: {}\n", std::strerror(error));
    return kUsage;
}

}  // namespace stoop::cli
