#include "compiler/semantics/list_names.h"

#include <algorithm>

namespace stoop {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_delimiter(char c) { return is_space(c) || c == '(' || c == ')' || c == ',' || c == '='; }

size_t find_delimited(std::string_view text, std::string_view name, size_t from) {
    if (name.empty()) return text.npos;
    for (size_t at = text.find(name, from); at != text.npos; at = text.find(name, at + 1)) {
        size_t end = at + name.size();
        if ((at == 0 || is_delimiter(text[at - 1])) && (end == text.size() || is_delimiter(text[end])))
            return at;
    }
    return text.npos;
}

}  // namespace

ListNames::ListNames(const std::vector<std::string_view>& names) {
    for (size_t i = 0; i < names.size(); ++i) {
        if (names[i].empty()) continue;
        if (std::any_of(names[i].begin(), names[i].end(), is_delimiter))
            with_delimiters_.emplace_back(names[i], i);
        else
            words_.emplace(names[i], i);
    }
}

std::optional<size_t> ListNames::first_in(std::string_view text, size_t from) const {
    std::optional<size_t> first;
    auto take = [&](size_t list) {
        if (list >= from && (!first || list < *first)) first = list;
    };
    for (size_t begin = 0; begin < text.size();) {
        size_t end = begin;
        while (end < text.size() && !is_delimiter(text[end])) ++end;
        auto named = end > begin ? words_.find(text.substr(begin, end - begin)) : words_.end();
        if (named != words_.end()) take(named->second);
        begin = end + 1;
    }
    for (const auto& [name, list] : with_delimiters_)
        if (find_delimited(text, name, 0) != text.npos) take(list);
    return first;
}

void append_quoted(MappedText& out, const MappedText& item) {
    const std::string& text = item.text();
    bool quote = text.find(' ') != text.npos && text[0] != '"' && text[0] != '\'';
    Span span = item.span(0, text.size());
    if (quote) out.append_pinned("\"", span.file, span.begin);
    out.append(item);
    if (quote) out.append_pinned("\"", span.file, span.end - 1);
}

void replace_list_name(MappedText& text, const std::string& name, const std::vector<MappedText>& items,
                       size_t limit) {
    const std::string& source = text.text();
    MappedText out;
    size_t copied = 0;
    for (size_t at = find_delimited(source, name, 0); at != source.npos && out.text().size() <= limit;
         at = find_delimited(source, name, copied)) {
        size_t begin = at;
        size_t end = at + name.size();
        Span place = text.span(begin, end);
        while (begin > copied && is_space(source[begin - 1])) --begin;
        while (end < source.size() && is_space(source[end])) ++end;
        if (items.empty()) {
            // The name goes together with one comma: the one before it if there is one, else the one after
            // it.
            if (begin > copied && source[begin - 1] == ',')
                --begin;
            else if (end < source.size() && source[end] == ',')
                ++end;
        }
        out.append(text, copied, begin);
        copied = end;
        if (items.empty()) continue;
        if (!out.empty()) out.append_pinned(" ", place.file, place.begin);
        for (const MappedText& item : items) {
            if (&item != &items.front()) out.append_pinned(", ", place.file, place.begin);
            append_quoted(out, item);
            if (out.text().size() > limit) break;
        }
        out.append_pinned(" ", place.file, place.begin);
    }
    out.append(text, copied, source.size());
    text = std::move(out);
}

}  // namespace stoop
