#include "compiler/source/yaml_slips.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace stoop {
namespace {

struct Line {
    size_t begin = 0;
    std::string_view text;
};

std::vector<Line> lines_up_to(std::string_view text, size_t last) {
    std::vector<Line> out;
    for (size_t at = 0; at <= text.size() && out.size() <= last;) {
        size_t end = std::min(text.find('\n', at), text.size());
        out.push_back({at, text.substr(at, end - at)});
        at = end + 1;
    }
    return out;
}

// Of `- key: value` and `key: value`.
struct KeyLine {
    size_t dash = std::string_view::npos;  // its column
    size_t key = 0;                        // its column
    size_t value = std::string_view::npos;
    bool valid = false;
};
KeyLine parse_line(std::string_view line) {
    KeyLine out;
    size_t at = line.find_first_not_of(' ');
    if (at == line.npos) return out;
    if (line[at] == '-' && at + 1 < line.size() && line[at + 1] == ' ') {
        out.dash = at;
        at = line.find_first_not_of(' ', at + 1);
        if (at == line.npos) return out;
    }
    out.key = at;
    while (at < line.size() &&
           (std::isalnum(static_cast<unsigned char>(line[at])) || line[at] == '_' || line[at] == '-'))
        ++at;
    if (at == out.key || at >= line.size() || line[at] != ':') return out;
    if (at + 1 < line.size() && line[at + 1] != ' ') return out;
    out.valid = true;
    out.value = line.find_first_not_of(' ', at + 1);
    return out;
}

// A quote that is not closed, or closed where something else was to begin.
std::optional<YamlSlip> open_quote(std::string_view text, const std::vector<Line>& lines) {
    std::optional<YamlSlip> out;
    size_t behind = 0;
    for (const Line& line : lines) {
        KeyLine key = parse_line(line.text);
        if (!key.valid || key.value == line.text.npos || line.begin < behind) continue;
        char quote = line.text[key.value];
        if (quote != '"' && quote != '\'') continue;
        size_t open = line.begin + key.value, end = open + 1;
        while (end < text.size() && (text[end] != quote || (quote == '"' && text[end - 1] == '\\'))) ++end;
        if (quote == '\'')  // two of them are one of the text
            while (end + 1 < text.size() && text[end + 1] == quote) {
                end += 2;
                while (end < text.size() && text[end] != quote) ++end;
            }
        bool many_lines = text.substr(open, end - open).find('\n') != text.npos;
        std::string_view rest = text.substr(std::min(end + 1, text.size()));
        rest = rest.substr(0, rest.find('\n'));
        size_t next = rest.find_first_not_of(" \t\r");
        bool junk = next != rest.npos && rest[next] != '#';
        if (end >= text.size() || (many_lines && junk))
            return YamlSlip{static_cast<uint32_t>(open),
                            fmt::format("this is not valid YAML: a {} is not closed", quote),
                            fmt::format("end the value with another {}", quote)};
        if (junk)
            return YamlSlip{
                static_cast<uint32_t>(end),
                "this is not valid YAML: the value in quotes ends here, and something follows",
                fmt::format("put the whole value in quotes of the other kind, or into a block: '{}'", '>')};
        behind = end;
    }
    return out;
}

}  // namespace

