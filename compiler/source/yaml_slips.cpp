// SPDX-License-Identifier: Apache-2.0
#include "compiler/source/yaml_slips.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "compiler/syntax/look_alikes.h"

namespace stoop {
namespace {

constexpr auto kNone = std::string_view::npos;

// The keys of rule files, which begin a line that YAML may take for something else.
constexpr std::array<std::string_view, 17> kKeys = {
    "rule", "macro", "list",   "desc", "condition",  "output",   "priority", "source", "enabled",
    "tags", "items", "append", "name", "exceptions", "override", "values",   "fields"};
constexpr std::array<std::string_view, 3> kItems = {"rule", "macro", "list"};

template <size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// A line of a rule file: `- key: value`, `key: value`, or something that was meant as one.
struct Line {
    size_t begin = 0;  // in the text
    std::string_view text;
    size_t first = kNone;  // its first character that is no blank
    size_t dash = kNone;
    size_t key = 0;  // where the word begins that may be a key
    std::string_view word;
    bool is_key = false;  // a `:` and a blank follow the word
    size_t value = kNone;
    bool in_block = false;  // of the text of a key before it
    bool is_comment = false;

    char at(size_t column) const { return column < text.size() ? text[column] : '\n'; }
};

Line parse_line(size_t begin, std::string_view text) {
    Line out;
    out.begin = begin;
    if (text.ends_with('\r')) text.remove_suffix(1);
    out.text = text;
    out.first = text.find_first_not_of(' ');
    if (out.first == kNone) return out;
    size_t at = out.first;
    if (text[at] == '-' && out.at(at + 1) == ' ') {
        out.dash = at;
        at = text.find_first_not_of(' ', at + 1);
        if (at == kNone) return out;
    }
    out.is_comment = text[at] == '#';
    out.key = at;
    auto in_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-'; };
    while (at < text.size() && in_word(text[at])) ++at;
    out.word = text.substr(out.key, at - out.key);
    out.is_key = !out.word.empty() && out.at(at) == ':' && (out.at(at + 1) == ' ' || out.at(at + 1) == '\n');
    if (out.is_key) out.value = text.find_first_not_of(' ', at + 1);
    return out;
}

std::vector<Line> lines_up_to(std::string_view text, size_t last) {
    std::vector<Line> out;
    for (size_t at = 0; at <= text.size() && out.size() <= last;) {
        size_t end = std::min(text.find('\n', at), text.size());
        out.push_back(parse_line(at, text.substr(at, end - at)));
        at = end + 1;
    }
    const Line* header = nullptr;  // of the block that is open
    for (Line& line : out) {
        if (line.first == kNone) continue;
        line.in_block = header && line.first > header->key;
        if (line.in_block) continue;
        bool begins = line.is_key && line.value != kNone &&
                      (line.text[line.value] == '>' || line.text[line.value] == '|');
        header = begins ? &line : nullptr;
    }
    return out;
}

class SlipFinder {
  public:
    SlipFinder(std::string_view text, const YAML::Exception& exception)
        : text_(text),
          message_(exception.msg),
          known_place_(!exception.mark.is_null() && exception.mark.line >= 0),
          at_(known_place_ ? std::min(static_cast<size_t>(exception.mark.pos), text.size()) : 0),
          lines_(lines_up_to(text, known_place_ ? static_cast<size_t>(exception.mark.line) : 0)),
          line_(lines_.back()) {
        std::vector<size_t> open;  // the lines of the dashes that the place is below
        for (size_t i = 0; i + 1 < lines_.size(); ++i) {
            const Line& line = lines_[i];
            if (line.first == kNone || line.in_block || line.is_comment) continue;
            size_t column = line.dash != kNone ? line.dash : line.key;
            while (open.size() > (line.dash == kNone) && lines_[open.back()].dash >= column) open.pop_back();
            if (line.dash != kNone) open.push_back(i);
        }
        while (open.size() > 1 && lines_[open.back()].dash >= line_.key) open.pop_back();
        if (!open.empty()) {
            item_ = open.front();
            nearest_ = open.back();
        }
    }

