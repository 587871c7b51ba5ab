#include "testing/update.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <optional>

#include "runtime/base/text_map.h"
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
        if (std::binary_search(rule.tags.begin(), rule.tags.end(), tag)) tags.push_back(yaml(tag));
    if (!tags.empty()) out += fmt::format("{}tags: [{}]\n", in, fmt::join(tags, ", "));
    std::string fields;
    TextViewSet were;
    if (was)
        for (const ExpectedField& field : was->fields) were.insert(field.field);
    for (const auto& [key, value] : seen.fields.items()) {
        bool asserted = !was || was->fields_exactly || were.contains(key);
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

// What each alert that came was expected to be.
class Expectations {
  public:
    explicit Expectations(const TestCase& test) {
        for (const ExpectedAlert& alert : test.expect) by_rule_[alert.rule].alerts.push_back(&alert);
    }
    // The first expectation of the rule that is left; null if there is none.
    const ExpectedAlert* next(std::string_view rule) {
        auto found = by_rule_.find(rule);
        if (found == by_rule_.end() || found->second.next == found->second.alerts.size()) return nullptr;
        const ExpectedAlert* out = found->second.alerts[found->second.next];
        if (out->count == 1) ++found->second.next;
        return out;
    }

  private:
    struct OfRule {
        std::vector<const ExpectedAlert*> alerts;
        size_t next = 0;
    };
    TextViewMap<OfRule> by_rule_;
};

class Updater {
  public:
    Updater(const Suite& suite, const Schema& schema, const std::vector<TestResult>& results)
        : suite_(suite), results_(results), runners_(suite, schema) {}

    std::vector<UpdatedFile> run() {
        std::map<uint32_t, Edited> files;
        for (size_t begin = 0, end; begin < results_.size(); begin = end) {
            std::vector<size_t> variants;  // of one test
            for (end = begin; end < results_.size() && suite_.tests[end].test == suite_.tests[begin].test;
                 ++end)
                variants.push_back(end);
            auto failed = std::find_if(variants.begin(), variants.end(), [&](size_t i) {
                return std::any_of(
                    results_[i].failures.begin(), results_[i].failures.end(),
                    [](const TestFailure& f) { return f.kind != TestFailure::Kind::NotRecorded; });
            });
            if (failed == variants.end()) continue;
            const LoadedTestFile& loaded = suite_.files[suite_.tests[begin].file];
            Edited& file = files[suite_.tests[begin].file];
            std::string_view text = suite_.sources.file(loaded.file.source).text();
            file.out.path = loaded.file.path;
            file.out.before = text;
            std::string refusal = update(*failed, variants, text, file);
            if (refusal.empty())
                ++file.out.tests;
            else
                file.out.refused.push_back(fmt::format("'{}': {}", suite_.tests[*failed].name(), refusal));
            file.rest = text;
        }
        std::vector<UpdatedFile> out;
        for (auto& [index, file] : files) {
            file.out.text += file.rest.substr(file.done);
            out.push_back(std::move(file.out));
        }
        return out;
    }

  private:
    struct Edited {
        UpdatedFile out;
        std::string_view rest;  // of its text
        size_t done = 0;        // bytes of it that are in `out`
    };

    // Why it cannot be done, or nothing.
    std::string update(size_t index, const std::vector<size_t>& variants, std::string_view text,
                       Edited& file) {
        const LoadedTest& test = suite_.tests[index];
        if (test.test->expect_key == 0) return "its expectation is an expectedOutcome";
        auto extent = extent_of(text, test.test->expect_key);
        if (!extent) return "its 'expect' is in the middle of a line";
        if (extent->begin < file.done) return "it shares its 'expect' with another test";
        std::optional<std::string> written = expectation(test, extent->indent);
        if (!written) return "it raises too many alerts";
        for (size_t other : variants)
            if (other != index && expectation(suite_.tests[other], extent->indent) != written)
                return "its variants raise different alerts";
        file.out.text += text.substr(file.done, extent->begin - file.done);
        file.out.text += *written;
        file.done = extent->end;
        return "";
    }

    // Nothing if there are too many alerts.
    std::optional<std::string> expectation(const LoadedTest& test, size_t indent) {
        const Plan& plan = *suite_.files[test.file].rules->plan;
        std::vector<SeenAlert> alerts;
        if (!runners_.of(test).alerts(test, alerts)) return std::nullopt;
        if (alerts.empty()) return "expect: []\n";
        std::string out = "expect:\n";
        Expectations expectations(*test.test);
        for (const SeenAlert& seen : alerts) {
            const PlanRule& rule = plan.rules[seen.rule];
            out += alert_text(seen, rule, plan, expectations.next(rule.name), test.events() > 1,
                              std::string(indent + 2, ' '));
        }
        return out;
    }

    const Suite& suite_;
    const std::vector<TestResult>& results_;
    TestRunners runners_;
};

}  // namespace

std::vector<UpdatedFile> update_expectations(const Suite& suite, const Schema& schema,
                                             const std::vector<TestResult>& results) {
    return Updater(suite, schema, results).run();
}

}  // namespace stoop
