#include "testing/yaml_edits.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <utility>

#include "testing/test_values.h"

namespace stoop {
namespace {

// Calls visit(before, entries, behind) for each run of new entries between old ones that are kept, given by
// the indexes of these; -1 and the number of old entries at the ends. Runs that change nothing are left out.
template <typename Visit>
void for_each_gap(size_t old_entries, const std::vector<WantedEntry>& wanted, const Visit& visit) {
    auto size = static_cast<ptrdiff_t>(old_entries);
    ptrdiff_t before = -1;
    std::vector<const WantedEntry*> fresh;
    auto close = [&](ptrdiff_t behind) {
        if (!fresh.empty() || behind > before + 1) visit(before, fresh, behind);
        fresh.clear();
        before = behind;
    };
    for (const WantedEntry& entry : wanted) {
        if (entry.old)
            close(static_cast<ptrdiff_t>(*entry.old));
        else
            fresh.push_back(&entry);
    }
    close(size);
}

std::string joined(const std::vector<const WantedEntry*>& entries) {
    std::string out;
    for (const WantedEntry* entry : entries) out += (out.empty() ? "" : ", ") + entry->flow;
    return out;
}

}  // namespace

std::string yaml_scalar(const std::string& text, char style) {
    for (;; style = style == '\'' ? '"' : '\0') {
        YAML::Emitter out;
        // As an item of a list, so that quotes are chosen for the flow style, too.
        out << YAML::Flow << YAML::BeginSeq;
        if (style == '"') out << YAML::DoubleQuoted;
        if (style == '\'') out << YAML::SingleQuoted;
        out << text << YAML::EndSeq;
        if (!out.good() && style) continue;
        std::string list = out.c_str();
        return list.substr(1, list.size() - 2);
    }
}

std::string yaml_value(const nlohmann::json& value, char style) {
    if (value.is_string()) return yaml_scalar(value.get<std::string>(), style);
    if (!value.is_array()) return value.dump(-1, ' ', false, kReplace);
    std::string out;
    for (const nlohmann::json& item : value) out += (out.empty() ? "" : ", ") + yaml_value(item);
    return "[" + out + "]";
}

YamlEdits::YamlEdits(std::string_view text) : text_(text) {
    size_t end = text.find('\n');
    line_break_ = end != text.npos && end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
}

size_t YamlEdits::line_begin(size_t at) const {
    size_t before = at == 0 ? text_.npos : text_.rfind('\n', at - 1);
    return before == text_.npos ? 0 : before + 1;
}

size_t YamlEdits::line_end(size_t at) const {
    size_t end = text_.find('\n', at);
    return end == text_.npos ? text_.size() : end + 1;
}

bool YamlEdits::has_comment(size_t begin, size_t end) const {
    return text_.substr(begin, end - begin).find('#') != text_.npos;
}

size_t YamlEdits::behind_comments(size_t line, size_t indent) const {
    for (;;) {
        size_t first = text_.find_first_not_of(' ', line);
        if (first == text_.npos || text_[first] != '#' || first - line <= indent) return line;
        line = line_end(first);
    }
}

char YamlEdits::style(const YamlLayout& value) const {
    char first = value.value < value.end ? text_[value.value] : '\0';
    return first == '"' || first == '\'' ? first : '\0';
}

void YamlEdits::replace(const YamlLayout::Entry& entry, const std::string& value) {
    const YamlLayout& was = entry.value;
    if (!was.is_block() && was.begin < was.end) return edit(was.value, was.end, value);
    // A list in lines, or nothing: the value goes behind the colon.
    size_t from = was.is_block() && was.begin < was.behind_tags ? was.behind_tags : entry.value_from;
    edit(from, was.is_block() ? was.end : from, " " + value);
}

void YamlEdits::insert_before(const YamlLayout::Entry& entry, bool flow, const std::string& text) {
    size_t column = entry.begin - line_begin(entry.begin);
    edit(entry.begin, entry.begin,
         text + (flow ? ", " : std::string(line_break_) + std::string(column, ' ')));
}

bool YamlEdits::set_entries(const YamlLayout::Entry& list, const std::vector<WantedEntry>& wanted,
                            std::optional<size_t> indent) {
    const YamlLayout& was = list.value;
    bool as_it_is = std::all_of(wanted.begin(), wanted.end(), [](const WantedEntry& e) { return e.old; });
    if (as_it_is && wanted.size() == was.entries.size()) return true;
    if (was.is_block()) return set_lines(list, wanted);
    if (!was.flow) return false;
    size_t end = line_end(was.end);
    std::string_view within = text_.substr(was.value + 1, was.end - was.value - 2);
    std::string_view behind = text_.substr(was.end, end - was.end);
    size_t first = behind.find_first_not_of(" \t\r\n");
    bool alone = within.find_first_not_of(" \t") == within.npos &&
                 (first == behind.npos || (first > 0 && behind[first] == '#'));
    if (!indent || wanted.empty() || !was.entries.empty() || !alone) return set_flow(was, wanted);
    std::vector<const WantedEntry*> all;
    for (const WantedEntry& entry : wanted) all.push_back(&entry);
    edit(was.begin < was.behind_tags ? was.behind_tags : list.value_from, was.end, "");
    insert_lines(end, lines(all, *indent));
    return true;
}

bool YamlEdits::set_flow(const YamlLayout& list, const std::vector<WantedEntry>& wanted) {
    const auto& old = list.entries;
    if (list.end < list.value + 2 || text_[list.end - 1] != (list.node.IsMap() ? '}' : ']')) return false;
    bool keeps = std::any_of(wanted.begin(), wanted.end(), [](const WantedEntry& e) { return e.old; });
    if (!keeps) {
        std::string text;
        for (const WantedEntry& entry : wanted) text += (text.empty() ? "" : ", ") + entry.flow;
        bool instead = !old.empty() && !wanted.empty();
        edit(instead ? old.front().begin : list.value + 1, instead ? old.back().value.end : list.end - 1,
             text);
        return true;
    }
    for_each_gap(old.size(), wanted, [&](ptrdiff_t before, const auto& fresh, ptrdiff_t behind) {
        auto size = static_cast<ptrdiff_t>(old.size());
        auto begin = [&](ptrdiff_t i) { return old[static_cast<size_t>(i)].begin; };
        auto end = [&](ptrdiff_t i) { return old[static_cast<size_t>(i)].value.end; };
        bool removes = behind > before + 1;
        if (removes && !fresh.empty())
            edit(begin(before + 1), end(behind - 1), joined(fresh));
        else if (removes && behind < size)
            edit(begin(before + 1), begin(behind), "");
        else if (removes)
            edit(has_comment(end(before), begin(before + 1)) ? begin(before + 1) : end(before),
                 end(behind - 1), "");
        else if (before >= 0)
            edit(end(before), end(before), ", " + joined(fresh));
        else
            edit(begin(behind), begin(behind), joined(fresh) + ", ");
    });
    return true;
}

bool YamlEdits::set_lines(const YamlLayout::Entry& list, const std::vector<WantedEntry>& wanted) {
    const auto& old = list.value.entries;
    if (old.empty()) return false;
    size_t indent = old[0].begin - line_begin(old[0].begin);
    for (const YamlLayout::Entry& entry : old) {
        size_t begin = line_begin(entry.begin);
        if (text_.substr(begin, entry.begin - begin).find_first_not_of(' ') != text_.npos) return false;
    }
    // Of an entry, behind its last line; one without a text ends where its dash or key does.
    auto end = [&](ptrdiff_t i) {
        const YamlLayout::Entry& entry = old[static_cast<size_t>(i)];
        return line_end(std::max(entry.value_from, entry.value.end));
    };
    auto begin = [&](ptrdiff_t i) { return line_begin(old[static_cast<size_t>(i)].begin); };
    for_each_gap(old.size(), wanted, [&](ptrdiff_t before, const auto& fresh, ptrdiff_t behind) {
        std::string text = lines(fresh, indent);
        if (behind == before + 1)
            return insert_lines(before >= 0 ? behind_comments(end(before), indent) : begin(behind), text);
        for (ptrdiff_t i = before + 1; i < behind; ++i) {
            if (end(i) == text_.size() && !text_.ends_with('\n') && !text.empty())
                text.resize(text.size() - line_break_.size());
            edit(begin(i), end(i), std::exchange(text, ""));
        }
    });
    if (!wanted.empty()) return true;
    const YamlLayout& was = list.value;
    size_t at = was.begin < was.behind_tags ? was.behind_tags : list.value_from;
    edit(at, at, was.node.IsMap() ? " {}" : " []");
    return true;
}

std::string YamlEdits::lines(const std::vector<const WantedEntry*>& entries, size_t indent) const {
    std::string out;
    for (const WantedEntry* entry : entries)
        for (const std::string& line : entry->lines) out.append(indent, ' ').append(line).append(line_break_);
    return out;
}

void YamlEdits::insert_lines(size_t at, std::string lines) {
    if (at == text_.size() && !text_.empty() && !text_.ends_with('\n')) {
        lines.resize(lines.size() - line_break_.size());
        lines.insert(0, line_break_);
    }
    edit(at, at, std::move(lines));
}

std::optional<std::string> edited(std::string_view text, std::vector<TextEdit> edits) {
    std::stable_sort(edits.begin(), edits.end(), [](const TextEdit& a, const TextEdit& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::string out;
    size_t done = 0;
    for (const TextEdit& edit : edits) {
        if (edit.begin < done) return std::nullopt;
        out += text.substr(done, edit.begin - done);
        out += edit.text;
        done = edit.end;
    }
    out += text.substr(done);
    return out;
}

}  // namespace stoop