    std::optional<YamlSlip> find() {
        if (zero_byte() || marks()) return std::move(out_);
        if (!known_place_) return std::nullopt;
        if (tab() || look_alike() || alias() || first_character() || escape() || block_header() ||
            open_quote() || key_form() || block_text() || template_text() || brackets_and_more() ||
            place_of_key() || second_colon() || columns() || flow())
            return std::move(out_);
        return std::nullopt;
    }

  private:
    bool slip(size_t offset, std::string message, std::string help) {
        out_ = YamlSlip{static_cast<uint32_t>(offset), "this is not valid YAML: " + message, std::move(help)};
        return true;
    }
    static constexpr const char* kQuoteOrBlock =
        "put the value in quotes, or into a block: '>' and the text on the next line";

    bool zero_byte() {
        size_t at = text_.find('\0');
        return at != kNone && !text_.starts_with("\xff\xfe") && !text_.starts_with("\xfe\xff") &&
               slip(at, "a zero byte stands here", "remove it; the file may be damaged, or no text");
    }

    // Lines that tools leave behind.
    bool marks() {
        struct Mark {
            std::string_view begin, message, help;
        };
        constexpr Mark kMarks[] = {
            {"<<<<<<< ", "a conflict of a merge stands here", "decide for one side, and remove the marks"},
            {"=======", "a conflict of a merge stands here", "decide for one side, and remove the marks"},
            {">>>>>>> ", "a conflict of a merge stands here", "decide for one side, and remove the marks"},
            {"```", "a fence of Markdown stands here", "remove the line"},
            {"{{", "this is a template, not yet a rule file",
             "render it first, for instance with 'helm template'"},
            {"{%", "this is a template, not yet a rule file", "render it first"},
        };
        for (const Line& line : lines_)
            for (const Mark& mark : kMarks)
                if (line.first != kNone && line.text.substr(line.first).starts_with(mark.begin) &&
                    (mark.begin[0] == '{' || line.first == 0))
                    return slip(line.begin + line.first, std::string(mark.message), std::string(mark.help));
        return false;
    }

    // The lines from the beginning of the item to the place, the last one first.
    template <typename Look>
    bool any_line(Look&& look) {
        for (size_t i = lines_.size(); i-- > item_;)
            if (!lines_[i].in_block && !lines_[i].is_comment && look(lines_[i])) return true;
        return false;
    }

    bool tab() {
        return any_line([&](const Line& line) {
            if (line.first == kNone) return false;
            size_t at = line.first;
            if (line.at(at) == '-' && line.at(at + 1) == '\t') ++at;
            if (line.at(at) == '\t' && line.text.find_first_not_of(" \t-") != kNone)
                return slip(line.begin + at, "a tab stands where YAML indents, which only blanks do",
                            "replace the tab by blanks");
            return false;
        });
    }

    // In the indentation, or where a key ends.
    bool look_alike() {
        return any_line([&](const Line& line) {
            auto found = find_look_alike(line.text);
            if (!found) return false;
            bool early = found->begin <= line.key + line.word.size() && !line.is_key;
            return early && slip(line.begin + found->begin, fmt::format("{} stands here", found->name),
                                 found->instead.empty()  ? "delete it"
                                 : found->instead == " " ? "write an ordinary blank"
                                                         : fmt::format("write '{}'", found->instead));
        });
    }

    bool alias() {
        if (message_.find("anchor") == std::string::npos || !text_.substr(at_).starts_with('*')) return false;
        std::string_view name = text_.substr(at_ + 1);
        name = name.substr(0, name.find_first_of(" \t\r\n,[]{}"));
        return slip(at_, "a value that begins with '*' refers to an anchor, and there is none of this name",
                    fmt::format("a text is put in quotes: \"*{}\"", name));
    }

    bool first_character() {
        if (!line_.is_key || line_.value == kNone) return false;
        char first = line_.text[line_.value];
        return std::string_view("%@`").find(first) != kNone &&
               slip(line_.begin + line_.value, fmt::format("a value cannot begin with '{}'", first),
                    kQuoteOrBlock);
    }

    bool escape() {
        if (message_.find("escape") == std::string::npos) return false;
        size_t at = at_;
        while (at > 0 && at < text_.size() && text_[at] != '\\' && at_ - at < 2) --at;
        return slip(at, "in double quotes a backslash begins an escape, and there is none of this kind",
                    "put the value in single quotes, or write the backslash twice");
    }

