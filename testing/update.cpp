// SPDX-License-Identifier: Apache-2.0
#include "testing/update.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "runtime/base/excerpt.h"
#include "testing/expectation_writer.h"

namespace stoop {
namespace {

// The expectations of a test file, where they stand. The suite has read the text, so it is as it must be.
class ExpectKeys {
  public:
    ExpectKeys(std::string_view text, const Limits& limits) : documents_(text, limits) {
        YamlNode tests = documents_.roots()[0]["tests"];
        for (const YamlNode& test : tests)
            for (const YamlNode::Entry& entry : test)
                if (entry.first.Scalar() == "expect")
                    found_.try_emplace(static_cast<uint32_t>(entry.first.Mark().pos),
                                       Found{entry, test, tests.IsShared() || test.IsShared()});
    }

    struct Found {
        YamlNode::Entry entry;
        YamlNode test;
        bool shared;  // the test, or all of them
    };
    const Found& at(uint32_t key) const { return found_.at(key); }

  private:
    YamlDocuments documents_;
    std::unordered_map<uint32_t, Found> found_;
};

// The changes of one test, in the text as it was.
struct TestUpdate {
    const TestCase* test;
    WrittenExpectation written;
};

class FileUpdate {
  public:
    FileUpdate(const Suite& suite, uint32_t file)
        : suite_(suite),
          file_(suite.files[file]),
          text_(suite.sources.file(file_.file.source).text()),
          keys_(text_, suite.limits) {
        out_.path = file_.file.path;
        out_.before = text_;
    }

    void refuse(const TestCase& test, Span where, std::string_view why) {
        out_.refused.push_back({where, fmt::format("'{}': {}", excerpt(test.name), why)});
    }

    void add(const TestCase& test, UpdatedExpectation wanted) {
        const ExpectKeys::Found& found = keys_.at(test.expect_key);
        bool flow = text_[behind_properties(text_, static_cast<size_t>(found.test.Mark().pos))] == '{';
        auto list = yaml_layout(text_, test.expect_key, found.entry, flow);
        if (!list) return refuse(test, test.span, "its 'expect' is written in a form that is not followed");
        WrittenExpectation written;
        if (found.shared)
            written.problem = "an anchor or alias stands for the test, and others would change, too";
        else
            written = write_expectation(text_, test, *list, indent(test, flow), wanted);
        if (!written.problem.empty()) return refuse(test, test.span, written.problem);
        for (const Unmet& unmet : wanted.unmet) {
            const ExpectedAlert& alert = test.expect[unmet.old];
            refuse(test, alert.span,
                   fmt::format("{} of '{}': {}", aspect_name(unmet.aspect), excerpt(alert.rule), unmet.why));
        }
        if (written.edits.empty() && wanted.unmet.empty())
            refuse(test, test.span, "nothing of its expectation can be changed so that it passes");
        if (!written.edits.empty()) updates_.push_back({&test, std::move(written)});
    }

    UpdatedFile finish() {
        write(updates_);
        std::stable_sort(out_.refused.begin(), out_.refused.end(),
                         [](const auto& a, const auto& b) { return a.span.begin < b.span.begin; });
        return std::move(out_);
    }

  private:
    static constexpr size_t kMostTries = 64;

    // Of the items of a list that is written in lines below its key; nothing in brackets.
    std::optional<size_t> indent(const TestCase& test, bool flow) const {
        if (flow) return std::nullopt;
        size_t before = test.expect_key == 0 ? text_.npos : text_.rfind('\n', test.expect_key - 1);
        return test.expect_key - (before == text_.npos ? 0 : before + 1) + 2;
    }

    // Those that the text cannot take, however it comes, are found by halves.
    void write(std::vector<TestUpdate> updates) {
        std::vector<std::vector<TestUpdate>> open;
        std::vector<TestUpdate> fine;
        open.push_back(std::move(updates));
        for (size_t tries = 0; !open.empty(); ++tries) {
            std::vector<TestUpdate> some = std::move(open.back());
            open.pop_back();
            if (tries < kMostTries && says_what_is_meant(some)) {
                std::move(some.begin(), some.end(), std::back_inserter(fine));
            } else if (some.size() == 1 || tries >= kMostTries) {
                for (const TestUpdate& one : some)
                    refuse(*one.test, one.test->span, "the new expectation cannot be written into this text");
            } else {
                auto middle = some.begin() + static_cast<ptrdiff_t>(some.size() / 2);
                open.emplace_back(std::make_move_iterator(middle), std::make_move_iterator(some.end()));
                some.erase(middle, some.end());
                open.push_back(std::move(some));
            }
        }
        out_.tests = fine.size();
        out_.text = *text_with(fine);
        for (const TestUpdate& one : fine)
            for (const std::string& note : one.written.notes)
                out_.lost.push_back({one.test->span, fmt::format("'{}': {}", excerpt(one.test->name), note)});
    }

