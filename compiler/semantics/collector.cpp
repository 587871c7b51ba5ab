// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/collector.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/semantics/exceptions.h"
#include "compiler/semantics/suggestions.h"
#include "runtime/base/nearest.h"
#include "runtime/event/schema.h"

namespace stoop {
namespace {

// Texts are joined with one blank, and nothing else: an `and` is the author's to write.
void append_text(MappedText& to, const MappedText& more) {
    Span at = more.span();
    to.append_pinned(" ", at.file, at.begin);
    to.append(more);
}

// Sorted, each once. Tags may be appended many times, so this is done when all are there.
void settle_tags(std::vector<std::string>& tags) {
    std::sort(tags.begin(), tags.end());
    tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
}

class Collector {
  public:
    Collector(const Sources& sources, const Schemas& schemas, Ruleset& out, Diagnostics& diagnostics)
        : sources_(sources), schemas_(schemas), out_(out), diagnostics_(diagnostics) {}

    // Definitions that were left out for their mistakes.
    void add_faulty(const std::set<std::string>& names) { faulty_.insert(names.begin(), names.end()); }
    void add(RuleItem item);
    void add(MacroItem item) {
        if (MacroDefinition* macro = place(out_.macros, out_.macro_index, item, "macro")) {
            if (item.form == Form::Append)
                append_text(macro->item.condition, item.condition);
            else {
                warn_redefined(macro->item, item, "macro");
                macro->item = std::move(item);
            }
        }
    }
    void add(ListItem item) {
        if (ListDefinition* list = place(out_.lists, out_.list_index, item, "list")) {
            if (item.form == Form::Append)
                list->item.items.insert(list->item.items.end(), item.items.begin(), item.items.end());
            else {
                warn_redefined(list->item, item, "list");
                list->item = std::move(item);
            }
        }
    }

  private:
    static bool same(const MacroItem& a, const MacroItem& b) {
        return a.condition.text() == b.condition.text();
    }
    static bool same(const ListItem& a, const ListItem& b) {
        return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(),
                          [](const MappedText& x, const MappedText& y) { return x.text() == y.text(); });
    }
    static bool same(const RuleItem&, const RuleItem&) { return false; }

    // In another file it is the usual way to change an item. Replaced by `override`, it is meant.
    template <typename Item>
    void warn_redefined(const Item& old, const Item& item, const char* kind) {
        if (old.name.empty() || old.span.file != item.span.file || item.by_override || same(old, item))
            return;
        diagnostics_.report(Problem::Redefined, false, [&] {
            Place place = sources_.place(old.name.span());
            Diagnostic out{Problem::Redefined, fmt::format("{} '{}' is defined again; this definition counts",
                                                           kind, item.name.text())};
            out.span = item.name.span();
            out.notes.push_back(
                {fmt::format("the one at {}:{}:{} is not used", place.file, place.line, place.column),
                 old.name.span()});
            out.falco = context(item);
            return out;
        });
    }

    // Where a macro or list goes; nothing, after a report, if it changes one that is not there.
    template <typename Definition, typename Item>
    Definition* place(std::vector<Definition>& table, TextMap<size_t>& index, const Item& item,
                      const char* kind) {
        auto known = index.find(item.name.text());
        if (known == index.end() && item.form == Form::Append) {
            no_target(item, kind,
                      fmt::format("{0}{1} uses 'append' or 'override.{2}: append' but no {3} by that name "
                                  "already exists",
                                  static_cast<char>(std::toupper(kind[0])), kind + 1,
                                  kind[0] == 'm' ? "condition" : "items", kind),
                      table);
            return nullptr;
        }
        auto [entry, fresh] = index.try_emplace(item.name.text(), table.size());
        ++counter_;
        if (fresh) table.emplace_back().index = counter_;
        table[entry->second].visibility = counter_;
        return &table[entry->second];
    }