    // `condition: > text`
    bool block_header() {
        return any_line([&](const Line& line) {
            if (!line.is_key || line.value == kNone || !among(kKeys, line.word)) return false;
            char sign = line.text[line.value];
            if (sign != '>' && sign != '|') return false;
            size_t text = line.text.find_first_not_of("0123456789+- ", line.value + 1);
            if (text == kNone || line.text[text] == '#') return false;
            return slip(line.begin + text, fmt::format("a text stands behind '{}' on the same line", sign),
                        fmt::format("begin the text on the next line, indented; or leave '{}' out", sign));
        });
    }

    // A text in a block that is not indented, or no longer.
    bool block_text() {
        for (size_t i = item_; i < lines_.size(); ++i) {
            const Line& line = lines_[i];
            if (!line.is_key || line.value == kNone) continue;
            char sign = line.text[line.value];
            if (sign != '>' && sign != '|') continue;
            size_t indentation = kNone;
            for (size_t j = i + 1; j < lines_.size(); ++j) {
                const Line& text = lines_[j];
                if (text.first == kNone) continue;
                if (text.is_comment && text.first <= line.key && j + 1 < lines_.size() &&
                    lines_[j + 1].first != kNone && lines_[j + 1].first > line.key)
                    return slip(text.begin + text.first,
                                fmt::format("a comment ends the text of '{}'", line.word),
                                "put the comment above the key, or leave it out");
                bool key = text.is_key && (text.key == line.key || text.dash != kNone);
                if (key) break;
                if (text.first <= line.key)
                    return slip(text.begin + text.first,
                                fmt::format("the text of '{}' is not indented", line.word),
                                fmt::format("indent its lines by {} blanks", line.key + 2));
                if (indentation == kNone) indentation = text.first;
                if (text.first < indentation)
                    return slip(
                        text.begin + text.first,
                        fmt::format("this line of '{}' is indented less than the first one", line.word),
                        fmt::format("indent it by {} blanks", indentation));
            }
        }
        return false;
    }

    // `-rule: x`, `rule:x`, `desc = x`, `desc x`
    bool key_form() {
        return any_line([&](const Line& line) {
            if (line.first == kNone) return false;
            std::string_view word = line.word;
            if (word.starts_with('-') && among(kKeys, word.substr(1)))
                return slip(line.begin + line.key, "no blank stands behind the dash",
                            fmt::format("write '- {}'", line.text.substr(line.key + 1)));
            if (line.is_key || !among(kKeys, word)) return false;
            size_t end = line.key + word.size();
            size_t next = line.text.find_first_not_of(' ', end);
            if (next == kNone)
                return slip(line.begin + end - 1, fmt::format("no ':' stands behind '{}'", word),
                            fmt::format("write '{}: ...'", word));
            if (line.text[next] == ':' && next == end)
                return slip(line.begin + next, fmt::format("no blank stands behind '{}:'", word),
                            fmt::format("write '{}: {}'", word, line.text.substr(next + 1)));
            if (line.text[next] == ':') return false;
            bool equals = line.text[next] == '=';
            std::string_view value = line.text.substr(equals ? next + 1 : next);
            value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
            return slip(line.begin + (equals ? next : end - 1),
                        equals ? "a key and its value are separated by ':'"
                               : fmt::format("no ':' stands behind '{}'", word),
                        fmt::format("write '{}: {}'", word, value));
        });
    }

    bool template_text() {
        size_t at = line_.text.find("{{");
        return at != kNone &&
               slip(line_.begin + at, "'{{' begins a mapping; in a template it begins a value",
                    "render the template first, for instance with 'helm template', or put the value "
                    "in quotes");
    }

    // `[Alert] text`, `{a} text`
    bool brackets_and_more() {
        return any_line([&](const Line& line) {
            if (!line.is_key || line.value == kNone) return false;
            char open = line.text[line.value];
            if (open != '[' && open != '{') return false;
            size_t close = line.text.find(open == '[' ? ']' : '}', line.value);
            if (close == kNone) return false;
            size_t behind = line.text.find_first_not_of(' ', close + 1);
            if (behind == kNone || std::string_view("#,]}").find(line.text[behind]) != kNone) return false;
            return slip(line.begin + line.value,
                        fmt::format("a value that begins with '{}' is a {}, and it ends before '{}'", open,
                                    open == '[' ? "list" : "mapping", line.text.substr(behind)),
                        kQuoteOrBlock);
        });
    }

