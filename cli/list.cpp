// SPDX-License-Identifier: Apache-2.0
// stoop list: what a rule set holds.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/terminal.h"
#include "compiler/describe.h"
#include "compiler/print.h"

namespace stoop::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
    std::string what;
    RuleOptions rules;
    std::string format = "human";
    bool resolved = false;
};

ordered_json placed(const std::string& name, const Compilation& c, Span span) {
    Place place = c.sources.place(span);
    return {{"name", name}, {"file", place.file}, {"line", place.line}};
}

// As Falco's description of a rule set names these.
void add(ordered_json& one, const ConditionDescription& d) {
    one["condition_compiled"] = d.compiled;
    one["condition_fields"] = d.fields;
    one["condition_operators"] = d.operators;
    one["events"] = d.events;
    one["macros"] = d.macros;
    one["lists"] = d.lists;
    one["plugins"] = d.plugins;
}

ordered_json rules_json(const Compilation& c, const Schemas& schemas, bool resolved) {
    ordered_json out = ordered_json::array();
    for (const RuleDefinition& rule : c.ruleset.rules) {
        if (!c.outcome(rule).loaded) continue;
        const RuleItem& item = rule.item;
        ordered_json one = placed(item.name.text(), c, item.name.span(0, 1));
        one["priority"] = priority_name(*item.priority);
        one["source"] = rule.source();
        one["enabled"] = c.is_enabled(rule);
        one["tags"] = *item.tags;
        one["capture"] = item.capture.value_or(false);
        one["capture_duration"] = item.capture_duration.value_or(0);
        one["warn_evttypes"] = item.warn_event_types.value_or(true);
        one["description"] = item.description ? item.description->text() : std::string();
        one["condition"] = item.condition->text();
        one["output"] = item.output->text();
        one["output_compiled"] = compiled_output(rule);
        one["output_fields"] = c.outcome(rule).output_mentions;
        add(one, describe(rule, c, *schemas.find(rule.source())));
        ExceptionsDescription exceptions = describe_exceptions(rule);
        one["exception_names"] = exceptions.names;
        one["exception_fields"] = exceptions.fields;
        one["exception_operators"] = exceptions.operators;
        if (resolved) one["resolved"] = print_resolved(c.ruleset, c.sources, rule);
        out.push_back(std::move(one));
    }
    return out;
}

ordered_json macros_json(const Compilation& c, const Schema& schema) {
    ordered_json out = ordered_json::array();
    for (const MacroDefinition& macro : c.ruleset.macros) {
        ordered_json one = placed(macro.item.name.text(), c, macro.item.name.span(0, 1));
        one["condition"] = macro.item.condition.text();
        add(one, describe(macro, c.ruleset, schema));
        out.push_back(std::move(one));
    }
    return out;
}

// Items that are the names of earlier lists are given apart.
ordered_json lists_json(const Compilation& c) {
    std::map<std::string, uint32_t> defined;
    for (const ListDefinition& list : c.ruleset.lists) defined.emplace(list.item.name.text(), list.index);
    ordered_json out = ordered_json::array();
    for (const ListDefinition& list : c.ruleset.lists) {
        ordered_json one = placed(list.item.name.text(), c, list.item.name.span(0, 1));
        one["items"] = ordered_json::array();
        one["lists"] = ordered_json::array();
        for (const MappedText& item : list.item.items) {
            auto named = defined.find(item.text());
            bool is_list = named != defined.end() && named->second < list.visibility;
            one[is_list ? "lists" : "items"].push_back(item.text());
        }
        out.push_back(std::move(one));
    }
    return out;
}

// The plugins that a schema describes, with their versions where it names them.
ordered_json plugins_json(const Schema& schema) {
    ordered_json out = ordered_json::array();
    for (const Plugin& plugin : schema.plugins()) {
        ordered_json one = {{"name", plugin.name}};
        if (plugin.version) one["version"] = plugin.version->text();
        out.push_back(std::move(one));
    }
    return out;
}

ordered_json sources_json(const Global& global) {
    ordered_json out = ordered_json::array();
    for (const Schema* schema : global.schemas.all())
        out.push_back({{"name", schema->source()},
                       {"fields", schema->fields().size()},
                       {"plugins", plugins_json(*schema)}});
    return out;
}

// A few event types by name, many as a count.
std::string events_text(const ordered_json& events) {
    constexpr size_t kFew = 8;
    std::vector<std::string> names = events.get<std::vector<std::string>>();
    std::erase(names, "asyncevent");  // which every rule sees
    if (names.empty()) return "no event";
    if (names.size() > kFew) return fmt::format("{} event types", names.size());
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string first_line(std::string text) {
    for (char& c : text)
        if (c == '\n') c = ' ';
    return text.substr(0, text.find_last_not_of(' ') + 1);
}

void print_items(const ordered_json& list) {
    auto items = list["items"].get<std::vector<std::string>>();
    for (const auto& name : list["lists"]) items.push_back("[" + name.get<std::string>() + "]");
    print_wrapped(fmt::format("    {}", fmt::join(items, ", ")), 4);
}

void print_human(const std::string& what, const ordered_json& entries) {
    for (const auto& one : entries) {
        std::string place = one.contains("file") ? fmt::format("  ({}:{})", one["file"].get<std::string>(),
                                                               one["line"].get<uint32_t>())
                                                 : "";
        std::string detail;
        if (what == "rules") detail = fmt::format("{:<13} ", one["priority"].get<std::string>());
        print_wrapped(fmt::format("{}{}{}{}", detail, one["name"].get<std::string>(),
                                  what == "rules" && !one["enabled"].get<bool>() ? " [disabled]" : "", place),
                      detail.empty() ? 4 : 14);
        if (what == "rules" && !one["events"].empty())
            print_wrapped("    on " + events_text(one["events"]), 7);
        if (one.contains("resolved"))
            write_output(one["resolved"].get<std::string>());
        else if (what == "macros")
            print_wrapped("    " + first_line(one["condition"]), 4);
        else if (what == "lists")
            print_items(one);
    }
}

int list(const Options& options, const Global& global) {
    LoadedRules rules = load_rules(options.rules, global);
    if (rules.exit != kOk) return rules.exit;
    const Compilation& c = *rules.compilation;
    ordered_json entries = options.what == "rules"    ? rules_json(c, global.schemas, options.resolved)
                           : options.what == "macros" ? macros_json(c, global.schema())
                           : options.what == "lists"  ? lists_json(c)
                                                      : sources_json(global);
    if (options.format == "json")
        write_output(entries.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
    else
        print_human(options.what, entries);
    return kOk;
}

}  // namespace

void add_list(CLI::App& app, const Global& global, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("list", "List what a rule set holds");
    command->footer("Example:\n  stoop list rules -r rules/ --resolved");
    command->add_option("WHAT", options->what, "What to list")
        ->required()
        ->check(CLI::IsMember({"rules", "macros", "lists", "sources"}));
    add_rule_options(*command, options->rules);
    command->add_option("-o,--output-format", options->format, "For people or for programs")
        ->check(CLI::IsMember({"human", "json"}))
        ->capture_default_str();
    command->add_flag(
        "--resolved", options->resolved,
        "The condition of each rule with its macros and lists filled in, and where each part came from");
    command->callback([=, &global, &chosen] { chosen = [=, &global] { return list(*options, global); }; });
}

}  // namespace stoop::cli
