#include "testing/test_file.h"

#include <fmt/format.h>
#include <re2/re2.h>
#include <yaml-cpp/depthguard.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>

#include "compiler/source/yaml_node.h"
#include "runtime/base/nearest.h"
#include "runtime/base/text_map.h"
#include "runtime/match/plan.h"
#include "testing/test_values.h"

namespace stoop {
namespace {

using Node = YamlNode;

class TestFileReader {
  public:
    TestFileReader(const Sources& sources, uint32_t index, const Schema& schema, const Limits& limits,
                   Diagnostics& diagnostics)
        : text_(sources.file(index).text()),
          index_(index),
          schema_(schema),
          limits_(limits),
          diagnostics_(diagnostics) {
        out_.path = sources.file(index).name();
        out_.source = index;
    }

    TestFile read() {
        try {
            YamlDocuments read(text_, limits_);
            const std::vector<Node>& documents = read.roots();
            if (documents.empty() || !documents[0].IsMap()) {
                report(Problem::BadTest, {index_, 0, 1}, "a test file is a mapping with the key 'tests'");
                return std::move(out_);
            }
            read_file(documents[0]);
        } catch (const YamlLimitExceeded& e) {
            report(Problem::LimitExceeded, span(e.mark), e.msg, limit_help(e.limit, limits_[e.limit]));
        } catch (const YAML::Exception& e) {
            report(Problem::BadTest, span(e.mark), "not valid YAML: " + yaml_problem(e));
        }
        return std::move(out_);
    }

  private:
    using Handler = std::function<void(const Node& value, Span key)>;
    using Keys = std::vector<std::pair<std::string_view, Handler>>;

    Span span(const YAML::Mark& mark, size_t length = 1) const {
        uint32_t begin = mark.is_null() ? 0 : static_cast<uint32_t>(mark.pos);
        return {index_, begin, begin + static_cast<uint32_t>(std::max<size_t>(length, 1))};
    }
    Span span(const Node& node) const {
        return span(node.Mark(),
                    node.IsScalar() ? std::min(node.Scalar().size(), node.Scalar().find('\n')) : 1);
    }
    void report(Problem problem, Span where, std::string message, std::string help = "") {
        ok_ = false;
        diagnostics_.report({problem, std::move(message), true, where, "", {}, std::move(help)});
    }
    void bad(const Node& node, std::string message, std::string help = "") {
        report(Problem::BadTest, span(node), std::move(message), std::move(help));
    }

    // Calls the handler of each key of a mapping.
    void read_mapping(const Node& node, const std::string& what, const Keys& keys) {
        if (!node.IsMap()) return bad(node, fmt::format("{} must be a mapping", what));
        std::set<std::string_view> seen;
        for (const auto& entry : node) {
            const std::string& key = entry.first.Scalar();
            auto known =
                std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.first == key; });
            Span at = span(entry.first);
            if (known == keys.end()) {
                std::vector<std::string_view> names;
                for (const auto& [name, handler] : keys) names.push_back(name);
                std::string near = nearest(key, names);
                report(Problem::TestKey, at, fmt::format("unknown key '{}' in {}", key, what),
                       near.empty() ? fmt::format("known are: {}", fmt::join(names, ", "))
                                    : fmt::format("did you mean '{}'?", near));
            } else if (!seen.insert(known->first).second) {
                report(Problem::TestKey, at, fmt::format("key '{}' stands twice in {}", key, what));
            } else {
                known->second(entry.second, at);
            }
        }
    }

