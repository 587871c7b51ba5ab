// SPDX-License-Identifier: Apache-2.0
// Test templates of Falco's event generator: a test with `cases` stands for one test a case, in which
// `%{ item.KEY }` stands for the case's value of KEY. (`${ STEP.FIELD }` stands for what a step of the test
// did; that is known to the event generator only.)
//
// Cases are counted, not written out: a matrix has one for each combination of its values. The nodes must
// outlive the template. Immutable once filled; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/source/yaml_node.h"
#include "runtime/base/text_map.h"

namespace stoop {

class TestTemplate {
  public:
    // The values of a key; a vector has one of each.
    using Values = std::vector<std::pair<std::string, std::vector<YamlNode>>>;

    // One item of `cases`: all combinations of the values, the last key's changing first.
    void add(Values values);

    bool empty() const { return parts_.empty(); }
    uint64_t size() const { return size_; }  // UINT64_MAX if there are more
    const std::vector<std::string>& keys() const { return keys_; }

    // Nothing if there is no such key.
    std::optional<YamlNode> value(uint64_t number, std::string_view key) const;
    // `target="/etc/shadow", user="root"`; what is long is cut.
    std::string label(uint64_t number) const;

  private:
    struct Part {
        Values values;
        std::vector<uint64_t> strides;  // of each: cases from one value to the next
        TextMap<size_t> by_key;         // indexes of both
        uint64_t begin = 0, size = 1;

        const YamlNode& value(size_t index, uint64_t number) const {
            const std::vector<YamlNode>& list = values[index].second;
            return list[(number - begin) / strides[index] % list.size()];
        }
    };
    const Part& part_of(uint64_t number) const;

    std::vector<Part> parts_;
    std::vector<std::string> keys_;  // of the first part
    uint64_t size_ = 0;
};

// `%{ item.KEY }` or `${ NAME.FIELD }` in a text.
struct Placeholder {
    size_t begin = 0, end = 0;
    std::string_view key;  // of an item; empty: only the event generator knows the value
};
// The first one at `from` or behind it.
std::optional<Placeholder> find_placeholder(std::string_view text, size_t from = 0);

// The event generator's YAML library lets a plain scalar begin with '%', which YAML does not. The same text,
// each `KEY: %{ … }` as `KEY: ${ … }`; nothing stands elsewhere than before.
std::string with_plain_placeholders(std::string_view text);

}  // namespace stoop
