// SPDX-License-Identifier: Apache-2.0
#include "compiler/source/extract.h"

#include <algorithm>

#include "compiler/source/other_files.h"
#include "compiler/source/yaml_node.h"

namespace stoop {
namespace {

std::string_view line_at(std::string_view text, size_t begin) {
    return text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin);
}

// The document with blanks in place of all but the lines from `begin` on that are indented by more than
// `column`, or begin there with a dash.
std::string lines_below(std::string_view document, size_t begin, size_t column) {
    size_t end = begin;
    while (end < document.size()) {
        std::string_view line = line_at(document, end);
        size_t first = line.find_first_not_of(" \r");
        if (first != line.npos && (first < column || (first == column && line[first] != '-'))) break;
        end += line.size() + 1;
    }
    end = std::min(end, document.size());
    std::string out(document);
    for (size_t i = 0; i < out.size(); ++i)
        if ((i < begin || i >= end) && out[i] != '\n' && out[i] != '\r') out[i] = ' ';
    return out;
}

class Extractor {
  public:
    explicit Extractor(std::string_view document) : document_(document) {}

    // The tree's depth is bounded; see YamlDocuments.
    void visit(const YamlNode& node) {
        if (node.IsSequence())
            for (const YamlNode& element : node) visit(element);
        if (!node.IsMap()) return;
        for (const auto& entry : node) {
            if (entry.second.IsScalar() && has_rule_items(entry.second.Scalar()))
                add(entry.first, entry.second);
            else if (is_list_of_rules(entry.second))
                add_lines(entry.first);
            else
                visit(entry.second);
        }
    }
    std::vector<ExtractedRules> take() { return std::move(out_); }

  private:
    void add(const YamlNode& key, const YamlNode& text) {
        auto at = static_cast<size_t>(std::max(key.Mark().pos, 0));
        std::string_view line = line_at(document_, std::min(at, document_.size()));
        size_t value = line.find_first_not_of(' ', std::min(line.find(':'), line.size() - 1) + 1);
        if (value != line.npos && line[value] == '|')
            add_lines(key);
        else
            out_.push_back({key.Scalar(), text.Scalar(), false});
    }

    void add_lines(const YamlNode& key) {
        auto at = static_cast<size_t>(std::max(key.Mark().pos, 0));
        size_t begin = std::min(document_.find('\n', at), document_.size() - 1) + 1;
        out_.push_back({key.Scalar(),
                        lines_below(document_, begin, static_cast<size_t>(std::max(key.Mark().column, 0))),
                        true});
    }

    std::string_view document_;
    std::vector<ExtractedRules> out_;
};

}  // namespace

bool has_rule_items(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
        std::string_view line = line_at(text, at);
        at += line.size() + 1;
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (!line.starts_with("- ")) continue;
        line.remove_prefix(std::min(line.find_first_not_of(' ', 1), line.size()));
        for (std::string_view key : kItemKinds)
            if (line.starts_with(key) && line.substr(key.size()).starts_with(':')) return true;
    }
    return false;
}

std::vector<ExtractedRules> extract_rules(std::string_view document, const Limits& limits) {
    try {
        YamlDocuments documents(document, limits);
        Extractor out(document);
        for (const YamlNode& root : documents.roots()) {
            if (is_list_of_rules(root)) return {};
            out.visit(root);
        }
        return out.take();
    } catch (const YAML::Exception&) {  // compiling it says what is wrong
        return {};
    }
}

}  // namespace stoop
