// SPDX-License-Identifier: Apache-2.0
// The documents of a YAML text as trees of nodes. The library reads the text, once; its own trees take as
// long to build again as the text to read.
//
// A node is a reference into the documents that it came from, and is valid as long as those. An alias is the
// node that it names, so trees share parts. How deep and how large a tree is, aliases followed, is bounded
// here: who walks it may recurse.
#pragma once

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/limits.h"

namespace stoop {

// The text uses more than a budget allows.
struct YamlLimitExceeded : YAML::Exception {
    YamlLimitExceeded(const YAML::Mark& mark, const std::string& message, Limit which)
        : Exception(mark, message), limit(which) {}
    Limit limit;
};

class YamlNode {
  public:
    struct Entry;  // of a mapping: `first` and `second`; of a sequence: the element itself

    YamlNode() = default;  // not defined
    // What is not there, as the value of a key that a mapping does not have, is not defined.
    bool IsDefined() const { return data_ != nullptr; }
    bool IsNull() const { return is(Kind::Null); }
    bool IsScalar() const { return is(Kind::Scalar); }
    bool IsSequence() const { return is(Kind::Sequence); }
    bool IsMap() const { return is(Kind::Map); }
    const void* identity() const { return data_; }  // the same for aliases of one node
    bool IsShared() const;                          // an alias names it

    YAML::Mark Mark() const;            // where it begins
    const std::string& Scalar() const;  // its text; empty for all but scalars
    const std::string& Tag() const;     // `!` for a quoted scalar
    // A scalar as YAML writes flags and numbers.
    std::optional<bool> flag() const;
    std::optional<uint32_t> number() const;

    // The value of the first of the mapping's keys that is this text.
    YamlNode operator[](std::string_view key) const;
    size_t size() const;
    const Entry* begin() const;
    const Entry* end() const;

  private:
    friend class YamlDocuments;
    friend class YamlBuilder;
    enum class Kind : uint8_t { Null, Scalar, Sequence, Map };
    struct Data;
    explicit YamlNode(const Data* data) : data_(data) {}
    bool is(Kind kind) const;

    const Data* data_ = nullptr;
};

struct YamlNode::Entry : YamlNode {
    YamlNode first, second;
    explicit Entry(YamlNode element) : YamlNode(element) {}
    Entry(YamlNode key, YamlNode value) : first(key), second(value) {}
};

// What is wrong with a text that is not YAML, for people.
std::string yaml_problem(const YAML::Exception& exception);

class YamlDocuments {
  public:
    // Throws YAML::Exception where the text is not YAML; ends on any input.
    YamlDocuments(std::string_view text, const Limits& limits);
    ~YamlDocuments();

    const std::vector<YamlNode>& roots() const { return roots_; }

  private:
    friend class YamlBuilder;
    std::deque<YamlNode::Data> nodes_;
    std::vector<YamlNode> roots_;
};

}  // namespace stoop
