// SPDX-License-Identifier: Apache-2.0
#include "testing/test_file.h"

#include <fmt/format.h>
#include <re2/re2.h>
#include <yaml-cpp/depthguard.h>

#include <algorithm>
#include <filesystem>

#include "compiler/source/node_reader.h"
#include "compiler/source/other_files.h"
#include "runtime/base/excerpt.h"
#include "runtime/base/nearest.h"
#include "runtime/base/text_map.h"
#include "runtime/program/program.h"
#include "testing/generator_test.h"
#include "testing/test_template.h"
#include "testing/test_values.h"

namespace stoop {
namespace {

using Node = YamlNode;

class TestFileReader : private NodeReader {
  public:
    TestFileReader(const Sources& sources, uint32_t index, const SchemaOf& schema_of, const Limits& limits,
                   Diagnostics& diagnostics)
        : NodeReader(index, diagnostics),
          sources_(sources),
          text_(sources.file(index).text()),
          schema_of_(schema_of),
          limits_(limits) {
        out_.path = sources.file(index).name();
        out_.source = index;
    }

    TestFile read() {
        try {
            auto read = documents();
            const std::vector<Node>& roots = read->roots();
            if (!roots.empty() && is_list_of_rules(roots[0]))
                report(Problem::BadTest, {index(), 0, 1}, "this is a rule file, not a test file",
                       "check it with 'stoop check', or name it with '-r' beside the tests");
            else if (!is_other_file(roots) && is_one_document(roots))
                read_file(roots[0]);
        } catch (const YamlLimitExceeded& e) {
            report(Problem::LimitExceeded, span(e.mark), e.msg, limit_help(e.limit, limits_[e.limit]));
        } catch (const YAML::Exception& e) {
            report(Problem::BadTest, span(e.mark), "not valid YAML: " + yaml_problem(e));
        }
        return std::move(out_);
    }

  private:
    // After a report, true.
    bool is_other_file(const std::vector<Node>& roots) {
        constexpr const char* kShape =
            "a test file begins with 'rules: [FILE]' and has its tests under 'tests:'";
        Span start{index(), 0, 1};
        if (roots.empty()) {
            report(Problem::BadTest, start, "this test file is empty", kShape);
            return true;
        }
        if (roots[0].IsMap() && roots[0]["tests"].IsDefined()) return false;
        if (roots[0].IsSequence() && roots[0].size() > 0) {
            bool tests = !recognise_item(*roots[0].begin()).what.empty();
            report(Problem::BadTest, start, "a test file is a mapping, and this is a list",
                   tests ? "put the tests under 'tests:', and name the rules under 'rules:'" : kShape);
            return true;
        }
        OtherFile other = recognise(roots[0], text_);
        if (other.what.empty() && roots[0].IsMap()) return false;
        report(Problem::BadTest, start,
               other.what.empty() ? "a test file is a mapping with the key 'tests'" : other.what,
               other.instead.empty() ? kShape : other.instead);
        return true;
    }

    // Else after a report, false.
    bool is_one_document(const std::vector<Node>& roots) {
        if (roots.size() == 1) return true;
        report(Problem::BadTest, span(roots[1]), "a test file is one YAML document",
               "put the tests of the second into a file of their own");
        return false;
    }

    std::unique_ptr<YamlDocuments> documents() const {
        try {
            return std::make_unique<YamlDocuments>(text_, limits_);
        } catch (const YamlLimitExceeded&) {
            throw;
        } catch (const YAML::Exception&) {
            std::string text = with_plain_placeholders(text_);
            if (text == text_) throw;
            return std::make_unique<YamlDocuments>(text, limits_);
        }
    }

    Matching matching(const Node& node) {
        std::string word = text(node, "ruleMatching");
        if (word == "all") return Matching::All;
        if (word != "first") bad(node, "ruleMatching must be 'first' or 'all'");
        return Matching::First;
    }

    const FieldRef* field(const std::string& name, Span where) {
        auto [entry, fresh] = fields_.try_emplace(name);
        if (fresh) entry->second = schema_->find(name);
        const Schema::Lookup& found = entry->second;
        if (found.ref) return &*found.ref;
        std::string near = diagnostics().keeps(Problem::TestEvent) ? schema_->suggest(name) : "";
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

    ExpectedAlert alert(const Node& node) {
        ExpectedAlert out;
        if (node.IsScalar()) {  // the name of the rule alone
            out.rule = node.Scalar();
            out.span = span(node);
            return out;
        }
        Keys keys = {
            {"rule",
             [&](const Node& v, Span) {
                 out.rule = text(v, "rule");
                 out.span = span(v);
             }},
            {"priority",
             [&](const Node& v, Span) { out.priority = read_priority(*this, v, text(v, "priority")); }},
            {"source", [&](const Node& v, Span) { out.source = text(v, "source"); }},
            {"tags", [&](const Node& v, Span) { out.tags = texts(v, "tags"); }},
            {"outputFields",
             [&](const Node& v, Span) {
                 if (!v.IsMap()) return bad(v, "outputFields must be a mapping from fields to values");
                 for (const auto& entry : v)
                     out.fields.push_back({text(entry.first, "a field"), expected_value(entry.second)});
             }},
            {"exactly", [&](const Node& v, Span) { out.fields_exactly = flag(v, "exactly"); }},
            {"output", [&](const Node& v, Span) { out.output = output(v); }},
            {"event",
             [&](const Node& v, Span) {
                 out.event = number(v, "event");
                 out.event_span = span(v);
             }},
            {"count",
             [&](const Node& v, Span) {
                 out.count = number(v, "count");
                 out.counted = true;
             }},
        };
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

    Keys test_keys(TestCase& test, bool& expects, Span& ignores) {
        return {
            {"name", [&](const Node& v, Span) { test.span = span(v); }},
            {"events", [&](const Node& v, Span) { test.events = events(v); }},
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
                 ignores = span(v);
                 if (word != "ignore" && word != "fail") bad(v, "'unexpected' must be 'fail' or 'ignore'");
             }},
            {"ruleMatching", [&](const Node& v, Span) { test.matching = matching(v); }},
            {"requires", [&](const Node& v, Span) { test.needs = written(v, "requires"); }},
        };
    }