    std::optional<std::string> text_with(const std::vector<TestUpdate>& updates) const {
        std::vector<TextEdit> edits;
        for (const TestUpdate& one : updates)
            edits.insert(edits.end(), one.written.edits.begin(), one.written.edits.end());
        return edited(text_, std::move(edits));
    }

    bool says_what_is_meant(const std::vector<TestUpdate>& updates) const {
        if (updates.empty()) return true;
        std::optional<std::string> text = text_with(updates);
        if (!text) return false;
        std::unordered_map<const TestCase*, const std::vector<ExpectedAlert>*> changed;
        for (const TestUpdate& one : updates) changed.emplace(one.test, &one.written.expect);
        Sources sources;
        Diagnostics diagnostics({}, suite_.limits);
        uint32_t index = sources.add(file_.file.path, std::move(*text));
        TestFile read = read_test_file(
            sources, index, [this](const TestFile&) { return file_.rules->schema; }, suite_.limits,
            diagnostics);
        const std::vector<TestCase>& were = file_.file.tests;
        if (diagnostics.errors() > 0 || read.tests.size() != were.size()) return false;
        for (size_t i = 0; i < were.size(); ++i) {
            auto found = changed.find(&were[i]);
            const std::vector<ExpectedAlert>& meant =
                found == changed.end() ? were[i].expect : *found->second;
            const std::vector<ExpectedAlert>& now = read.tests[i].expect;
            bool fine = std::equal(meant.begin(), meant.end(), now.begin(), now.end(),
                                   [](const auto& a, const auto& b) { return same(a, b); });
            if (!fine || read.tests[i].name != were[i].name) return false;
        }
        return true;
    }

    const Suite& suite_;
    const LoadedTestFile& file_;
    std::string_view text_;
    ExpectKeys keys_;
    std::vector<TestUpdate> updates_;
    UpdatedFile out_;
};

// Only --strict minds; expectations cannot help it.
bool is_of_strict(TestFailure::Kind kind) {
    return kind == TestFailure::Kind::NotRecorded || kind == TestFailure::Kind::NotRead;
}

class Updater {
  public:
    Updater(const Suite& suite, const std::vector<TestResult>& results)
        : suite_(suite), results_(results), runners_(suite) {}

    std::vector<UpdatedFile> run() {
        std::vector<UpdatedFile> out;
        for (size_t begin = 0, end; begin < results_.size(); begin = end) {
            std::optional<FileUpdate> file;
            uint32_t index = suite_.tests[begin].file;
            for (end = begin; end < results_.size() && suite_.tests[end].file == index;) {
                size_t first = end;
                bool fails = false, differs = false;
                for (; end < results_.size() && suite_.tests[end].test == suite_.tests[first].test; ++end)
                    for (const TestFailure& failure : results_[end].failures) {
                        fails = true;
                        differs = differs || !is_of_strict(failure.kind);
                    }
                if (!fails) continue;
                if (!file) file.emplace(suite_, index);
                update(suite_.tests[first], differs, *file);
            }
            if (file) out.push_back(file->finish());
        }
        return out;
    }

  private:
    void update(const LoadedTest& loaded, bool differs, FileUpdate& file) {
        const TestCase& test = *loaded.test;
        if (!differs)
            return file.refuse(test, test.span, "a verdict depends on fields that were not recorded");
        if (test.expect_key == 0)
            return file.refuse(test, test.span, "its expectation is an expectedOutcome");
        const PreparedProgram& program = *suite_.files[loaded.file].rules->program;
        std::optional<UpdatedExpectation> wanted;
        // All variants share the expectation, also those that were not asked for.
        LoadedTest one = loaded;
        for (one.variant = 0; one.variant < test.matrix.size(); ++one.variant) {
            std::vector<SeenAlert> alerts;
            if (!runners_.of(one).alerts(one, alerts))
                return file.refuse(test, test.span, "it raises too many alerts");
            UpdatedExpectation its = updated_expectation(test, program, alerts, one.events() > 1);
            if (!wanted)
                wanted = std::move(its);
            else if (!agree_on(test, its, *wanted))
                return file.refuse(test, test.span, "its variants raise different alerts");
        }
        file.add(test, std::move(*wanted));
    }

    const Suite& suite_;
    const std::vector<TestResult>& results_;
    TestRunners runners_;
};

}  // namespace

std::vector<UpdatedFile> update_expectations(const Suite& suite, const std::vector<TestResult>& results) {
    return Updater(suite, results).run();
}

}  // namespace stoop
