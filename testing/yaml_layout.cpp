// SPDX-License-Identifier: Apache-2.0
#include "testing/yaml_layout.h"

#include <algorithm>

namespace stoop {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

class Walk {
  public:
    Walk(std::string_view text, size_t at) : text_(text), at_(at) {}

    // False where the text is not of a form that is followed.
    bool entry(const YamlNode::Entry& from, bool in_flow, YamlLayout::Entry& out) {
        YamlLayout key;
        skip();
        out.begin = at_;
        out.key = from.first;
        if (!value(from.first, in_flow, key)) return false;
        size_t behind_key = at_;
        skip();
        if (peek() != ':') {  // in brackets a key can do without
            at_ = behind_key;
            out.value.node = from.second;
            out.value.begin = out.value.behind_tags = out.value.value = out.value.end = at_;
            return in_flow && from.second.IsNull();
        }
        out.value_from = ++at_;
        return value(from.second, in_flow, out.value);
    }

  private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char c) {
        if (peek() != c) return false;
        ++at_;
        return true;
    }
    void skip_spaces() {
        while (peek() == ' ' || peek() == '\t') ++at_;
    }
    // Blanks and comments.
    void skip() {
        for (;;) {
            at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size());
            bool comment = peek() == '#' && (at_ == 0 || kBlanks.find(text_[at_ - 1]) != kBlanks.npos);
            if (!comment) return;
            at_ = std::min(text_.find('\n', at_), text_.size());
        }
    }
    // Anchor and tag.
    void properties(YamlLayout& out) {
        out.begin = out.behind_tags = at_;
        while (peek() == '&' || peek() == '!') {
            at_ = std::min(text_.find_first_of(" \t\r\n,[]{}", at_), text_.size());
            out.behind_tags = at_;
            skip();
        }
    }

    bool value(const YamlNode& node, bool in_flow, YamlLayout& out) {
        out.node = node;
        if (node.IsNull()) return null(out);
        skip();
        if (peek() == '*') return alias(out);
        size_t before = at_;
        properties(out);
        // Before the first key of a mapping they are the key's, unless a line ends behind them.
        if (node.IsMap() && peek() != '{' && out.behind_tags > out.begin &&
            text_.substr(out.behind_tags, at_ - out.behind_tags).find('\n') == text_.npos) {
            at_ = before;
            out.behind_tags = before;
        }
        out.value = at_;
        bool fine = node.IsScalar()     ? scalar(node.Scalar())
                    : node.IsSequence() ? sequence(in_flow, out)
                                        : mapping(in_flow, out);
        out.end = out.is_block() && !out.entries.empty() ? out.entries.back().value.end : at_;
        return fine;
    }

    // It may have no text.
    bool null(YamlLayout& out) {
        out.begin = out.behind_tags = out.value = out.end = at_;
        size_t start = at_;
        skip_spaces();
        if (peek() == '*') return alias(out);
        YamlLayout with;
        properties(with);
        for (std::string_view word : {"~", "null", "Null", "NULL"}) {
            if (!text_.substr(at_).starts_with(word)) continue;
            char next = at_ + word.size() < text_.size() ? text_[at_ + word.size()] : '\n';
            if (std::string_view(" \t\r\n,]}").find(next) == std::string_view::npos) continue;
            out.begin = with.begin;
            out.behind_tags = with.behind_tags;
            out.value = at_;
            out.end = at_ += word.size();
            return true;
        }
        at_ = start;
        return with.behind_tags == with.begin;
    }

    bool alias(YamlLayout& out) {
        out.alias = true;
        out.begin = out.behind_tags = out.value = at_;
        out.end = at_ = std::min(text_.find_first_of(" \t\r\n,[]{}", at_), text_.size());
        return true;
    }

    bool scalar(const std::string& value) {
        if (peek() == '"') return quoted('"');
        if (peek() == '\'') return quoted('\'');
        if (peek() == '|' || peek() == '>') return block_text();
        // Only blanks can be other ones than in the text.
        for (size_t i = 0; i < value.size();) {
            if (kBlanks.find(value[i]) == kBlanks.npos) {
                if (!take(value[i++])) return false;
                continue;
            }
            while (i < value.size() && kBlanks.find(value[i]) != kBlanks.npos) ++i;
            size_t end = text_.find_first_not_of(kBlanks, at_);
            if (end == at_ || end == text_.npos) return false;
            at_ = end;
        }
        return true;
    }

    bool quoted(char quote) {
        for (++at_; at_ < text_.size(); ++at_) {
            if (quote == '"' && peek() == '\\') {
                ++at_;
            } else if (peek() == quote) {
                ++at_;
                if (quote == '"' || peek() != '\'') return true;
            }
        }
        return false;
    }

    bool block_text() {
        size_t line = std::min(text_.find('\n', at_), text_.size());
        std::string_view header = text_.substr(at_, line - at_);
        if (header.substr(0, header.find('#')).find_first_of("123456789") != header.npos) return false;
        size_t indent = 0, last = line;
        while (line < text_.size()) {
            size_t begin = line + 1, end = std::min(text_.find('\n', begin), text_.size());
            std::string_view content = text_.substr(begin, end - begin);
            size_t spaces = content.find_first_not_of(" ");
            bool blank = spaces == content.npos || content[spaces] == '\r';
            if (!blank && indent == 0) indent = spaces;
            if (!blank && (spaces < indent || indent == 0)) break;
            if (!blank) last = end;
            line = end;
        }
        at_ = last;
        if (at_ > 0 && text_[at_ - 1] == '\r') --at_;
        return indent > 0;
    }

    bool sequence(bool in_flow, YamlLayout& out) {
        out.flow = take('[');
        if (!out.flow && in_flow) return false;
        for (const YamlNode& item : out.node) {
            skip();
            YamlLayout::Entry& entry = out.entries.emplace_back();
            entry.begin = at_;
            if (!out.flow && !take('-')) return false;
            entry.value_from = at_;
            if (!value(item, out.flow, entry.value)) return false;
            if (out.flow && !comma(']')) return false;
        }
        return !out.flow || close(']');
    }

    bool mapping(bool in_flow, YamlLayout& out) {
        bool braces = take('{');
        // `[key: value]` is a list of a mapping with one key.
        out.flow = braces || in_flow;
        for (const YamlNode::Entry& from : out.node) {
            skip();
            if (peek() == '?' && at_ + 1 < text_.size() && kBlanks.find(text_[at_ + 1]) != kBlanks.npos)
                return false;
            if (!entry(from, out.flow, out.entries.emplace_back())) return false;
            if (braces && !comma('}')) return false;
        }
        return !braces || close('}');
    }

    // Behind an element: a comma, or what closes the list.
    bool comma(char closing) {
        size_t behind = at_;
        skip();
        if (take(',')) return true;
        bool closes = peek() == closing;
        at_ = behind;
        return closes;
    }
    bool close(char closing) {
        skip();
        return take(closing);
    }

    std::string_view text_;
    size_t at_;
};

}  // namespace

bool YamlLayout::holds_anchor() const {
    if (alias) return false;
    if (node.IsShared()) return true;
    return std::any_of(entries.begin(), entries.end(),
                       [](const Entry& entry) { return entry.key.IsShared() || entry.value.holds_anchor(); });
}

const YamlLayout::Entry* YamlLayout::find(std::string_view key) const {
    if (!node.IsMap()) return nullptr;
    for (const Entry& entry : entries)
        if (entry.key.Scalar() == key) return &entry;
    return nullptr;
}

std::optional<YamlLayout::Entry> yaml_layout(std::string_view text, size_t key_begin,
                                             const YamlNode::Entry& entry, bool in_flow) {
    YamlLayout::Entry out;
    if (!Walk(text, key_begin).entry(entry, in_flow, out)) return std::nullopt;
    return out;
}

size_t behind_properties(std::string_view text, size_t begin) {
    while (begin < text.size() && (text[begin] == '&' || text[begin] == '!')) {
        begin = text.find_first_of(" \t\r\n,[]{}", begin);
        begin = begin == text.npos ? text.size() : text.find_first_not_of(kBlanks, begin);
        if (begin == text.npos) begin = text.size();
    }
    return begin;
}

}  // namespace stoop