    void note_name(const TestCase& test) {
        auto [first, fresh] = names_.try_emplace(test.name, test.span);
        if (fresh || test.name.empty()) return;
        Place place = sources_.place(first->second);
        warn(Problem::TestNameTwice, test.span,
             fmt::format("another test of this file has the name '{}'", excerpt(test.name)),
             {fmt::format("the first stands at {}:{}:{}", place.file, place.line, place.column)});
    }

    void read_test(const Node& node) {
        start();
        TestCase test;
        test.span = span(node);
        test.matching = matching_;
        test.events = default_events_;
        test.of_generator = GeneratorKeys::are_in(node);
        bool expects = false;
        Span ignores;  // the value of `unexpected`
        GeneratorKeys generator;
        Keys keys = test_keys(test, expects, ignores);
        if (test.of_generator) {
            Keys others = generator.keys();
            keys.insert(keys.end(), others.begin(), others.end());
        }
        read_mapping(node, "a test", keys);
        if (!node.IsMap()) return;
        if (node["name"].IsDefined()) test.name = text(node["name"], "name");
        note_name(test);
        if (test.name.empty()) bad(node, "a test must have a 'name'");
        if (!expects && !test.of_generator)
            bad(node, "a test must say what it expects", "for no alerts: 'expect: []'");
        if (test.of_generator)
            return add_generator_tests(*this, generator, limits_, spent_, test, out_.tests);
        if (!ok()) return;
        if (test.expect.empty() && test.ignore_unexpected)
            warn(Problem::TestCannotFail, ignores,
                 "this test passes whatever comes: it expects no alert and ignores those that come");
        out_.tests.push_back(std::move(test));
    }

    void note_rules(const Node& test) {
        if (!test.IsMap()) return;
        for (const char* key : {"expect", "requires"}) {
            Node rules = test[key];
            if (rules.IsDefined() && rules.IsScalar()) out_.about.insert(rules.Scalar());
            if (!rules.IsSequence()) continue;
            for (const Node& alert : rules) {
                Node rule = alert.IsMap() ? alert["rule"] : alert;
                if (rule.IsDefined() && rule.IsScalar()) out_.about.insert(rule.Scalar());
            }
        }
    }

    void read_file(const Node& file) {
        std::optional<Node> tests, events_of_all;
        read_mapping(file, "a test file",
                     {{"rules", [&](const Node& v, Span) { out_.rules = written(v, "rules"); }},
                      {"schemas", [&](const Node& v, Span) { out_.schemas = written(v, "schemas"); }},
                      {"source",
                       [&](const Node& v, Span) {
                           out_.event_source = {text(v, "source"), span(v)};
                       }},
                      {"events", [&](const Node& v, Span) { events_of_all = v; }},
                      {"ruleMatching", [&](const Node& v, Span) { matching_ = matching(v); }},
                      {"tests", [&](const Node& v, Span) { tests = v; }}});
        if (!tests || !tests->IsSequence())
            return bad(tests ? *tests : file, "a test file must have a list of 'tests'");
        for (const Node& test : *tests) note_rules(test);
        schema_ = schema_of_(out_);
        if (!schema_) return;
        if (events_of_all) default_events_ = events(*events_of_all);
        if (tests->size() == 0) warn(Problem::NoTests, span(*tests), "this file has no tests");
        for (const Node& test : *tests) read_test(test);
    }

    const Sources& sources_;
    std::string_view text_;
    const SchemaOf& schema_of_;
    const Schema* schema_ = nullptr;
    const Limits& limits_;
    TestFile out_;
    std::shared_ptr<const std::vector<TestEvents>> default_events_ =
        std::make_shared<const std::vector<TestEvents>>();
    Matching matching_ = Matching::First;
    uint64_t spent_ = 0;  // on cases of templates
    TextMap<Schema::Lookup> fields_;
    TextMap<Span> names_;  // of tests, where they stand first
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

TestFile read_test_file(const Sources& sources, uint32_t index, const SchemaOf& schema_of,
                        const Limits& limits, Diagnostics& diagnostics) {
    return TestFileReader(sources, index, schema_of, limits, diagnostics).read();
}

}  // namespace stoop
