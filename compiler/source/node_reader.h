// SPDX-License-Identifier: Apache-2.0
// What the readers of test files and project files share: the shape of a node is checked, and what is wrong
// is reported at its place. One reader for a file; one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/source/diagnostic.h"
#include "compiler/source/yaml_node.h"

namespace stoop {

// What a wrong shape, and a key that means nothing, are called.
struct NodeProblems {
    Problem shape = Problem::BadTest, key = Problem::TestKey;
};

class NodeReader {
  public:
    using Handler = std::function<void(const YamlNode& value, Span key)>;
    using Keys = std::vector<std::pair<std::string_view, Handler>>;

    NodeReader(uint32_t index, Diagnostics& diagnostics, NodeProblems problems = {})
        : index_(index), diagnostics_(diagnostics), problems_(problems) {}

    // Whether nothing was reported since the last `start`.
    void start() { ok_ = true; }
    bool ok() const { return ok_; }

    uint32_t index() const { return index_; }  // of the file in the Sources
    Diagnostics& diagnostics() { return diagnostics_; }
    Span span(const YAML::Mark& mark, size_t length = 1) const;
    Span span(const YamlNode& node) const;
    void report(Problem problem, Span where, std::string message, std::string help = "");
    void warn(Problem problem, Span where, std::string message, std::vector<Note> notes = {});
    void bad(const YamlNode& node, std::string message, std::string help = "");

    // Calls the handler of each key of a mapping.
    void read_mapping(const YamlNode& node, const std::string& what, const Keys& keys);
    std::string text(const YamlNode& node, std::string_view what);
    std::vector<std::string> texts(const YamlNode& node, std::string_view what);
    // Texts, none of them empty, or one that stands alone.
    std::vector<WrittenText> written(const YamlNode& node, std::string_view what);
    uint32_t number(const YamlNode& node, std::string_view what);  // from 1
    bool flag(const YamlNode& node, std::string_view what);

  private:
    uint32_t index_;
    Diagnostics& diagnostics_;
    NodeProblems problems_;
    bool ok_ = true;
};

}  // namespace stoop
