#include "cli/watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>

#include "runtime/base/file.h"

namespace stoop::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kBurst = 50;  // milliseconds
constexpr uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;

// What is replaced by an older file has a newer change of its entry only.
bool written_since(const std::string& file, timespec since) {
    struct stat now;
    if (stat(file.c_str(), &now) != 0) return false;
    auto is_since = [&](timespec time) {
        return time.tv_sec != since.tv_sec ? time.tv_sec > since.tv_sec : time.tv_nsec >= since.tv_nsec;
    };
    return is_since(now.st_mtim) || is_since(now.st_ctim);
}

}  // namespace

timespec next_file_time() {
    auto now = [] {
        timespec out;
        clock_gettime(CLOCK_REALTIME_COARSE, &out);
        return out;
    };
    constexpr timespec kPause{0, 500'000};
    timespec begin = now(), out = begin;
    // Equal, not before: the clock may be set back.
    for (; out.tv_sec == begin.tv_sec && out.tv_nsec == begin.tv_nsec; out = now())
        nanosleep(&kPause, nullptr);
    return out;
}

std::set<std::string> wait_for_change(const std::set<std::string>& files, timespec since,
                                      std::string& error) {
    std::set<std::string> changed;
    Descriptor watcher(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    std::map<int, std::map<std::string, std::string>> watched;  // by folder: names of files, and their paths
    for (const std::string& file : files) {
        std::string folder = fs::path(file).parent_path().string();
        int at = inotify_add_watch(watcher.get(), folder.empty() ? "." : folder.c_str(), kEvents);
        if (at < 0) continue;
        watched[at][fs::path(file).filename().string()] = file;
    }
    if (watched.empty()) {
        error = std::strerror(errno);
        return changed;
    }
    for (const std::string& file : files)
        if (written_since(file, since)) changed.insert(file);
    for (;;) {
        pollfd wait{watcher.get(), POLLIN, 0};
        int ready = poll(&wait, 1, changed.empty() ? -1 : kBurst);
        if (ready == 0) return changed;
        if (ready < 0 && errno == EINTR) continue;
        alignas(inotify_event) char buffer[1 << 14];
        ssize_t got = read(watcher.get(), buffer, sizeof buffer);
        for (ssize_t at = 0; at < got;) {
            const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
            at += static_cast<ssize_t>(sizeof *event + event->len);
            auto folder = watched.find(event->wd);
            if (folder == watched.end() || event->len == 0) continue;
            auto file = folder->second.find(event->name);
            if (file != folder->second.end()) changed.insert(file->second);
        }
    }
}

}  // namespace stoop::cli
