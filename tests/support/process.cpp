// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.h"

#include <re2/re2.h>

#include <sys/wait.h>

#include <cstdlib>
#include <stdexcept>

#include "tests/support/paths.h"

namespace stoop::tests {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "stoop-test-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("cannot make a temporary folder");
    path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

WorkFolder::WorkFolder() {
    for (const char* folder : {"rules", "fixtures", "scripts"})
        fs::create_directory_symlink(source_dir() / folder, path() / folder);
}

Outcome WorkFolder::run(const std::string& command) const {
    std::string script =
        "cd '" + path().string() + "' && unset CI && export PATH='" + stoop_binary().parent_path().string() +
        "':\"$PATH\" STOOP='" + stoop_binary().string() + "' XDG_CACHE_HOME='" +
        (capture_.path() / "cache").string() + "' XDG_STATE_HOME='" + (capture_.path() / "state").string() +
        "' TZ=UTC LC_ALL=C.UTF-8\n{\n" + command + "\n} >'" + (capture_.path() / "out").string() + "' 2>'" +
        (capture_.path() / "err").string() + "' </dev/null\n";
    int status = std::system(script.c_str());
    Outcome outcome;
    outcome.out = read_file(capture_.path() / "out");
    outcome.err = read_file(capture_.path() / "err");
    outcome.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return outcome;
}

std::string without_times(const std::string& text) {
    static const RE2 times(R"([0-9]+\.[0-9]+ s, [0-9]+ events/s)");
    static const RE2 fields(R"xx("seconds":[^,]*,"events_per_second":[^,]*,)xx");
    static const RE2 cases(R"(time="[0-9.]+")");
    std::string out = text;
    RE2::GlobalReplace(&out, cases, R"(time="T")");
    RE2::GlobalReplace(&out, times, "N s, N events/s");
    RE2::GlobalReplace(&out, fields, R"("seconds":N,"events_per_second":N,)");
    return out;
}

}  // namespace stoop::tests
