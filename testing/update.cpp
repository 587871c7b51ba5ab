#include "testing/update.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <optional>

#include "testing/test_values.h"

namespace stoop {
namespace {

// A scalar as YAML writes it, quoted where it must be.
std::string yaml(const std::string& text) {
    YAML::Emitter out;
    out.SetMapFormat(YAML::Flow);
    // As an item of a list, so that quotes are chosen for the flow style, too.
    out << YAML::Flow << YAML::BeginSeq << text << YAML::EndSeq;
    std::string list = out.c_str();
    return list.substr(1, list.size() - 2);
}

std::string yaml(const nlohmann::json& value) {
    return value.is_string() ? yaml(value.get<std::string>()) : value.dump(-1, ' ', false, kReplace);
}

// One alert as an item of `expect`. What `was` asserted is asserted again; a new alert is given in full.
std::string alert_text(const SeenAlert& seen, const PlanRule& rule, const Plan& plan,
                       const ExpectedAlert* was, bool several_events, const std::string& indent) {
    std::string in = indent + "  ";
    std::string out = fmt::format("{}- rule: {}\n", indent, yaml(rule.name));
    if (!was || was->priority) out += fmt::format("{}priority: {}\n", in, priority_name(rule.priority));
    if (was && was->source) out += fmt::format("{}source: {}\n", in, plan.source);
    std::vector<std::string> tags;
    for (const std::string& tag : was ? was->tags : std::vector<std::string>())
        if (std::find(rule.tags.begin(), rule.tags.end(), tag) != rule.tags.end()) tags.push_back(yaml(tag));
    if (!tags.empty()) out += fmt::format("{}tags: [{}]\n", in, fmt::join(tags, ", "));
    std::string fields;
    for (const auto& [key, value] : seen.fields.items()) {
        auto is_it = [&](const ExpectedField& f) { return f.field == key; };
        bool asserted =
            !was || was->fields_exactly || std::any_of(was->fields.begin(), was->fields.end(), is_it);
        if (asserted && (key != "evt.time" || was))
            fields += fmt::format("{}  {}: {}\n", in, yaml(key), yaml(value));
    }
    if (!fields.empty()) out += in + "outputFields:\n" + fields;
    if (was && was->fields_exactly) out += in + "exactly: true\n";
    // A part of an output or a pattern is the author's to choose.
    if (was && was->output) out += fmt::format("{}output: {}\n", in, yaml(seen.output));
    if (was ? was->event.has_value() : several_events)
        out += fmt::format("{}event: {}\n", in, seen.event + 1);
    return out;
}

// The place of an `expect` in a text: from its key to behind its value.
struct Extent {
    size_t begin = 0, end = 0;
    size_t indent = 0;
};

// Nothing if the key does not stand first on its line, as in the flow style.
std::optional<Extent> extent_of(std::string_view text, size_t key) {
    size_t line = text.rfind('\n', key);
    line = line == text.npos ? 0 : line + 1;
    for (size_t i = line; i < key; ++i)
        if (text[i] != ' ' && text[i] != '-') return std::nullopt;
    Extent out{key, text.size(), key - line};
    auto end_of_line = [&](size_t at) { return std::min(text.find('\n', at), text.size() - 1) + 1; };
    size_t last = end_of_line(key);
    for (size_t at = last; at < text.size();) {
        size_t end = end_of_line(at);
        std::string_view content = text.substr(at, end - at);
        size_t indent = content.find_first_not_of(" \r\n");
        bool blank = indent == content.npos, comment = !blank && content[indent] == '#';
        bool inside =
            !blank && !comment && (indent > out.indent || (indent == out.indent && content[indent] == '-'));
        if (!inside && !blank && !comment) break;
        at = end;
        if (inside) last = end;  // blank lines and comments behind the value are not part of it
    }
    out.end = last;
    return out;
}

class Updater {
  public:
    Updater(const Suite& suite, const std::vector<TestResult>& results) : suite_(suite), results_(results) {}

    std::vector<UpdatedFile> run() {
        std::map<std::pair<size_t, uint32_t>, std::vector<size_t>> tests;  // with all their variants
        for (size_t i = 0; i < results_.size(); ++i)
            tests[{suite_.tests[i].file, suite_.tests[i].test->number}].push_back(i);
        std::map<size_t, UpdatedFile> files;
        // From the end of a file, so that places before it stay valid.
        for (auto at = tests.rbegin(); at != tests.rend(); ++at) {
            const std::vector<size_t>& variants = at->second;
            auto failed = std::find_if(variants.begin(), variants.end(), [&](size_t i) {
                return std::any_of(
                    results_[i].failures.begin(), results_[i].failures.end(),
                    [](const TestFailure& f) { return f.kind != TestFailure::Kind::NotRecorded; });
            });
            if (failed == variants.end()) continue;
            const LoadedTestFile& loaded = suite_.files[at->first.first];
            auto [file, fresh] = files.try_emplace(at->first.first);
            if (fresh) {
                file->second.path = loaded.file.path;
                file->second.before = suite_.sources.file(loaded.file.source).text();
                file->second.text = file->second.before;
            }
            std::string refusal = update(*failed, variants, file->second.text);
            if (refusal.empty())
                ++file->second.tests;
            else
                file->second.refused.push_back(
                    fmt::format("'{}': {}", suite_.tests[*failed].test->name, refusal));
        }
        std::vector<UpdatedFile> out;
        for (auto& [index, file] : files) out.push_back(std::move(file));
        return out;
    }

  private:
    // Why it cannot be done, or nothing.
    std::string update(size_t index, const std::vector<size_t>& variants, std::string& text) const {
        const LoadedTest& test = suite_.tests[index];
        const Plan& plan = *suite_.files[test.file].rules->plan;
        if (test.test->expect_key == 0) return "its expectation is an expectedOutcome";
        auto extent = extent_of(text, test.test->expect_key);
        if (!extent) return "its 'expect' is in the middle of a line";
        std::string written = expectation(test, results_[index], plan, extent->indent);
        for (size_t other : variants)
            if (expectation(suite_.tests[other], results_[other], plan, extent->indent) != written)
                return "its variants raise different alerts";
        text.replace(extent->begin, extent->end - extent->begin, written);
        return "";
    }

    static std::string expectation(const LoadedTest& test, const TestResult& result, const Plan& plan,
                                   size_t indent) {
        if (result.seen.empty()) return "expect: []\n";
        std::string out = "expect:\n";
        std::vector<bool> used(test.test->expect.size());
        for (const SeenAlert& seen : result.seen) {
            const PlanRule& rule = plan.rules[seen.rule];
            const ExpectedAlert* was = nullptr;
            for (size_t i = 0; i < used.size() && !was; ++i) {
                if (used[i] || test.test->expect[i].rule != rule.name) continue;
                was = &test.test->expect[i];
                used[i] = was->count == 1;
            }
            out += alert_text(seen, rule, plan, was, test.events.size() > 1, std::string(indent + 2, ' '));
        }
        return out;
    }

    const Suite& suite_;
    const std::vector<TestResult>& results_;
};

}  // namespace

std::vector<UpdatedFile> update_expectations(const Suite& suite, const std::vector<TestResult>& results) {
    return Updater(suite, results).run();
}

}  // namespace stoop
