// SPDX-License-Identifier: Apache-2.0
#include "testing/yaml_edits.h"

#include <algorithm>
#include <utility>

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

bool keep_places(const std::vector<WantedEntry>& wanted) {
    size_t next = 0;
    for (const WantedEntry& entry : wanted) {
        if (!entry.old) continue;
        if (*entry.old < next) return false;
        next = *entry.old + 1;
    }
    return true;
}

}  // namespace

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

bool YamlEdits::has_comments(const YamlLayout& list) const {
    size_t begin = list.value + 1;
    auto in_gap = [&](size_t end) { return text_.substr(begin, end - begin).find('#') != text_.npos; };
    for (const YamlLayout::Entry& entry : list.entries) {
        if (in_gap(entry.begin)) return true;
        begin = entry.value.end;
    }
    return in_gap(list.end);
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
    bool in_place = keep_places(wanted);
    if (as_it_is && in_place && wanted.size() == was.entries.size()) return true;
    if (was.is_block()) return set_lines(list, wanted);
    if (!was.flow) return false;
    if (!in_place) return set_flow(was, wanted);
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
    if (!keep_places(wanted) || has_comments(list)) return reorder_flow(list, wanted);
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
            edit(end(before), end(behind - 1), "");
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
    if (!keep_places(wanted)) return reorder_lines(list, indent, wanted);
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

std::string YamlEdits::take_edited(size_t begin, size_t end) {
    std::vector<TextEdit> within;
    std::erase_if(edits_, [&](const TextEdit& edit) {
        if (edit.begin < begin || edit.end > end) return false;
        within.push_back({edit.begin - begin, edit.end - begin, edit.text});
        return true;
    });
    std::string_view part = text_.substr(begin, end - begin);
    return edited(part, std::move(within)).value_or(std::string(part));
}

bool YamlEdits::reorder_lines(const YamlLayout::Entry& list, size_t indent,
                              const std::vector<WantedEntry>& wanted) {
    const YamlLayout& was = list.value;
    const auto& old = was.entries;
    const size_t region = line_end((was.begin < was.behind_tags ? was.behind_tags : list.value_from) - 1);
    std::vector<std::string> blanks, parts;  // of each place the empty lines, of each entry the rest
    std::vector<bool> kept(old.size());
    for (const WantedEntry& entry : wanted)
        if (entry.old) kept[*entry.old] = true;
    std::string of_removed;  // comments
    size_t end = region;
    for (size_t i = 0; i < old.size(); ++i) {
        size_t from = end, line = line_begin(old[i].begin);
        size_t last = line_end(std::max(old[i].value_from, old[i].value.end));
        end = behind_comments(last, indent);
        size_t comment = from;
        while (comment < line && text_.find_first_not_of(" \t\r\n", comment) >= line_end(comment))
            comment = line_end(comment);
        blanks.emplace_back(text_.substr(from, comment - from));
        std::string& part = parts.emplace_back();
        if (!kept[i]) {
            of_removed.append(text_.substr(comment, line - comment)).append(text_.substr(last, end - last));
            continue;
        }
        part = std::exchange(of_removed, "") + take_edited(comment, end);
        if (!part.ends_with('\n')) part += line_break_;
    }
    std::string out;
    for (size_t place = 0; place < wanted.size(); ++place) {
        if (place < blanks.size()) out += blanks[place];
        const WantedEntry& entry = wanted[place];
        out += entry.old ? parts[*entry.old] : lines({&entry}, indent);
    }
    out += of_removed;
    if (end == text_.size() && !text_.ends_with('\n') && out.ends_with(line_break_))
        out.resize(out.size() - line_break_.size());
    edit(region, end, std::move(out));
    return true;
}

bool YamlEdits::reorder_flow(const YamlLayout& list, const std::vector<WantedEntry>& wanted) {
    const auto& old = list.entries;
    const size_t close = list.end - 1;
    struct Part {
        std::string before, text, comment;  // the comment stands in the same line, behind the comma
    };
    std::vector<Part> parts;
    size_t end = list.value + 1;
    bool comma = false;  // behind the last entry
    for (const YamlLayout::Entry& entry : old) {
        Part part{std::string(text_.substr(end, entry.begin - end)),
                  take_edited(entry.begin, entry.value.end), ""};
        end = std::min(text_.find_first_not_of(" \t\r\n", entry.value.end), close);
        comma = text_[end] == ',';
        if (!comma && &entry != &old.back()) return false;  // a comment stands before it
        end = comma ? end + 1 : entry.value.end;
        size_t comment = text_.find_first_not_of(" \t", end);
        if (comment < close && text_[comment] == '#') {
            size_t behind = std::min(text_.find_first_of("\r\n", comment), close);
            part.comment = text_.substr(end, behind - end);
            end = behind;
        }
        parts.push_back(std::move(part));
    }
    const std::string new_line =
        std::string(line_break_) + std::string(old[0].begin - line_begin(old[0].begin), ' ');
    std::string out, comment;
    for (size_t place = 0; place < wanted.size(); ++place) {
        const WantedEntry& entry = wanted[place];
        std::string before = place < parts.size() ? parts[place].before : " ";
        // A comment above belongs to its entry, the blanks to the place.
        if (before.find('#') != before.npos) before = new_line;
        if (entry.old && parts[*entry.old].before.find('#') != std::string::npos)
            before = parts[*entry.old].before;
        if (!comment.empty() && before.find('\n') == before.npos) before = new_line;
        comment = entry.old ? parts[*entry.old].comment : "";
        out += before + (entry.old ? parts[*entry.old].text : entry.flow);
        if (comma || place + 1 < wanted.size()) out += ',';
        out += comment;
    }
    if (!comment.empty() && text_.substr(end, close - end).find('\n') == std::string_view::npos)
        out += new_line;
    edit(list.value + 1, end, std::move(out));
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
