// SPDX-License-Identifier: Apache-2.0
#include "cli/git.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "runtime/base/ascii.h"

namespace stoop::cli {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMostOutput = uint64_t{2} << 30;
constexpr std::chrono::seconds kLongest{120};

// The folders of PATH that stand for the same wherever we are: a name without a slash in front could be a
// file of the repository.
std::vector<std::string> program_folders() {
    std::vector<std::string> out;
    const char* given = getenv("PATH");
    std::string_view path = given ? given : "/usr/local/bin:/usr/bin:/bin";
    for (size_t begin = 0; begin <= path.size();) {
        size_t end = std::min(path.find(':', begin), path.size());
        std::string_view folder = path.substr(begin, end - begin);
        if (folder.starts_with('/')) out.emplace_back(folder);
        begin = end + 1;
    }
    return out;
}

std::string find_git() {
    for (const std::string& folder : program_folders())
        if (std::string program = folder + "/git"; access(program.c_str(), X_OK) == 0) return program;
    return "";
}

// Nothing of ours, nothing of the machine's and the user's configuration; no programs that reach for other
// machines.
std::vector<std::string> environment() {
    return {fmt::format("PATH={}", fmt::join(program_folders(), ":")),
            "LC_ALL=C",
            "HOME=/nonexistent",
            "XDG_CONFIG_HOME=/nonexistent",
            "GIT_CONFIG_NOSYSTEM=1",
            "GIT_CONFIG_GLOBAL=/dev/null",
            "GIT_ALLOW_PROTOCOL=none",
            "GIT_NO_LAZY_FETCH=1",
            "GIT_NO_REPLACE_OBJECTS=1",
            "GIT_OPTIONAL_LOCKS=0",
            "GIT_TERMINAL_PROMPT=0",
            "GIT_LITERAL_PATHSPECS=1",
            "GIT_ATTR_NOSYSTEM=1",
            "GIT_PAGER=cat"};
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
    out.push_back(nullptr);
    return out;
}

// All that comes until the end; nothing if that is too much or takes too long.
std::optional<std::string> read_all(int descriptor) {
    auto end = std::chrono::steady_clock::now() + kLongest;
    std::string out;
    char buffer[1 << 16];
    for (;;) {
        auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now())
                .count();
        pollfd wait{descriptor, POLLIN, 0};
        int ready = left > 0 ? poll(&wait, 1, static_cast<int>(left)) : 0;
        if (ready == 0 || (ready < 0 && errno != EINTR)) return std::nullopt;
        if (ready < 0) continue;
        ssize_t got = ::read(descriptor, buffer, sizeof buffer);
        if (got == 0) return out;
        if (got < 0 && errno != EINTR) return std::nullopt;
        if (got > 0) out.append(buffer, static_cast<size_t>(got));
        if (out.size() > kMostOutput) return std::nullopt;
    }
}

// A file without a name that holds the text, to be read from its beginning.
Descriptor memory_file(std::string_view text) {
    Descriptor out(memfd_create("stoop", MFD_CLOEXEC));
    if (!out || write_all(out.get(), text) < text.size() || lseek(out.get(), 0, SEEK_SET) != 0) return {};
    return out;
}

std::string one_line(std::optional<std::string> text) {
    if (!text) return "";
    return text->substr(0, text->find('\n'));
}

bool is_object_name(std::string_view text) {
    auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return (text.size() == 40 || text.size() == 64) && std::all_of(text.begin(), text.end(), hex);
}

// A path in a tree that is one below the folder that it is written to.
bool is_plain_path(const std::string& path) {
    fs::path names(path);
    return !path.empty() && names.is_relative() &&
           std::all_of(names.begin(), names.end(), [](const fs::path& name) {
               std::string text = lower(name.string());
               return !text.empty() && text != "." && text != ".." && text != ".git";
           });
}

// The names that files of rules, tests and events have; they are taken before others.
bool is_likely(const std::string& path) {
    constexpr std::string_view kEnds[] = {".yaml", ".yml", ".json", ".jsonl", ".gz", ".zst", ".log", ".scap"};
    return std::any_of(std::begin(kEnds), std::end(kEnds), [&](auto end) { return path.ends_with(end); });
}

}  // namespace

std::optional<GitRepository> GitRepository::of(const std::string& folder, std::string& problem) {
    std::string git = find_git();
    if (git.empty()) {
        problem = "there is no program 'git'; install it";
        return std::nullopt;
    }
    std::error_code wrong, not_there;
    for (fs::path at = fs::canonical(folder, wrong); !wrong; at = at.parent_path()) {
        if (fs::exists(fs::symlink_status(at / ".git", not_there))) return GitRepository(git, at.string());
        if (at == at.parent_path()) break;
    }
    problem = "this folder is in no git repository";
    return std::nullopt;
}

