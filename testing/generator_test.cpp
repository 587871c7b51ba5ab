// SPDX-License-Identifier: Apache-2.0
#include "testing/generator_test.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "runtime/base/excerpt.h"
#include "runtime/base/nearest.h"
#include "testing/test_template.h"
#include "testing/test_values.h"

namespace stoop {
namespace {

using Node = YamlNode;

class GeneratorTestReader {
  public:
    GeneratorTestReader(NodeReader& reader, const GeneratorKeys& keys, const Limits& limits, uint64_t& spent)
        : reader_(reader), keys_(keys), limits_(limits), spent_(spent) {}

    void read(const TestCase& test, std::vector<TestCase>& out) {
        if (keys_.cases) {
            read_cases(*keys_.cases);
            if (test.expect_key != 0 || !test.set.empty() || !test.unset.empty() ||
                !test.matrix.dimensions.empty())
                reader_.bad(*keys_.cases,
                            "a test with 'cases' cannot have 'expect', 'set', 'unset' or 'matrix'");
        }
        for (number_ = 0; reader_.ok() && number_ < std::max<uint64_t>(cases_.size(), 1); ++number_) {
            TestCase one = test;
            one.ignore_unexpected = true;
            unknown_.clear();
            if (keys_.cases) {
                one.template_name = filled_text(test.span, test.name);
                one.case_name = fmt::format("{}_testCase#{}", one.template_name, number_);
                one.name = fmt::format("{} [{}]", one.case_name, cases_.label(number_));
                spend(one.name.size() + one.case_name.size() + one.template_name.size(), test.span);
            }
            add_outcome(one);
            one.not_compared = std::move(unknown_);
            if (reader_.ok()) out.push_back(std::move(one));
        }
    }

  private:
    void add_outcome(TestCase& test) {
        ExpectedAlert alert;
        alert.span = test.span;
        std::optional<std::string> rule;
        if (keys_.rule) {
            alert.span = reader_.span(*keys_.rule);
            rule = given(*keys_.rule, "rule");
        }
        if (keys_.outcome) read_outcome(filled(*keys_.outcome), alert);
        if (!rule && !unknown_.empty() && unknown_[0] == "rule") {
            test.skipped = "its rule is known to the event generator only";
        } else if (!rule || rule->empty()) {
            if (test.expect.empty()) test.skipped = "it provokes events, but names no rule";
            if (keys_.outcome && keys_.outcome->size() > 0)
                reader_.bad(*keys_.outcome, "a test with an expectedOutcome must name its 'rule'");
        } else {
            alert.rule = std::move(*rule);
            spend(alert.rule.size(), alert.span);
            test.expect.push_back(std::move(alert));
        }
    }

    void read_outcome(const Node& outcome, ExpectedAlert& out) {
        if (outcome.IsNull()) return;
        auto into = [this](std::optional<std::string>& value, std::string_view what) {
            return [this, &value, what](const Node& v, Span) { value = given(v, what); };
        };
        reader_.read_mapping(
            outcome, "'expectedOutcome'",
            {{"source", into(out.source, "source")},
             {"hostname", into(out.hostname, "hostname")},
             {"priority",
              [&](const Node& v, Span) {
                  out.priority = given(v, "priority");
                  if (out.priority) read_priority(reader_, v, *out.priority);
              }},
             {"outputFields", [&](const Node& v, Span) { read_output_fields(filled(v), out); }}});
        for (const auto* value : {&out.source, &out.hostname, &out.priority})
            if (*value) spend((*value)->size(), out.span);
    }

    void read_output_fields(const Node& fields, ExpectedAlert& out) {
        if (fields.IsNull()) return;
        if (!fields.IsMap())
            return reader_.bad(fields, "outputFields must be a mapping from fields to values");
        for (const auto& entry : fields) {
            std::string name = reader_.text(entry.first, "a field");
            Node value = filled(entry.second);
            spend(name.size(), out.span);
            if (value.IsScalar()) {
                auto text = given(value, name);
                if (!text) continue;
                spend(text->size(), out.span);
                out.fields.push_back({std::move(name), std::move(*text)});
            } else {
                spend_all(value, out.span);
                out.fields.push_back({std::move(name), expected_value(value)});
            }
        }
    }

    void read_cases(const Node& node) {
        if (!node.IsSequence() || node.size() == 0)
            return reader_.bad(node, "'cases' is a list of mappings with 'strategy' and 'values'");
        std::set<std::string, std::less<>> keys;
        for (const Node& item : node) {
            std::string strategy;
            std::optional<Node> values;
            reader_.read_mapping(
                item, "an item of 'cases'",
                {{"strategy", [&](const Node& v, Span) { strategy = reader_.text(v, "strategy"); }},
                 {"values", [&](const Node& v, Span) { values = v; }}});
            if (!reader_.ok()) return;
            if (strategy != "vector" && strategy != "matrix")
                return reader_.bad(item, "the 'strategy' of a case must be 'vector' or 'matrix'");
            if (!values || !values->IsMap() || values->size() == 0)
                return reader_.bad(values ? *values : item, "the 'values' of a case must be a mapping");
            TestTemplate::Values read = case_values(*values, strategy == "matrix");
            std::set<std::string, std::less<>> of_this;
            for (const auto& [key, list] : read)
                if (!of_this.insert(key).second)
                    reader_.report(Problem::TestKey, reader_.span(*values),
                                   fmt::format("value '{}' is given twice", key));
            if (cases_.empty()) keys = of_this;
            if (keys != of_this)
                reader_.bad(*values, "all cases of a test must give values of the same names");
            if (!reader_.ok()) return;
            cases_.add(std::move(read));
            if (uint64_t most = limits_[Limit::MatrixTests]; cases_.size() > most)
                return reader_.report(Problem::LimitExceeded, reader_.span(node),
                                      fmt::format("the cases of this test are more than {}", most),
                                      limit_help(Limit::MatrixTests, most));
        }
    }