    template <typename Item, typename Definition>
    void no_target(const Item& item, const char* kind, std::string falco,
                   const std::vector<Definition>& known, FalcoOrder::Step step = FalcoOrder::Collect) {
        // Of one with mistakes of its own this says nothing new, except to Falco, which did not get here.
        const MappedText& name = item.name;
        bool repeated = faulty_.contains(faulty(kind, name.text()));
        diagnostics_.report(Problem::NoTarget, repeated, [&] {
            std::string near =
                nearest(name.text(), known, [](const Definition& definition) -> const std::string& {
                    return definition.item.name.text();
                });
            Diagnostic out{Problem::NoTarget,
                           fmt::format("there is no {} '{}' to change", kind, name.text())};
            out.span = name.span();
            out.help = near.empty()
                           ? in_published_rules(name.text(), kind, sources_.file(name.span().file).name())
                           : fmt::format("did you mean '{}'?", near);
            if (out.help.empty()) out.help = "define it first, in this file or in one that is loaded before";
            out.falco = context(item, step).saying(std::move(falco));
            out.falco.repeated = repeated;
            return out;
        });
    }
    static std::string faulty(std::string_view kind, std::string_view name) {
        return fmt::format("{} {}", kind, name);
    }
    void report(FalcoContext falco, Problem problem, Span span, std::string message, std::string help = "") {
        diagnostics_.report(
            {problem, std::move(message), true, span, "", {}, std::move(help), std::move(falco)});
    }
    template <typename Item>
    static FalcoContext context(const Item& item, FalcoOrder::Step step = FalcoOrder::Collect) {
        FalcoContext out = falco_item(item);
        out.order = {FalcoOrder::Read, item.span.file, item.number, step};
        return out;
    }
    ExceptionOwner owner(const RuleItem& item, const std::string& source) const {
        return {item.name.text(), schemas_.find(source), context(item)};
    }

    void define(RuleItem item);
    // Nothing, after a report, if there is no such rule.
    RuleDefinition* target(const RuleItem& item, std::string falco,
                           FalcoOrder::Step step = FalcoOrder::Collect);
    // The two parts of an item that changes a rule; false, after a report, if one cannot be applied.
    bool append(RuleItem& item);
    bool replace(RuleItem& item);
    bool same_source(const RuleDefinition& rule, const RuleItem& item,
                     FalcoOrder::Step step = FalcoOrder::Collect);

