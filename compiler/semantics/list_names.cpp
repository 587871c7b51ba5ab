#include "compiler/semantics/list_names.h"

namespace stoop {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_delimiter(char c) { return is_space(c) || c == '(' || c == ')' || c == ',' || c == '='; }

size_t find_delimited(const std::string& text, const std::string& name, size_t from) {
    for (size_t at = text.find(name, from); at != text.npos; at = text.find(name, at + 1)) {
        size_t end = at + name.size();
        if ((at == 0 || is_delimiter(text[at - 1])) && (end == text.size() || is_delimiter(text[end])))
            return at;
    }
    return text.npos;
}

}  // namespace

void append_quoted(MappedText& out, const MappedText& item) {
    const std::string& text = item.text();
    bool quote = text.find(' ') != text.npos && text[0] != '"' && text[0] != '\'';
    Span span = item.span(0, text.size());
    if (quote) out.append_pinned("\"", span.file, span.begin);
    out.append(item);
    if (quote) out.append_pinned("\"", span.file, span.end - 1);
}

bool replace_list_name(MappedText& text, const std::string& name, const std::vector<MappedText>& items,
                       size_t limit) {
    const std::string& source = text.text();
    size_t at = name.empty() ? source.npos : find_delimited(source, name, 0);
    if (at == source.npos) return false;
    MappedText out;
    size_t copied = 0;
    for (; at != source.npos && out.text().size() <= limit; at = find_delimited(source, name, copied)) {
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
    return true;
}

}  // namespace stoop
