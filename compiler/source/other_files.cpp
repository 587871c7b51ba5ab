// SPDX-License-Identifier: Apache-2.0
#include "compiler/source/other_files.h"

#include <fmt/format.h>

#include <algorithm>

namespace stoop {
namespace {

constexpr std::string_view kFalcoConfig = "this is Falco's configuration",
                           kFalcoHelp = "check the files that it names under 'rules_files'",
                           kHelmValues = "these are values for Falco's Helm chart",
                           kHelmHelp = "'stoop check --extract' checks the rules in them, if there are any";

// A file by keys at its top, all of which have to be there.
struct KeyRow {
    std::array<std::string_view, 3> keys;
    std::string_view what, instead;
};
constexpr KeyRow kByKeys[] = {
    {{"tests"}, "this is a test file", "run it with 'stoop test'"},
    {{"rulesets"}, "this is a project file of Stoop", "'stoop check' without files checks what it names"},
    {{"rules_files"}, kFalcoConfig, kFalcoHelp},
    {{"rules_file"}, kFalcoConfig, kFalcoHelp},
    {{"load_plugins"}, kFalcoConfig, kFalcoHelp},
    {{"json_output"}, kFalcoConfig, kFalcoHelp},
    {{"stdout_output"}, kFalcoConfig, kFalcoHelp},
    {{"http_output"}, kFalcoConfig, kFalcoHelp},
    {{"file_output"}, kFalcoConfig, kFalcoHelp},
    {{"syslog_output"}, kFalcoConfig, kFalcoHelp},
    {{"buffered_outputs"}, kFalcoConfig, kFalcoHelp},
    {{"libs_logger"}, kFalcoConfig, kFalcoHelp},
    {{"rule_matching"}, kFalcoConfig, kFalcoHelp},
    {{"config_files"}, kFalcoConfig, kFalcoHelp},
    {{"customRules"}, kHelmValues, kHelmHelp},
    {{"falcoctl"}, kHelmValues, kHelmHelp},
    {{"falco", "driver"}, kHelmValues, kHelmHelp},
    {{"apiVersion", "name", "version"}, "this describes a Helm chart", ""},
    {{"logsource", "detection"}, "this is a Sigma rule, which is another language", ""},
    {{"output_fields", "rule"}, "these are alerts of Falco", "evaluate them: stoop run -r RULES FILE"},
    {{"evt.type"}, "these are events", "evaluate them: stoop run -r RULES FILE"},
    {{"jobs", "on"}, "this is a workflow of GitHub", ""},
    {{"services"}, "this describes services of Docker Compose", ""},
    {{"repos"}, "this is the configuration of pre-commit", ""},
    {{"groups"}, "this is a file of Prometheus", ""},
    {{"indexes"}, "this is the configuration of falcoctl", ""},
    {{"listenport"}, "this is the configuration of Falcosidekick", ""},
    {{"stages"}, "this is a pipeline", ""},
};

// A file by how its text begins.
struct TextRow {
    std::string_view begin, what;
};
constexpr TextRow kByText[] = {
    {"<", "this is a page in HTML or XML"},
    {"#!", "this is a script"},
    {"\x1f\x8b", "this is compressed with gzip: unpack it first"},
    {"\x28\xb5\x2f\xfd", "this is compressed with zstd: unpack it first"},
    {"404", "this is the answer of a server that did not find a file"},
    {"package ", "this is a policy of OPA, which is another language"},
    {"import ", "this is a program"},
    {"rule ", "these are rules of YARA, which is another language"},
};

// Whether keys stand in the first column behind an item, which ends the list there: YAML takes them for a
// document of their own.
bool stands_outside_of_an_item(const YamlNode& document, std::string_view text) {
    if (document.Mark().pos <= 0) return false;
    std::string_view before = text.substr(0, static_cast<size_t>(document.Mark().pos));
    size_t last = before.find_last_not_of(" \t\r\n");
    if (last == before.npos) return false;
    size_t line = before.rfind('\n', last);
    return !before.substr(line == before.npos ? 0 : line + 1).starts_with("---");
}

// Whether every value is a mapping with a condition: the names of rules as keys.
bool names_as_keys(const YamlNode& document) {
    bool any = false;
    for (const auto& entry : document) {
        if (!entry.second.IsMap() || !entry.second["condition"].IsDefined()) return false;
        any = true;
    }
    return any;
}

}  // namespace

OtherFile recognise(const YamlNode& document, std::string_view text) {
    if (!document.IsMap()) return recognise_text(text);
    auto has = [&](std::string_view key) { return document[key].IsDefined(); };
    if (has("apiVersion") && has("kind")) {
        std::string kind = document["kind"].Scalar();
        return {fmt::format("this is a Kubernetes manifest ({})", kind.empty() ? "of no kind" : kind),
                "'stoop check --extract' checks the rules in it, if there are any"};
    }
    for (const KeyRow& row : kByKeys)
        if (std::all_of(row.keys.begin(), row.keys.end(),
                        [&](std::string_view key) { return key.empty() || has(key); }))
            return {std::string(row.what), std::string(row.instead)};
    if (stands_outside_of_an_item(document, text))
        return {"this key stands outside of its item",
                "indent it, and those behind it, as the key behind the dash: by 2 blanks"};
    for (std::string_view kind : {"rule", "macro", "list"})
        if (has(kind))
            return {"",
                    fmt::format("begin the item with a dash: '- {}: ...', and indent its other keys", kind)};
    for (const auto& entry : document)
        if (is_list_of_rules(entry.second))
            return {
                fmt::format("the rules stand under '{}'", entry.first.Scalar()),
                "a rule file is the list itself: leave the key out; 'stoop check --extract' checks the list "
                "as it is here"};
    for (const auto& entry : document)
        if (entry.second.IsMap() && entry.second["customRules"].IsDefined())
            return {"these are values for a Helm chart", std::string(kHelmHelp)};
    if (names_as_keys(document))
        return {"the names of rules stand as keys", "begin each rule with '- rule: NAME'"};
    return {};
}

OtherFile recognise_text(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    for (const TextRow& row : kByText)
        if (!text.starts_with("<<") && text.starts_with(row.begin)) return {std::string(row.what), ""};
    return {};
}

OtherFile recognise_item(const YamlNode& item) {
    auto has = [&](std::string_view key) { return item[key].IsDefined(); };
    if (has("name") && (has("events") || has("alerts") || has("expect")))
        return {"this is a test", "the tests of a file stand under 'tests:'; 'stoop test' runs them"};
    if (has("evt.type")) return {"this is an event", "evaluate events: stoop run -r RULES FILE"};
    if (has("id") && has("pattern")) return {"this is a rule of another tool", ""};
    return {};
}

bool is_list_of_rules(const YamlNode& document) {
    if (!document.IsSequence() || document.size() == 0) return false;
    for (const YamlNode& item : document)
        for (std::string_view key : kItemKinds)
            if (item.IsMap() && item[key].IsDefined()) return true;
    return false;
}

}  // namespace stoop
