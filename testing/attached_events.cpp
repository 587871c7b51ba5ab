// SPDX-License-Identifier: Apache-2.0
#include "testing/attached_events.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "runtime/base/excerpt.h"
#include "runtime/base/nearest.h"
#include "runtime/base/text_map.h"

namespace stoop {
namespace {

namespace fs = std::filesystem;

// The test's name in the name of an events file; nothing for another file.
std::optional<std::string> test_name(const fs::path& file) {
    std::string name = file.filename().string();
    for (std::string_view suffix : {".gz", ".zst"})
        if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
    for (std::string_view suffix : {".jsonl", ".json"})
        if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
    return std::nullopt;
}

class Attacher {
  public:
    Attacher(const AttachedEvents& events, const std::vector<TestCase*>& tests,
             std::vector<std::string>& wrong, std::vector<std::string>& notes)
        : events_(events), tests_(tests), wrong_(wrong), notes_(notes) {
        for (const TestCase* test : tests)
            for (const std::string* name : {&test->name, &test->case_name, &test->template_name})
                if (!name->empty()) files_.try_emplace(*name);
    }

    void run() {
        for (const std::string& given : events_.given) {
            std::error_code ignored;
            if (fs::is_directory(given, ignored))
                take_folder(given);
            else
                take_file(given);
        }
        TextViewSet reported;
        for (TestCase* test : tests_) {
            std::string_view name;
            auto events = events_of(*test, name);
            if (!events) continue;
            if (test->events->empty())
                test->events = std::move(events);
            else if (reported.insert(name).second)
                wrong_.push_back(fmt::format("--events: the test '{}' has events of its own", excerpt(name)));
        }
    }

  private:
    using Files = std::shared_ptr<std::vector<TestEvents>>;

    bool add(std::string_view name, const std::string& file) {
        auto found = files_.find(name);
        if (found == files_.end()) return false;
        if (!found->second) found->second = std::make_shared<std::vector<TestEvents>>();
        found->second->push_back({file, {}, {}, true});
        return true;
    }

    // A name may hold a '=' as well, and so may a file's.
    void take_file(const std::string& given) {
        size_t first = given.find('=');
        if (first == given.npos || first == 0 || first + 1 == given.size()) {
            wrong_.push_back(fmt::format("--events: '{}' is neither NAME=FILE nor a folder that is there",
                                         excerpt(given)));
            return;
        }
        std::string_view text = given;
        for (size_t at = first; at != text.npos; at = text.find('=', at + 1))
            if (add(text.substr(0, at), given.substr(at + 1))) return;
        if (events_.of_other_tests) return;
        std::string_view name = text.substr(0, first);
        std::vector<std::string_view> names;
        for (const auto& [known, files] : files_) names.push_back(known);
        std::sort(names.begin(), names.end());
        std::string near = nearest(name, names);
        wrong_.push_back(fmt::format("--events: no test has the name '{}'{}", excerpt(name),
                                     near.empty() ? "" : fmt::format("; did you mean '{}'?", excerpt(near))));
    }

    void take_folder(const std::string& folder) {
        std::vector<fs::path> files;
        std::error_code error;
        for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
            if (test_name(at->path())) files.push_back(at->path());
        if (error) {
            wrong_.push_back(fmt::format("--events: cannot read {}: {}", folder, error.message()));
            return;
        }
        std::sort(files.begin(), files.end());
        std::vector<std::string> others;
        for (const fs::path& file : files)
            if (!add(*test_name(file), file.string())) others.push_back(file.filename().string());
        if (events_.of_other_tests) return;
        if (others.size() == files.size())
            wrong_.push_back(fmt::format("--events: the folder {} has no file NAME.jsonl of a test", folder));
        else if (!others.empty())
            notes_.push_back(excerpt(
                fmt::format("--events: {}: no test has the name of {}", folder, fmt::join(others, ", "))));
    }

    Files events_of(const TestCase& test, std::string_view& by) const {
        for (const std::string* name : {&test.name, &test.case_name, &test.template_name}) {
            auto found = files_.find(*name);
            if (found == files_.end() || !found->second) continue;
            by = found->first;
            return found->second;
        }
        return nullptr;
    }

    const AttachedEvents& events_;
    const std::vector<TestCase*>& tests_;
    std::vector<std::string>& wrong_;
    std::vector<std::string>& notes_;
    TextViewMap<Files> files_;  // by the names of tests, which have them or have not
};

}  // namespace

void attach_events(const AttachedEvents& events, const std::vector<TestCase*>& tests,
                   std::vector<std::string>& wrong, std::vector<std::string>& notes) {
    Attacher(events, tests, wrong, notes).run();
}

}  // namespace stoop