    TestTemplate::Values case_values(const Node& values, bool lists) {
        TestTemplate::Values out;
        for (const auto& entry : values) {
            std::string key = reader_.text(entry.first, "the name of a value");
            if (!lists && entry.second.IsSequence())
                reader_.bad(entry.second,
                            fmt::format("'{}' must be one value, for the strategy 'vector'", key),
                            "with 'strategy: matrix' there is a case for each value of a list");
            else if (!lists)
                out.push_back({key, {entry.second}});
            else if (!entry.second.IsSequence() || entry.second.size() == 0)
                reader_.bad(entry.second, fmt::format("'{}' must be a list, for the strategy 'matrix'", key));
            else
                out.push_back({key, {entry.second.begin(), entry.second.end()}});
        }
        return out;
    }

    // What a case puts in the place of a value that is one placeholder; else the value itself.
    Node filled(const Node& node) {
        if (!keys_.cases || !node.IsScalar()) return node;
        auto blank = [](std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; };
        std::string_view text = node.Scalar();
        auto found = find_placeholder(text);
        if (!found || found->key.empty() || !blank(text.substr(0, found->begin)) ||
            !blank(text.substr(found->end)))
            return node;
        return case_value(found->key, reader_.span(node)).value_or(node);
    }
    std::optional<Node> case_value(std::string_view key, Span where) {
        auto value = cases_.value(number_, key);
        if (value || std::exchange(unknown_at_, where.begin) == where.begin) return value;
        const auto& keys = cases_.keys();
        std::string near = nearest(key, {keys.begin(), keys.end()});
        reader_.report(Problem::TestKey, where, fmt::format("the cases have no value '{}'", key),
                       near.empty() ? excerpt(fmt::format("they have: {}", fmt::join(keys, ", ")))
                                    : fmt::format("did you mean '{}'?", near));
        return std::nullopt;
    }
    // A text with what the case puts in the place of its placeholders. Other placeholders stay.
    std::string filled_text(Span where, std::string_view text, bool* all = nullptr) {
        std::string out;
        size_t done = 0;
        while (auto found = find_placeholder(text, done)) {
            out += text.substr(done, found->begin - done);
            done = found->end;
            std::optional<Node> value;
            if (keys_.cases && !found->key.empty()) {
                value = case_value(found->key, where);
                if (value && !value->IsScalar()) {
                    reader_.report(Problem::BadTest, where,
                                   fmt::format("the value '{}' of a case is no text", found->key));
                    value.reset();
                }
            }
            if (!value && all) *all = false;
            size_t before = out.size();
            out += value ? value->Scalar() : text.substr(found->begin, found->end - found->begin);
            spend(out.size() - before, where);
        }
        return out += text.substr(done);
    }
    // A text that is expected; nothing, and a note, if only the event generator knows it.
    std::optional<std::string> given(const Node& node, std::string_view what) {
        Node value = filled(node);
        if (value.IsNull()) return std::nullopt;
        if (!value.IsScalar()) return reader_.text(value, what);
        bool all = true;
        std::string out = filled_text(reader_.span(value), value.Scalar(), &all);
        if (all) return out;
        unknown_.emplace_back(what);
        return std::nullopt;
    }

    // What cases take in memory, in values of 64 bytes as those of YAML.
    void spend(size_t bytes, Span where) {
        constexpr size_t kBytesOfValue = 64;
        spent_ += 1 + bytes / kBytesOfValue;
        if (uint64_t most = limits_[Limit::YamlValues]; spent_ > most) {
            YAML::Mark mark;
            mark.pos = static_cast<int>(where.begin);
            throw YamlLimitExceeded(mark,
                                    fmt::format("the cases of tests have too many values; {}",
                                                limit_text(Limit::YamlValues, most)),
                                    Limit::YamlValues);
        }
    }
    void spend_all(const Node& node, Span where) {
        spend(node.Scalar().size(), where);
        if (!node.IsSequence()) return;
        for (const Node& item : node) spend_all(item, where);
    }

    NodeReader& reader_;
    const GeneratorKeys& keys_;
    const Limits& limits_;
    uint64_t& spent_;
    TestTemplate cases_;
    uint64_t number_ = 0;               // of the case that is read
    std::vector<std::string> unknown_;  // what of it only the event generator knows
    uint32_t unknown_at_ = UINT32_MAX;  // the last value of no case that was reported
};

}  // namespace

bool GeneratorKeys::are_in(const YamlNode& test) {
    return test.IsMap() && (test["expectedOutcome"].IsDefined() || test["runner"].IsDefined());
}

NodeReader::Keys GeneratorKeys::keys() {
    auto keep = [](std::optional<Node>& into) { return [&into](const Node& v, Span) { into = v; }; };
    NodeReader::Keys out = {{"rule", keep(rule)}, {"expectedOutcome", keep(outcome)}, {"cases", keep(cases)}};
    for (const char* key :
         {"description", "runner", "runIf", "context", "before", "after", "resources", "steps"})
        out.push_back({key, [](const Node&, Span) {}});
    return out;
}

void add_generator_tests(NodeReader& reader, const GeneratorKeys& keys, const Limits& limits, uint64_t& spent,
                         const TestCase& test, std::vector<TestCase>& out) {
    GeneratorTestReader(reader, keys, limits, spent).read(test, out);
}

}  // namespace stoop
