#include "compiler/source/yaml_node.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <set>
#include <sstream>

namespace stoop {

struct YamlNode::Data {
    Kind kind = Kind::Null;
    YAML::Mark mark;
    std::string text, tag;
    std::vector<Entry> entries;
};

// Makes nodes of what the library reads.
class YamlBuilder : public YAML::EventHandler {
  public:
    explicit YamlBuilder(YamlDocuments& out) : out_(out) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        // The library finds ever new empty documents where a stray `,` stands.
        if (seen_ && mark.pos == last_.pos) throw YAML::ParserException(mark, "unexpected character");
        seen_ = true;
        last_ = mark;
        anchored_.clear();
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(make(Kind::Null, mark, "", anchor));
    }
    void OnAlias(const YAML::Mark&, YAML::anchor_t anchor) override { add(anchored_.at(anchor)); }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override {
        Data* node = make(Kind::Scalar, mark, tag, anchor);
        node->text = text;
        out_.text_size_ += text.size();
        add(node);
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

    void close() {
        Data* node = open_.back().node;
        open_.pop_back();
        add(node);
    }

    // To what is open: an element, a key, or the value of the key before.
    void add(Data* node) {
        if (open_.empty()) return out_.roots_.push_back(YamlNode(node));
        Open& parent = open_.back();
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
    YamlDocuments& out_;
    std::vector<Open> open_;
    std::vector<Data*> anchored_;
    bool seen_ = false;
    YAML::Mark last_;
};

YamlDocuments::YamlDocuments(const std::string& text) {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    YamlBuilder builder(*this);
    while (parser.HandleNextDocument(builder)) {
    }
}

YamlDocuments::~YamlDocuments() = default;

size_t YamlDocuments::node_count() const { return nodes_.size(); }

bool YamlNode::is(Kind kind) const { return data_ && data_->kind == kind; }

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

void YamlWalk::next() {
    if (node_.size() > 0) {
        open_.push_back({node_, node_.begin(), false});
    } else {
        while (!open_.empty()) {
            Open& last = open_.back();
            if (last.node.IsMap() && !last.value) {
                last.value = true;
                break;
            }
            last.value = false;
            if (++last.at != last.node.end()) break;
            open_.pop_back();
        }
        ended_ = open_.empty();
        if (ended_) return;
    }
    const Open& last = open_.back();
    node_ = !last.node.IsMap() ? *last.at : last.value ? last.at->second : last.at->first;
}

const YamlNode* YamlWalk::within_itself() const {
    std::set<const void*> around;
    for (const Open& open : open_)
        if (!around.insert(open.node.identity()).second) return &open.node;
    return nullptr;
}

const YamlNode::Entry* YamlNode::begin() const { return data_ ? data_->entries.data() : nullptr; }
const YamlNode::Entry* YamlNode::end() const {
    return data_ ? data_->entries.data() + data_->entries.size() : nullptr;
}

}  // namespace stoop
