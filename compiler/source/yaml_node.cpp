// SPDX-License-Identifier: Apache-2.0
#include "compiler/source/yaml_node.h"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <istream>
#include <streambuf>

namespace stoop {

struct YamlNode::Data {
    Kind kind = Kind::Null;
    YAML::Mark mark;
    std::string text, tag;
    std::vector<Entry> entries;
    uint64_t size = 1;    // of its tree, aliases followed
    uint32_t height = 1;  // of its tree
    bool closed = false;  // all of it is known
    bool shared = false;  // an alias names it
};

namespace {

// A text to be read as a stream, where it is: texts of whole files are large.
class TextBuffer : public std::streambuf {
  public:
    explicit TextBuffer(std::string_view text) {
        char* begin = const_cast<char*>(text.data());  // nothing is written
        setg(begin, begin, begin + text.size());
    }
};

}  // namespace

// Makes nodes of what the library reads.
class YamlBuilder : public YAML::EventHandler {
  public:
    YamlBuilder(YamlDocuments& out, const Limits& limits) : out_(out), limits_(limits) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        // The library finds ever new empty documents where a stray `,` stands.
        if (seen_ && mark.pos == last_.pos) throw YAML::ParserException(mark, "unexpected character");
        seen_ = true;
        last_ = mark;
        anchored_.clear();
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(make(Kind::Null, mark, "", anchor), mark);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        Data* node = anchored_.at(anchor);
        if (!node->closed)
            throw YAML::ParserException(mark, "an alias cannot stand within the node that it names");
        count(node->size, mark);
        node->shared = true;
        add(node, mark);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override {
        Data* node = make(Kind::Scalar, mark, tag, anchor);
        node->text = text;
        node->size += text.size() / kBytesOfValue;
        count(node->size - 1, mark);
        add(node, mark);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open_.push_back({make(Kind::Sequence, mark, tag, anchor), nullptr});
    }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open_.push_back({make(Kind::Map, mark, tag, anchor), nullptr});
    }
    void OnSequenceEnd() override { close(); }
    void OnMapEnd() override { close(); }

  private:
    using Kind = YamlNode::Kind;
    using Data = YamlNode::Data;

    Data* make(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        count(1, mark);
        Data& node = out_.nodes_.emplace_back();
        node.kind = kind;
        node.mark = mark;
        node.tag = tag;
        if (anchor != YAML::NullAnchor) {  // the library counts them
            if (anchored_.size() <= anchor) anchored_.resize(anchor + 1);
            anchored_[anchor] = &node;
        }
        return &node;
    }

    void count(uint64_t more, const YAML::Mark& mark) {
        count_ += more;
        if (count_ > limits_[Limit::YamlValues])
            exceeded(Limit::YamlValues, mark, "this file has too many values");
    }

    [[noreturn]] void exceeded(Limit limit, const YAML::Mark& mark, const char* what) {
        throw YamlLimitExceeded(mark, fmt::format("{}; {}", what, limit_text(limit, limits_[limit])), limit);
    }

    void close() {
        Data* node = open_.back().node;
        open_.pop_back();
        add(node, node->mark);
    }

    // To what is open: an element, a key, or the value of the key before.
    void add(Data* node, const YAML::Mark& mark) {
        node->closed = true;
        if (open_.size() + node->height > limits_[Limit::Depth])
            exceeded(Limit::Depth, mark, "values are nested too deeply");
        if (open_.empty()) return out_.roots_.push_back(YamlNode(node));
        Open& parent = open_.back();
        parent.node->size += node->size;
        parent.node->height = std::max(parent.node->height, node->height + 1);
        if (parent.node->kind == Kind::Sequence) {
            parent.node->entries.emplace_back(YamlNode(node));
        } else if (!parent.key) {
            parent.key = node;
        } else {
            parent.node->entries.emplace_back(YamlNode(parent.key), YamlNode(node));
            parent.key = nullptr;
        }
    }

    struct Open {
        Data* node;
        Data* key;  // that still has no value
    };
    static constexpr size_t kBytesOfValue = 64;  // of a text; see Limit::YamlValues

    YamlDocuments& out_;
    const Limits& limits_;
    uint64_t count_ = 0;
    std::vector<Open> open_;
    std::vector<Data*> anchored_;
    bool seen_ = false;
    YAML::Mark last_;
};

YamlDocuments::YamlDocuments(std::string_view text, const Limits& limits) {
    TextBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    YamlBuilder builder(*this, limits);
    while (parser.HandleNextDocument(builder)) {
    }
}

YamlDocuments::~YamlDocuments() = default;

std::string yaml_problem(const YAML::Exception& exception) {
    if (const auto* deep = dynamic_cast<const YAML::DeepRecursion*>(&exception))
        return fmt::format("values are nested more than {} deep", deep->depth());
    return exception.msg;
}

bool YamlNode::is(Kind kind) const { return data_ && data_->kind == kind; }

bool YamlNode::IsShared() const { return data_ && data_->shared; }

YAML::Mark YamlNode::Mark() const { return data_ ? data_->mark : YAML::Mark::null_mark(); }

const std::string& YamlNode::Scalar() const {
    static const std::string none;
    return data_ ? data_->text : none;
}

const std::string& YamlNode::Tag() const {
    static const std::string none;
    return data_ ? data_->tag : none;
}

std::optional<bool> YamlNode::flag() const {
    bool out;
    if (IsScalar() && YAML::convert<bool>::decode(YAML::Node(Scalar()), out)) return out;
    return std::nullopt;
}

std::optional<uint32_t> YamlNode::number() const {
    uint32_t out;
    if (IsScalar() && YAML::convert<uint32_t>::decode(YAML::Node(Scalar()), out)) return out;
    return std::nullopt;
}

YamlNode YamlNode::operator[](std::string_view key) const {
    if (IsMap())
        for (const Entry& entry : data_->entries)
            if (entry.first.IsScalar() && entry.first.Scalar() == key) return entry.second;
    return {};
}

size_t YamlNode::size() const { return data_ ? data_->entries.size() : 0; }

const YamlNode::Entry* YamlNode::begin() const { return data_ ? data_->entries.data() : nullptr; }
const YamlNode::Entry* YamlNode::end() const {
    return data_ ? data_->entries.data() + data_->entries.size() : nullptr;
}

}  // namespace stoop