    std::string text(const Node& node, std::string_view what) {
        if (node.IsScalar()) return node.Scalar();
        bad(node, fmt::format("{} must be a text", what));
        return "";
    }
    std::vector<std::string> texts(const Node& node, std::string_view what) {
        std::vector<std::string> out;
        if (node.IsScalar()) return {node.Scalar()};
        if (!node.IsSequence()) bad(node, fmt::format("{} must be a list of texts", what));
        for (const Node& item : node) out.push_back(text(item, what));
        return out;
    }
    uint32_t number(const Node& node, std::string_view what) {
        uint32_t out = node.number().value_or(0);
        if (out == 0) bad(node, fmt::format("{} must be a number from 1", what));
        return out;
    }
    bool flag(const Node& node, std::string_view what) {
        auto out = node.flag();
        if (!out) bad(node, fmt::format("{} must be true or false", what));
        return out.value_or(false);
    }
    Matching matching(const Node& node) {
        std::string word = text(node, "ruleMatching");
        if (word == "all") return Matching::All;
        if (word != "first") bad(node, "ruleMatching must be 'first' or 'all'");
        return Matching::First;
    }

    const FieldRef* field(const std::string& name, Span where) {
        auto [entry, fresh] = fields_.try_emplace(name);
        if (fresh) entry->second = schema_.find(name);
        const Schema::Lookup& found = entry->second;
        if (found.ref) return &*found.ref;
        std::string near = diagnostics_.keeps(Problem::TestEvent) ? schema_.suggest(name) : "";
        report(Problem::TestEvent, where, found.error,
               near.empty() ? "" : fmt::format("did you mean '{}'?", near));
        return nullptr;
    }
    FieldValues values(const Node& node, const std::string& what) {
        FieldValues out;
        if (!node.IsMap()) {
            bad(node, fmt::format("{} must be a mapping from fields to values", what));
            return out;
        }
        TextSet names;
        for (const auto& entry : node) {
            std::string name = text(entry.first, "the name of a field");
            Span at = span(entry.first);
            if (!names.insert(name).second)
                report(Problem::TestKey, at, fmt::format("field '{}' is given twice", name));
            if (const FieldRef* ref = field(name, at))
                out.push_back({name, field_value(entry.second, *ref).dump(-1, ' ', false, kReplace), at});
        }
        return out;
    }

    std::shared_ptr<const std::vector<TestEvents>> events(const Node& node) {
        std::vector<TestEvents> out;
        auto one = [&](const Node& item) {
            if (item.IsMap())
                out.push_back({"", values(item, "an event"), span(item)});
            else
                out.push_back({text(item, "an item of 'events'"), {}, span(item)});
        };
        if (node.IsSequence())
            for (const Node& item : node) one(item);
        else
            one(node);
        return std::make_shared<const std::vector<TestEvents>>(std::move(out));
    }

    ExpectedOutput output(const Node& node) {
        ExpectedOutput out;
        if (node.IsScalar()) {
            out.text = node.Scalar();
            return out;
        }
        auto take = [&](ExpectedOutput::Kind kind) {
            return [this, &out, kind](const Node& value, Span) {
                out.kind = kind;
                out.text = text(value, "what an output is compared with");
                if (kind != ExpectedOutput::Kind::Matches || !value.IsScalar()) return;
                re2::RE2 regex(out.text, re2::RE2::Quiet);
                if (!regex.ok())
                    report(Problem::TestRegex, span(value),
                           fmt::format("not a regular expression of RE2: {}", regex.error()));
            };
        };
        read_mapping(node, "'output'",
                     {{"contains", take(ExpectedOutput::Kind::Contains)},
                      {"matches", take(ExpectedOutput::Kind::Matches)}});
        if (node.IsMap() && node.size() != 1) bad(node, "'output' takes one of 'contains' and 'matches'");
        return out;
    }

    // Keys that an expected alert and the expectedOutcome of the event generator share.
    Keys alert_keys(ExpectedAlert& out) {
        return {
            {"priority",
             [&](const Node& v, Span) {
                 out.priority = text(v, "priority");
                 for (auto p = static_cast<int>(Priority::Emergency); p <= static_cast<int>(Priority::Debug);
                      ++p)
                     if (same_priority(*out.priority, priority_name(static_cast<Priority>(p)))) return;
                 bad(v, fmt::format("no priority '{}'", *out.priority));
             }},
            {"source", [&](const Node& v, Span) { out.source = text(v, "source"); }},
            {"outputFields",
             [&](const Node& v, Span) {
                 if (!v.IsMap()) return bad(v, "outputFields must be a mapping from fields to values");
                 for (const auto& entry : v)
                     out.fields.push_back({text(entry.first, "a field"), expected_value(entry.second)});
             }},
        };
    }