    // A key to the left of those of its item.
    bool place_of_key() {
        const Line& item = lines_[item_];
        if (item.dash == kNone) return false;
        for (size_t i = item_ + 1; i < lines_.size(); ++i) {
            const Line& line = lines_[i];
            if (line.first == kNone || line.in_block || line.is_comment) continue;
            if (line.dash != kNone && line.dash != item.dash && i + 1 == lines_.size() &&
                line.dash < item.key && line.is_key && among(kItems, line.word))
                return slip(
                    line.begin + line.dash, "the dashes of one list do not stand in the same column",
                    fmt::format("put the dash under the one of the item before: {} blanks", item.dash));
            if (!line.is_key || line.dash != kNone || line.key > item.dash) continue;
            if (among(kItems, line.word) && item.is_key && among(kItems, item.word))
                return slip(line.begin + line.key, "a new item begins here without a dash",
                            fmt::format("write '- {}: ...'", line.word));
            return slip(line.begin + line.key, "this key stands outside of its item",
                        fmt::format("indent it by {} blanks, as the key behind the dash", item.key));
        }
        return false;
    }

    bool second_colon() {
        if (!line_.is_key || line_.value == kNone) return false;
        size_t second = line_.text.find(": ", line_.value);
        return second != kNone &&
               slip(line_.begin + second, "': ' within a value begins a mapping", kQuoteOrBlock);
    }

    bool columns() {
        const Line& item = lines_[nearest_];
        if (item.dash == kNone || !line_.is_key || line_.dash != kNone || line_.key == item.key) return false;
        return slip(line_.begin + line_.key, "the keys of one item do not begin in the same column",
                    fmt::format("indent it by {} blanks, as the key behind the dash", item.key));
    }

    bool flow() {
        char found = at_ < text_.size() ? text_[at_] : '\0';
        if (found == ']' || found == '}')
            return slip(at_, fmt::format("nothing is open that this '{}' closes", found), "remove it");
        return message_.find("flow") != std::string::npos &&
               slip(at_, "a '[' or '{' is not closed",
                    "end the list with ']' and the mapping with '}'; a text that begins with one is put in "
                    "quotes");
    }

    // A quote that is not closed, or closed where something else was to begin.
    bool open_quote();

    std::string_view text_;
    std::string message_;
    bool known_place_;
    size_t at_;
    std::vector<Line> lines_;
    const Line& line_;
    size_t item_ = 0, nearest_ = 0;  // the lines that begin the item of the list, and what is nested in it
    std::optional<YamlSlip> out_;
};

bool SlipFinder::open_quote() {
    size_t behind = 0;
    for (const Line& line : lines_) {
        if (!line.is_key || line.value == kNone || line.begin < behind) continue;
        char quote = line.text[line.value];
        if (quote != '"' && quote != '\'') continue;
        size_t open = line.begin + line.value, end = open + 1;
        auto closes = [&] { return text_[end] == quote && (quote == '\'' || text_[end - 1] != '\\'); };
        while (end < text_.size() && !closes()) ++end;
        if (quote == '\'')  // two of them are one of the text
            while (end + 1 < text_.size() && text_[end + 1] == quote) {
                end += 2;
                while (end < text_.size() && text_[end] != quote) ++end;
            }
        bool many_lines = text_.substr(open, end - open).find('\n') != kNone;
        std::string_view rest = text_.substr(std::min(end + 1, text_.size()));
        rest = rest.substr(0, rest.find('\n'));
        size_t next = rest.find_first_not_of(" \t\r");
        bool more = next != kNone && rest[next] != '#';
        if (end >= text_.size() || (many_lines && more))
            return slip(open, fmt::format("a {} is not closed", quote),
                        fmt::format("end the value with another {}", quote));
        if (more)
            return slip(end, "the value in quotes ends here, and something follows",
                        "put the whole value in quotes of the other kind, or into a block: '>'");
        behind = end;
    }
    return false;
}

}  // namespace

std::optional<YamlSlip> find_yaml_slip(std::string_view text, const YAML::Exception& exception) {
    return SlipFinder(text, exception).find();
}

}  // namespace stoop
