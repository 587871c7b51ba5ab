// SPDX-License-Identifier: Apache-2.0
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
constexpr uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE;
constexpr int kMostLinks = 40;  // as the kernel

bool is_since(timespec time, timespec since) {
    return time.tv_sec != since.tv_sec ? time.tv_sec > since.tv_sec : time.tv_nsec >= since.tv_nsec;
}

// What is replaced by an older file has a newer change of its entry only.
bool written_since(const std::string& path, timespec since, bool follow) {
    struct stat now;
    if ((follow ? stat : lstat)(path.c_str(), &now) != 0) return false;
    return is_since(now.st_mtim, since) || is_since(now.st_ctim, since);
}

// Calls visit(path) with the file and with every link on the way to it: whatever decides what the path stands
// for.
template <typename Visit>
void for_each_step(const std::string& file, const Visit& visit) {
    fs::path done, left = file;
    for (int links = 0; !left.empty();) {
        fs::path name = *left.begin();
        left = left.lexically_relative(name);
        if (left == ".") left.clear();
        fs::path here = done / name;
        std::error_code error;
        if (!fs::is_symlink(here, error) || ++links > kMostLinks) {
            done = here;
            continue;
        }
        visit(here.string());
        fs::path target = fs::read_symlink(here, error);
        if (target.is_absolute()) done.clear();
        left = left.empty() ? target : target / left;
    }
    visit(done.string());
}

// The entries of folders that are watched.
class Watcher {
  public:
    Watcher() : descriptor_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {}

    int descriptor() const { return descriptor_.get(); }
    bool empty() const { return folders_.empty(); }

    void add_file(const std::string& file) {
        for_each_step(file, [&](const std::string& step) {
            if (Folder* folder = add(fs::path(step).parent_path().string()))
                folder->files[fs::path(step).filename().string()].insert(file);
        });
    }
    void add_folder(const std::string& path) {
        std::error_code error;
        if (Folder* folder = add(path)) folder->shown = path;
        constexpr auto kOptions = fs::directory_options::skip_permission_denied;
        for (fs::recursive_directory_iterator at(path, kOptions, error), end; !error && at != end;
             at.increment(error)) {
            std::error_code ignored;
            if (!at->is_directory(ignored) || at->is_symlink(ignored)) continue;
            if (at->path().filename().string().starts_with('.'))
                at.disable_recursion_pending();
            else if (Folder* folder = add(at->path().string()))
                folder->shown = at->path().string();
        }
    }

    // Adds what has changed.
    void read_events(std::set<std::string>& changed) {
        alignas(inotify_event) char buffer[1 << 14];
        ssize_t got = read(descriptor_.get(), buffer, sizeof buffer);
        for (ssize_t at = 0; at < got;) {
            const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
            at += static_cast<ssize_t>(sizeof *event + event->len);
            auto found = folders_.find(event->wd);
            if (found == folders_.end() || event->len == 0) continue;
            const Folder& folder = found->second;
            // What is created by writing to it counts once it is closed.
            if ((event->mask & IN_CREATE) && is_being_written(folder.path, event->name)) continue;
            if (auto files = folder.files.find(event->name); files != folder.files.end())
                changed.insert(files->second.begin(), files->second.end());
            else if (!folder.shown.empty() && (event->mask & (IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE)))
                changed.insert(folder.shown);
        }
    }

  private:
    struct Folder {
        std::string path;
        std::string shown;                                   // if new files in it count
        std::map<std::string, std::set<std::string>> files;  // by name: the files for which it counts
    };

    Folder* add(const std::string& path) {
        std::string name = path.empty() ? "." : path;
        int at = inotify_add_watch(descriptor_.get(), name.c_str(), kEvents);
        if (at < 0) return nullptr;
        folders_[at].path = name;
        return &folders_[at];
    }
    static bool is_being_written(const std::string& folder, const char* name) {
        struct stat now;
        return lstat((fs::path(folder) / name).c_str(), &now) == 0 && S_ISREG(now.st_mode) &&
               now.st_nlink == 1;
    }

    Descriptor descriptor_;
    std::map<int, Folder> folders_;
};

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

std::set<std::string> wait_for_change(const Watched& watched, timespec since, std::string& error) {
    std::set<std::string> changed;
    Watcher watcher;
    for (const std::string& file : watched.files) watcher.add_file(file);
    for (const std::string& folder : watched.folders) watcher.add_folder(folder);
    if (watcher.empty()) {
        error = std::strerror(errno);
        return changed;
    }
    for (const std::string& file : watched.files) {
        bool written = written_since(file, since, true);
        for_each_step(
            file, [&](const std::string& step) { written = written || written_since(step, since, false); });
        if (written) changed.insert(file);
    }
    for (const std::string& folder : watched.folders)
        if (written_since(folder, since, true)) changed.insert(folder);
    for (;;) {
        pollfd wait{watcher.descriptor(), POLLIN, 0};
        int ready = poll(&wait, 1, changed.empty() ? -1 : kBurst);
        if (ready == 0) return changed;
        if (ready > 0) watcher.read_events(changed);
    }
}

}  // namespace stoop::cli
