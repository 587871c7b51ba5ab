// SPDX-License-Identifier: Apache-2.0
// Changes of a YAML text in place: values, and the entries of lists and mappings, in the style that they are
// written in. Nothing else of the text is touched.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "testing/yaml_layout.h"

namespace stoop {

struct TextEdit {
    size_t begin = 0, end = 0;  // of what is replaced
    std::string text;
};

// An entry of a list or mapping as it is to be: one that is there, or a new one.
struct WantedEntry {
    std::optional<size_t> old;       // its index
    std::string flow;                // within brackets
    std::vector<std::string> lines;  // else; without indentation
};

class YamlEdits {
  public:
    explicit YamlEdits(std::string_view text);

    // The kind of quotes that a value is written in; 0 for another.
    char style(const YamlLayout& value) const;
    void replace(const YamlLayout::Entry& entry, const std::string& value);
    // One more key before another one of the same mapping.
    void insert_before(const YamlLayout::Entry& entry, bool flow, const std::string& text);
    // The entries of a list or mapping become `wanted`. An empty list in brackets becomes one of lines if
    // `indent` is given. Entries that change places take their comments along, and what was changed in them
    // before. False if it is not of a form that can be changed.
    bool set_entries(const YamlLayout::Entry& list, const std::vector<WantedEntry>& wanted,
                     std::optional<size_t> indent);

    std::vector<TextEdit>& edits() { return edits_; }

  private:
    size_t line_begin(size_t at) const;
    size_t line_end(size_t at) const;                 // behind its end
    bool has_comments(const YamlLayout& list) const;  // between its entries
    // Behind the lines of comments that are indented further, and so are about what stands before them.
    size_t behind_comments(size_t line, size_t indent) const;
    bool set_flow(const YamlLayout& list, const std::vector<WantedEntry>& wanted);
    bool set_lines(const YamlLayout::Entry& list, const std::vector<WantedEntry>& wanted);
    // The same where old entries change places, or comments stand between them.
    bool reorder_flow(const YamlLayout& list, const std::vector<WantedEntry>& wanted);
    bool reorder_lines(const YamlLayout::Entry& list, size_t indent, const std::vector<WantedEntry>& wanted);
    // A part of the text with its edits, which are made then.
    std::string take_edited(size_t begin, size_t end);
    std::string lines(const std::vector<const WantedEntry*>& entries, size_t indent) const;
    void insert_lines(size_t at, std::string lines);
    void edit(size_t begin, size_t end, std::string text) { edits_.push_back({begin, end, std::move(text)}); }

    std::string_view text_;
    std::string_view line_break_;
    std::vector<TextEdit> edits_;
};

// The text with all edits, in any order; nothing if two of them overlap.
std::optional<std::string> edited(std::string_view text, std::vector<TextEdit> edits);

}  // namespace stoop
