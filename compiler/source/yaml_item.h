// SPDX-License-Identifier: Apache-2.0
// One mapping of a rule file, with typed access to its keys. Every problem is reported at its place and in
// the author's words; what cannot be read is nothing.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/source/diagnostic.h"
#include "compiler/source/yaml_node.h"

namespace stoop {

// The file being read.
struct YamlFile {
    const SourceFile& source;
    uint32_t index;
    Diagnostics& diagnostics;
    uint32_t item = 0;  // the number of the item being read

    Span span(const YAML::Mark& mark, size_t length = 1) const;
    // A scalar's text (its first line), or the place where something else begins.
    Span span(const YamlNode& node) const;
    // The sign that nothing follows: YAML notices at what comes behind it.
    Span span_before(const YamlNode& nothing) const;
    MappedText text(const YamlNode& scalar) const;
    void report(FalcoContext falco, Problem problem, Span span, std::string message, std::string label = "",
                std::string help = "") const;
    // For what one item may have very often: `make` is called for what is kept only.
    template <typename Make>
    void report(Problem problem, Make&& make, bool repeated = false) const {
        diagnostics.report(problem, repeated, [&] {
            Diagnostic out = make();
            out.falco.order.file = index;
            out.falco.order.item = item;
            return out;
        });
    }
};

// Warns of each key that a mapping has twice: the first one counts.
void warn_twice(const YamlFile& file, const YamlNode& mapping);

class YamlItem {
  public:
    // `name` is how messages speak of it: "rule 'x'"; `falco` is how Falco does.
    YamlItem(YamlFile& file, YamlNode node, std::string name, FalcoContext falco)
        : file_(file), node_(node), name_(std::move(name)), falco_(std::move(falco)) {}

    bool has(std::string_view key) const { return node_[key].IsDefined(); }
    YamlNode operator[](const char* key) const { return node_[key]; }
    const std::string& name() const { return name_; }
    const YamlNode& node() const { return node_; }
    YamlFile& file() const { return file_; }

    // The item itself, the value of a key, and what Falco calls `kind` under one.
    const FalcoContext& falco() const { return falco_; }
    FalcoContext falco_value(const char* key) const;
    FalcoContext falco_in(std::string_view kind, const char* key, std::string name = "") const;
    void set_falco(FalcoContext falco) { falco_ = std::move(falco); }

    // What to say where a key is missing, in place of its name.
    void set_help_for_missing(std::string help) { help_ = std::move(help); }

    // The place of the item's first key, and of a key.
    Span span() const;
    Span span_of_key(std::string_view key) const;

    // Reports the keys that are not among `known`. Falco does so after everything else of the item.
    void warn_unknown_keys(std::span<const std::string_view> known) const;

    // The text under a key that must be there.
    std::optional<MappedText> text(const char* key) const;
    std::optional<bool> flag(const char* key) const;
    std::optional<uint32_t> number(const char* key) const;
    // A list of texts.
    std::optional<std::vector<MappedText>> texts(const char* key) const;

    void report(FalcoContext falco, Problem problem, Span span, std::string message, std::string label = "",
                std::string help = "") const {
        file_.report(std::move(falco), problem, span, std::move(message), std::move(label), std::move(help));
    }

  private:
    FalcoContext undecodable(const char* key) const;
    std::string help_for_missing(const char* key) const;
    std::string help_for_no_text(std::string_view key, const YamlNode& value) const;
    void warn_of_tag(const YamlNode& value) const;

    YamlFile& file_;
    YamlNode node_;
    std::string name_;
    FalcoContext falco_;
    std::string help_;
};

}  // namespace stoop
