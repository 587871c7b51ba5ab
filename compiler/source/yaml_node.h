// The documents of a YAML text as trees of nodes. The library reads the text, once; its own trees take as
// long to build again as the text to read.
//
// A node is a reference into the documents that it came from, and is valid as long as those. An alias is the
// node that it names: trees may share parts, and a node may even stand within itself.
#pragma once

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stoop {

class YamlNode {
  public:
    struct Entry;  // of a mapping: `first` and `second`; of a sequence: the element itself

    // What is not there, as the value of a key that a mapping does not have, is not defined.
    bool IsDefined() const { return data_ != nullptr; }
    bool IsNull() const { return is(Kind::Null); }
    bool IsScalar() const { return is(Kind::Scalar); }
    bool IsSequence() const { return is(Kind::Sequence); }
    bool IsMap() const { return is(Kind::Map); }

    YAML::Mark Mark() const;            // where it begins
    const std::string& Scalar() const;  // its text; empty for all but scalars
    const std::string& Tag() const;     // `!` for a quoted scalar
    // A scalar as YAML writes flags and numbers.
    std::optional<bool> flag() const;
    std::optional<uint32_t> number() const;

    // The value of the first of the mapping's keys that is this text.
    YamlNode operator[](std::string_view key) const;
    // Equal for a node and its aliases.
    const void* identity() const { return data_; }
    size_t size() const;
    const Entry* begin() const;
    const Entry* end() const;

  private:
    friend class YamlDocuments;
    friend class YamlBuilder;
    enum class Kind : uint8_t { Null, Scalar, Sequence, Map };
    struct Data;
    explicit YamlNode(const Data* data) : data_(data) {}
    YamlNode() = default;
    bool is(Kind kind) const;

    const Data* data_ = nullptr;
};

struct YamlNode::Entry : YamlNode {
    YamlNode first, second;
    explicit Entry(YamlNode element) : YamlNode(element) {}
    Entry(YamlNode key, YamlNode value) : first(key), second(value) {}
};

// All nodes of a tree, parents first, each as often as aliases name it. Takes memory for the depth alone, and
// ends only if no alias stands within the node that it names.
class YamlWalk {
  public:
    explicit YamlWalk(YamlNode root) : node_(root) {}

    // Null at the end.
    const YamlNode* node() const { return ended_ ? nullptr : &node_; }
    size_t depth() const { return open_.size() + 1; }  // 1 for the root
    // One of the nodes around this one that stands within itself, through an alias; null if there is none.
    const YamlNode* within_itself() const;
    void next();

  private:
    struct Open {
        YamlNode node;
        const YamlNode::Entry* at;
        bool value;  // of the entry, not its key
    };
    YamlNode node_;
    bool ended_ = false;
    std::vector<Open> open_;
};

class YamlDocuments {
  public:
    // Throws YAML::Exception where the text is not YAML; ends on any input.
    explicit YamlDocuments(const std::string& text);
    ~YamlDocuments();

    const std::vector<YamlNode>& roots() const { return roots_; }
    // How much there is, an alias counted as nothing: nodes, and bytes of their texts.
    size_t node_count() const;
    size_t text_size() const { return text_size_; }

  private:
    friend class YamlBuilder;
    std::deque<YamlNode::Data> nodes_;
    std::vector<YamlNode> roots_;
    size_t text_size_ = 0;
};

}  // namespace stoop