    ExpectedAlert alert(const Node& node) {
        ExpectedAlert out;
        if (node.IsScalar()) {  // the name of the rule alone
            out.rule = node.Scalar();
            out.span = span(node);
            return out;
        }
        Keys keys = alert_keys(out);
        keys.push_back({"rule", [&](const Node& v, Span) {
                            out.rule = text(v, "rule");
                            out.span = span(v);
                        }});
        keys.push_back({"tags", [&](const Node& v, Span) { out.tags = texts(v, "tags"); }});
        keys.push_back({"exactly", [&](const Node& v, Span) { out.fields_exactly = flag(v, "exactly"); }});
        keys.push_back({"output", [&](const Node& v, Span) { out.output = output(v); }});
        keys.push_back({"event", [&](const Node& v, Span) {
                            out.event = number(v, "event");
                            out.event_span = span(v);
                        }});
        keys.push_back({"count", [&](const Node& v, Span) { out.count = number(v, "count"); }});
        read_mapping(node, "an expected alert", keys);
        if (node.IsMap() && out.rule.empty()) bad(node, "an expected alert must name its 'rule'");
        return out;
    }

    TestMatrix matrix(const Node& node) {
        TestMatrix out;
        if (node.IsSequence()) {
            if (node.size() > 0) out.dimensions.emplace_back();
            for (const Node& item : node) out.dimensions[0].push_back(values(item, "an item of 'matrix'"));
        } else if (!node.IsMap()) {
            bad(node, "'matrix' is a mapping from fields to lists of values, or a list of such as 'set' has");
            return out;
        } else {
            for (const auto& entry : node) dimension(entry, out);
        }
        if (uint64_t most = limits_[Limit::MatrixTests]; out.size() > most)
            report(Problem::LimitExceeded, span(node),
                   fmt::format("the combinations of this matrix are more than {}", most),
                   limit_help(Limit::MatrixTests, most));
        return out;
    }

    // One field of a matrix and its values.
    void dimension(const Node::Entry& entry, TestMatrix& out) {
        std::string name = text(entry.first, "the name of a field");
        Span at = span(entry.first);
        const FieldRef* ref = field(name, at);
        if (!entry.second.IsSequence() || entry.second.size() == 0)
            return bad(entry.second, fmt::format("the values of '{}' must be a list", name));
        if (!ref) return;
        auto& values = out.dimensions.emplace_back();
        for (const Node& value : entry.second)
            values.push_back({{name, field_value(value, *ref).dump(-1, ' ', false, kReplace), at}});
    }