std::optional<std::string> GitRepository::run(const std::vector<std::string>& arguments,
                                              std::string_view input) const {
    Descriptor in = memory_file(input), nothing(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    int pipe[2];
    if (!in || !nothing || pipe2(pipe, O_CLOEXEC) != 0) return std::nullopt;
    Descriptor out(pipe[0]), write_end(pipe[1]);
    std::vector<std::string> words = {git_,
                                      "--no-pager",
                                      "--git-dir=" + top_ + "/.git",
                                      "--work-tree=" + top_,
                                      "-c",
                                      "core.fsmonitor=false",
                                      "-c",
                                      "core.hooksPath=/dev/null",
                                      "-c",
                                      "core.alternateRefsCommand=false"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> variables = environment();
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0) return std::nullopt;
    posix_spawn_file_actions_adddup2(&actions, in.get(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, write_end.get(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, nothing.get(), STDERR_FILENO);
    posix_spawn_file_actions_addchdir_np(&actions, "/");
    pid_t child = 0;
    int failed = posix_spawn(&child, git_.c_str(), &actions, nullptr, pointers(words).data(),
                             pointers(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) return std::nullopt;
    write_end = Descriptor();
    std::optional<std::string> text = read_all(out.get());
    if (!text) kill(child, SIGKILL);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? text : std::nullopt;
}

std::optional<std::string> GitRepository::commit(const std::string& revision) const {
    std::string out =
        one_line(run({"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"}));
    return is_object_name(out) ? std::optional(out) : std::nullopt;
}

std::optional<std::string> GitRepository::merge_base(const std::string& commit,
                                                     const std::string& other) const {
    std::string out = one_line(run({"merge-base", commit, other}));
    return is_object_name(out) ? std::optional(out) : std::nullopt;
}

bool GitRepository::is_shallow() const {
    return one_line(run({"rev-parse", "--is-shallow-repository"})) == "true";
}

std::optional<std::vector<GitRepository::File>> GitRepository::files(const std::string& commit,
                                                                     const std::string& folder) const {
    std::vector<std::string> words = {"ls-tree", "-r", "-z", "-l", "--full-tree", commit};
    if (!folder.empty()) words.insert(words.end(), {"--", folder + "/"});
    auto text = run(words);
    if (!text) return std::nullopt;
    std::vector<File> out;
    // `100644 blob HASH    SIZE\tPATH`, each ended by a zero byte.
    for (std::string_view rest = *text; !rest.empty();) {
        size_t end = std::min(rest.find('\0'), rest.size()), tab = rest.find('\t');
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (tab == rest.npos || tab > end) return std::nullopt;
        File file;
        file.path = line.substr(tab + 1);
        std::string_view mode = line.substr(0, 6);
        line = line.substr(0, tab);
        size_t hash = line.find(' ', 7);
        if (hash == line.npos) return std::nullopt;
        file.object = line.substr(hash + 1, line.find(' ', hash + 1) - hash - 1);
        std::string_view size = line.substr(line.rfind(' ') + 1);
        file.link = mode == "120000";
        if (!file.link && !mode.starts_with("100")) continue;  // another repository
        std::from_chars(size.data(), size.data() + size.size(), file.size);
        if (is_object_name(file.object)) out.push_back(std::move(file));
    }
    return out;
}

template <typename Visit>
bool GitRepository::read(const std::vector<File>& files, const Visit& visit) const {
    std::string names;
    for (const File& file : files) names += file.object + "\n";
    auto text = run({"cat-file", "--batch"}, names);
    if (!text) return false;
    std::string_view rest = *text;
    for (size_t i = 0; i < files.size(); ++i) {
        // `HASH blob SIZE`, the contents, and a line end.
        size_t end = rest.find('\n');
        if (end == rest.npos ||
            rest.substr(0, end) != fmt::format("{} blob {}", files[i].object, files[i].size))
            return false;
        rest.remove_prefix(end + 1);
        if (rest.size() <= files[i].size) return false;
        visit(i, rest.substr(0, files[i].size));
        rest.remove_prefix(files[i].size + 1);
    }
    return true;
}

CommitFiles::CommitFiles() {
    std::error_code error;
    std::string name = (fs::temp_directory_path(error) / "stoop-XXXXXX").string();
    if (!error && mkdtemp(name.data())) top_ = fs::canonical(name, error).string();
}

CommitFiles::~CommitFiles() {
    std::error_code ignored;
    if (!top_.empty()) fs::remove_all(top_, ignored);
}

std::string CommitFiles::path(const std::string& folder) const {
    return folder.empty() ? top_ : top_ + "/" + folder;
}

std::string CommitFiles::write_file(const GitRepository::File& file, std::string_view contents) const {
    fs::path path = fs::path(top_) / file.path;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) return error.message();
    if (file.link) {
        std::string target(contents);
        if (target.find('\0') == target.npos && symlink(target.c_str(), path.c_str()) != 0)
            return std::strerror(errno);
        return "";
    }
    Descriptor out(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!out || write_all(out.get(), contents) < contents.size()) return std::strerror(errno);
    return "";
}

std::string CommitFiles::write(const GitRepository& git, const std::string& commit, const std::string& folder,
                               const Limits& limits) {
    if (top_.empty()) return "there is no folder for temporary files";
    auto all = git.files(commit, folder);
    if (!all) return "git cannot list its files";
    std::erase_if(*all, [&](const GitRepository::File& file) {
        return !is_plain_path(file.path) || file.size > limits[Limit::FileBytes];
    });
    // Links come last, so that none is a folder that something is written into; what is likely to be asked
    // for first.
    auto rank = [](const GitRepository::File& file) { return file.link ? 2 : is_likely(file.path) ? 0 : 1; };
    std::stable_sort(all->begin(), all->end(),
                     [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    uint64_t left = limits[Limit::BaseBytes];
    bool lacking = false;  // one that the project may name
    std::erase_if(*all, [&](const GitRepository::File& file) {
        bool too_large = file.size > left;
        lacking = lacking || (too_large && is_likely(file.path));
        left -= too_large ? 0 : file.size;
        return too_large;
    });
    uint64_t most = limits[Limit::BaseBytes];
    if (lacking)
        return fmt::format("its files take {}; {}", limit_text(Limit::BaseBytes, most),
                           limit_help(Limit::BaseBytes, most));
    std::string problem;
    bool read = git.read(*all, [&](size_t i, std::string_view contents) {
        if (problem.empty()) problem = write_file((*all)[i], contents);
    });
    return read ? problem : "git cannot read its files; a partial clone lacks some ('git fetch --refetch')";
}

}  // namespace stoop::cli