std::optional<YamlSlip> find_yaml_slip(std::string_view text, const YAML::Exception& exception) {
    constexpr std::string_view kNotYaml = "this is not valid YAML: ";
    if (exception.mark.is_null() || exception.mark.line < 0) return std::nullopt;
    auto at = static_cast<size_t>(exception.mark.line);
    std::vector<Line> lines = lines_up_to(text, at);
    if (lines.empty()) return std::nullopt;
    auto slip = [&](size_t offset, std::string message, std::string help) {
        return YamlSlip{static_cast<uint32_t>(offset), std::string(kNotYaml) + message, std::move(help)};
    };
    for (size_t i = std::min(at, lines.size() - 1) + 1; i-- > 0 && i + 3 > at;) {
        size_t blank = lines[i].text.find_first_not_of(' ');
        if (blank != lines[i].text.npos && lines[i].text[blank] == '\t')
            return slip(lines[i].begin + blank, "a tab stands where YAML indents, which only blanks do",
                        "replace the tab by blanks");
    }
    const Line& line = lines.back();
    KeyLine key = parse_line(line.text);
    if (exception.msg.find("anchor") != std::string::npos && exception.mark.pos >= 0 &&
        text.substr(std::min(static_cast<size_t>(exception.mark.pos), text.size())).starts_with('*'))
        return slip(static_cast<size_t>(exception.mark.pos),
                    "a value that begins with '*' refers to an anchor", "put the value in quotes");
    if (key.valid && key.value != line.text.npos) {
        char first = line.text[key.value];
        if (std::string_view("%@`").find(first) != std::string_view::npos)
            return slip(line.begin + key.value, fmt::format("a value cannot begin with '{}'", first),
                        "put the value in quotes, or into a block: '>' and the text on the next line");
    }
    if (auto quote = open_quote(text, lines_up_to(text, SIZE_MAX));
        quote && quote->offset <= static_cast<size_t>(std::max(exception.mark.pos, 0)))
        return quote;
    // Where the keys of the item stand.
    size_t dash = std::string_view::npos, column = 0;
    for (size_t i = lines.size() - 1; i-- > 0;) {
        KeyLine before = parse_line(lines[i].text);
        if (!before.valid || before.dash == std::string_view::npos) continue;
        dash = before.dash;
        column = before.key;
        break;
    }
    bool in_item = key.valid && key.dash == std::string_view::npos && dash != std::string_view::npos;
    if (in_item && key.key <= dash)
        return slip(line.begin + key.key, "this key stands outside of its item",
                    fmt::format("indent it by {} blanks, as the key behind the dash", column));
    size_t second =
        key.valid && key.value != line.text.npos ? line.text.find(": ", key.value) : line.text.npos;
    if (second != line.text.npos)
        return slip(line.begin + second, "': ' within a value begins a mapping",
                    "put the value in quotes, or into a block: '>' and the text on the next line");
    if (in_item && key.key != column)
        return slip(line.begin + key.key, "the keys of one item do not begin in the same column",
                    fmt::format("indent it by {} blanks, as the key behind the dash", column));
    if (exception.msg.find("flow") != std::string::npos)
        return slip(
            static_cast<size_t>(exception.mark.pos), "a '[' or '{' is not closed",
            "end the list with ']' and the mapping with '}'; a text that begins with one is put in quotes");
    return std::nullopt;
}

// Whether keys stand in the first column behind an item, which ends the list there: YAML takes them for a
// document of their own.
bool stands_outside_of_an_item(const YamlNode& document, std::string_view text) {
    if (document.Mark().pos <= 0) return false;
    std::string_view before = text.substr(0, static_cast<size_t>(document.Mark().pos));
    size_t last = before.find_last_not_of(" \t\r\n");
    if (last == before.npos) return false;
    size_t line = before.rfind('\n', last);
    return !before.substr(line == before.npos ? 0 : line + 1).starts_with("---");
}

OtherFile recognise(const YamlNode& document, std::string_view text) {
    if (!document.IsMap()) return {};
    if (stands_outside_of_an_item(document, text))
        return {"this key stands outside of its item",
                "indent it, and those behind it, as the key behind the dash: by 2 blanks"};
    auto has = [&](const char* key) { return document[key].IsDefined(); };
    if (has("tests")) return {"this is a test file", "run it with 'stoop test'"};
    if (has("rules_files") || has("rules_file") || (has("engine") && has("json_output")) ||
        has("load_plugins"))
        return {"this is Falco's configuration, not rules",
                "check the files that it names under 'rules_files'"};
    if (has("apiVersion") && has("kind")) {
        std::string kind = document["kind"].Scalar();
        return {
            fmt::format("this is a Kubernetes manifest ({}), not rules", kind.empty() ? "of no kind" : kind),
            "'stoop check --extract' checks the rules in it, if there are any"};
    }
    if (has("customRules") || has("falcoctl") || (has("falco") && has("driver")))
        return {"these are values for Falco's Helm chart, not rules",
                "'stoop check --extract' checks the rules in them, if there are any"};
    if (has("rule") || has("macro") || has("list"))
        return {"", "begin the item with a dash: '- " +
                        std::string(has("rule")    ? "rule"
                                    : has("macro") ? "macro"
                                                   : "list") +
                        ": ...', and indent its other keys"};
    return {};
}

bool is_list_of_rules(const YamlNode& document) {
    if (!document.IsSequence() || document.size() == 0) return false;
    for (const YamlNode& item : document)
        for (std::string_view key : kItemKinds)
            if (item.IsMap() && item[key].IsDefined()) return true;
    return false;
}

}  // namespace stoop