    void read_test(const Node& node) {
        ok_ = true;
        TestCase test;
        test.span = span(node);
        test.matching = matching_;
        std::optional<ExpectedAlert> outcome;
        std::string suite_rule;
        bool expects = false, has_events = false, multiplied = false;
        auto elsewhere = [](const Node&, Span) {};
        Keys keys = {
            {"name",
             [&](const Node& v, Span) {
                 test.name = text(v, "name");
                 test.span = span(v);
             }},
            {"events",
             [&](const Node& v, Span) {
                 test.events = events(v);
                 has_events = true;
             }},
            {"from",
             [&](const Node& v, Span) {
                 test.from = number(v, "from");
                 test.from_span = span(v);
             }},
            {"set", [&](const Node& v, Span) { test.set = values(v, "'set'"); }},
            {"unset",
             [&](const Node& v, Span) {
                 test.unset = texts(v, "unset");
                 for (const std::string& name : test.unset) field(name, span(v));
             }},
            {"matrix", [&](const Node& v, Span) { test.matrix = matrix(v); }},
            {"expect",
             [&](const Node& v, Span key) {
                 expects = true;
                 test.expect_key = key.begin;
                 if (!v.IsSequence()) return bad(v, "'expect' is the list of alerts; none is '[]'");
                 for (const Node& item : v) test.expect.push_back(alert(item));
             }},
            {"unexpected",
             [&](const Node& v, Span) {
                 std::string word = text(v, "unexpected");
                 test.ignore_unexpected = word == "ignore";
                 if (word != "ignore" && word != "fail") bad(v, "'unexpected' must be 'fail' or 'ignore'");
             }},
            {"ruleMatching", [&](const Node& v, Span) { test.matching = matching(v); }},
        };
        if (node.IsMap() && node["expectedOutcome"].IsDefined()) {
            keys.push_back({"rule", [&](const Node& v, Span) { suite_rule = text(v, "rule"); }});
            keys.push_back({"expectedOutcome", [&](const Node& v, Span) {
                                Keys known = alert_keys(outcome.emplace());
                                known.push_back({"hostname", elsewhere});
                                read_mapping(v, "'expectedOutcome'", known);
                                outcome->span = span(v);
                            }});
            for (const char* key :
                 {"description", "runner", "context", "before", "after", "resources", "steps"})
                keys.push_back({key, elsewhere});
            for (const char* key : {"cases", "runIf"})
                keys.push_back({key, [&](const Node&, Span) { multiplied = true; }});
        }
        read_mapping(node, "a test", keys);
        if (!node.IsMap()) return;
        if (test.name.empty()) bad(node, "a test must have a 'name'");
        if (!expects && !node["expectedOutcome"].IsDefined())
            bad(node, "a test must say what it expects", "for no alerts: 'expect: []'");
        if (!has_events) test.events = default_events_;
        if (outcome) {
            outcome->rule = suite_rule;
            test.expect.push_back(std::move(*outcome));
            test.ignore_unexpected = true;
            if (multiplied)
                test.skipped = "its cases are made by the event generator";
            else if (test.events->empty())
                test.skipped = "it tells how to provoke an event, but has no recorded 'events'";
        } else if (test.events->empty()) {
            bad(node, "a test without events", "'events' of the test or of the file names or holds them");
        }
        if (ok_) out_.tests.push_back(std::move(test));
    }

    void read_file(const Node& file) {
        std::optional<Node> tests;
        read_mapping(file, "a test file",
                     {{"rules",
                       [&](const Node& v, Span) {
                           out_.rules = texts(v, "rules");
                           if (!v.IsSequence())
                               out_.rule_spans = {span(v)};
                           else
                               for (const Node& item : v) out_.rule_spans.push_back(span(item));
                       }},
                      {"events", [&](const Node& v, Span) { default_events_ = events(v); }},
                      {"ruleMatching", [&](const Node& v, Span) { matching_ = matching(v); }},
                      {"tests", [&](const Node& v, Span) { tests = v; }}});
        if (!tests || !tests->IsSequence() || tests->size() == 0)
            return bad(tests ? *tests : file, "a test file must have a list of 'tests'");
        for (const Node& test : *tests) read_test(test);
    }

    std::string_view text_;
    uint32_t index_;
    const Schema& schema_;
    const Limits& limits_;
    Diagnostics& diagnostics_;
    TestFile out_;
    std::shared_ptr<const std::vector<TestEvents>> default_events_ =
        std::make_shared<const std::vector<TestEvents>>();
    Matching matching_ = Matching::First;
    bool ok_ = true;  // the test being read
    TextMap<Schema::Lookup> fields_;
};

}  // namespace

uint64_t TestMatrix::size() const {
    uint64_t out = 1;
    for (const auto& values : dimensions) {
        if (values.size() > UINT64_MAX / out) return UINT64_MAX;
        out *= values.size();
    }
    return out;
}

TestFile read_test_file(const Sources& sources, uint32_t index, const Schema& schema, const Limits& limits,
                        Diagnostics& diagnostics) {
    return TestFileReader(sources, index, schema, limits, diagnostics).read();
}

}  // namespace stoop
