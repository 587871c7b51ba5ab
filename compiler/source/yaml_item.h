// One mapping of a rule file, with typed access to its keys. Every problem is reported at its place and in
// the author's words; what cannot be read is nothing.
#pragma once

#include <yaml-cpp/yaml.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/source/diagnostic.h"

namespace stoop {

// The file being read.
struct YamlFile {
    const SourceFile& source;
    uint32_t index;
    Diagnostics& diagnostics;
    size_t read = 0;  // bytes of the texts so far

    Span span(const YAML::Mark& mark, size_t length = 1) const;
    // A scalar's text (its first line), or the place where something else begins.
    Span span(const YAML::Node& node) const;
    MappedText text(const YAML::Node& scalar) const;
    // The same, for keeping. Throws YAML::Exception when aliases have repeated too much text for a file of
    // this size.
    MappedText take_text(const YAML::Node& scalar);
    void report(Problem problem, Span span, std::string message, std::string label = "",
                std::string help = "") const {
        diagnostics.report({problem, std::move(message), true, span, std::move(label), {}, std::move(help)});
    }
};

class YamlItem {
  public:
    // `name` is how messages speak of it: "rule 'x'".
    YamlItem(YamlFile& file, YAML::Node node, std::string name)
        : file_(file), node_(std::move(node)), name_(std::move(name)) {}

    bool has(const char* key) const { return node_[key].IsDefined(); }
    YAML::Node operator[](const char* key) const { return node_[key]; }
    const std::string& name() const { return name_; }
    YamlFile& file() const { return file_; }

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

    void report(Problem problem, Span span, std::string message, std::string label = "",
                std::string help = "") const {
        file_.report(problem, span, std::move(message), std::move(label), std::move(help));
    }

  private:
    YamlFile& file_;
    YAML::Node node_;
    std::string name_;
};

}  // namespace stoop