    const Sources& sources_;
    const Schemas& schemas_;
    Ruleset& out_;
    Diagnostics& diagnostics_;
    TextMap<size_t> rules_;
    std::unordered_map<size_t, TextMap<size_t>> exceptions_;  // by rule, of those that are appended to
    TextSet faulty_;
    uint32_t counter_ = 0;
};

bool Collector::same_source(const RuleDefinition& rule, const RuleItem& item, FalcoOrder::Step step) {
    if (!item.source || item.source->text() == rule.source()) return true;
    report(context(item, step).saying("Rule has been re-defined with a different source"),
           Problem::SourceChanged, item.source->span(),
           fmt::format("rule '{}' is for the source '{}' and cannot be changed to '{}'", item.name.text(),
                       rule.source(), item.source->text()));
    return false;
}

void Collector::define(RuleItem item) {
    auto known = rules_.find(item.name.text());
    if (known != rules_.end() && !same_source(out_.rules[known->second], item)) return;
    std::string source = item.source ? item.source->text() : std::string(kDefaultSource);
    if (!schemas_.find(source)) {
        report(
            context(item).saying(fmt::format("Unknown source {}, skipping", source)), Problem::UnknownSource,
            item.source->span(),
            fmt::format("rule '{}' is for the unknown source '{}' and is skipped", item.name.text(), source),
            help_for_source(source, schemas_));
    }
    std::vector<ExceptionItem> exceptions = item.exceptions.value_or(std::vector<ExceptionItem>());
    item.exceptions = define_exceptions(std::move(exceptions), owner(item, source), diagnostics_);
    if (!item.exceptions) {
        faulty_.insert(faulty("rule", item.name.text()));
        return;
    }
    if (!item.tags) item.tags.emplace();
    if (known == rules_.end()) {
        known = rules_.emplace(item.name.text(), out_.rules.size()).first;
        out_.rules.emplace_back();
    }
    exceptions_.erase(known->second);
    warn_redefined(out_.rules[known->second].item, item, "rule");
    out_.rules[known->second].item = std::move(item);
}

bool asked(const RuleItem& item, const char* key, Change change) {
    if (item.form == Form::Append) return change == Change::Append;
    auto entry = item.overrides.find(key);
    return entry != item.overrides.end() && entry->second == change;
}

bool asked(const RuleItem& item, Change change) {
    return std::any_of(item.overrides.begin(), item.overrides.end(),
                       [&](const auto& entry) { return entry.second == change; });
}

RuleDefinition* Collector::target(const RuleItem& item, std::string falco, FalcoOrder::Step step) {
    auto known = rules_.find(item.name.text());
    if (known != rules_.end()) return &out_.rules[known->second];
    no_target(item, "rule", std::move(falco), out_.rules, step);
    return nullptr;
}

bool Collector::append(RuleItem& item) {
    RuleDefinition* rule = target(
        item, "Rule uses 'append' or 'override.<key>: append' but no rule by that name already exists");
    if (!rule) return false;
    if (item.form == Form::Append && !item.condition && !item.exceptions) {
        report(context(item).saying("Appended rule must have exceptions or condition property"),
               Problem::BadAppend, item.name.span(),
               fmt::format("rule '{}' appends neither a condition nor exceptions", item.name.text()));
        return false;
    }
    RuleItem& old = rule->item;
    bool touches_condition = item.condition && asked(item, "condition", Change::Append);
    if (touches_condition && !same_source(*rule, item)) return false;
    auto join = [&](const char* key, std::optional<MappedText>& into, const std::optional<MappedText>& more) {
        if (more && asked(item, key, Change::Append)) append_text(*into, *more);
    };
    join("condition", old.condition, item.condition);
    join("output", old.output, item.output);
    join("desc", old.description, item.description);
    if (item.tags && asked(item, "tags", Change::Append))
        old.tags->insert(old.tags->end(), item.tags->begin(), item.tags->end());
    if (!item.exceptions || !asked(item, "exceptions", Change::Append)) return true;
    auto [index, fresh] = exceptions_.try_emplace(rules_.at(old.name.text()));
    if (fresh) index->second = index_exceptions(*old.exceptions);
    return append_exceptions(*old.exceptions, index->second, std::move(*item.exceptions),
                             owner(item, rule->source()), diagnostics_);
}

bool Collector::replace(RuleItem& item) {
    constexpr auto kStep = FalcoOrder::CollectReplacements;
    RuleDefinition* rule = target(
        item, "An 'override.<key>: replace' to a rule was requested but no rule by that name already exists",
        kStep);
    if (!rule) return false;
    RuleItem& old = rule->item;
    bool touches_condition = item.condition && asked(item, "condition", Change::Replace);
    if (touches_condition && !same_source(*rule, item, kStep)) return false;
    if (item.exceptions && asked(item, "exceptions", Change::Replace)) {
        // Falco does not look the fields up here; compiling the condition does.
        ExceptionOwner unchecked{item.name.text(), nullptr, context(item, kStep), true};
        auto exceptions = define_exceptions(std::move(*item.exceptions), unchecked, diagnostics_);
        if (!exceptions) return false;
        exceptions_.erase(rules_.at(old.name.text()));
        old.exceptions = std::move(exceptions);
    }
    auto replaced = [&](const char* key, auto& into, auto& value) {
        if (value && asked(item, key, Change::Replace)) into = std::move(value);
    };
    replaced("condition", old.condition, item.condition);
    replaced("output", old.output, item.output);
    replaced("desc", old.description, item.description);
    replaced("tags", old.tags, item.tags);
    replaced("priority", old.priority, item.priority);
    replaced("enabled", old.enabled, item.enabled);
    replaced("warn_evttypes", old.warn_event_types, item.warn_event_types);
    replaced("skip-if-unknown-filter", old.skip_if_unknown, item.skip_if_unknown);
    replaced("capture", old.capture, item.capture);
    replaced("capture_duration", old.capture_duration, item.capture_duration);
    return true;
}

// What is appended comes before what is replaced; the rest of the rule stays.
void Collector::add(RuleItem item) {
    switch (item.form) {
        case Form::Definition: return define(std::move(item));
        case Form::EnableOnly:
            if (RuleDefinition* rule =
                    target(item, "Rule has 'enabled' key but no rule by that name already exists"))
                rule->item.enabled = item.enabled;
            return;
        case Form::Append: append(item); return;
        case Form::Override: break;
    }
    if (asked(item, Change::Append) && !append(item)) return;
    if (asked(item, Change::Replace)) replace(item);
}

}  // namespace

void collect(std::vector<RuleFile> files, const Sources& sources, const Schemas& schemas, Ruleset& out,
             Diagnostics& diagnostics) {
    Collector collector(sources, schemas, out, diagnostics);
    for (RuleFile& file : files) out.plugins.merge(file.plugins);
    for (RuleFile& file : files) {
        collector.add_faulty(file.faulty);
        for (auto& item : file.items) std::visit([&](auto& it) { collector.add(std::move(it)); }, item);
    }
    for (RuleDefinition& rule : out.rules) settle_tags(*rule.item.tags);
}

}  // namespace stoop
