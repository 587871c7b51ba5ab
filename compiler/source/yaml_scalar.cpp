// SPDX-License-Identifier: Apache-2.0
#include "compiler/source/yaml_scalar.h"

#include <algorithm>
#include <optional>

#include "runtime/base/utf8.h"

namespace stoop {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_space(char c) { return is_blank(c) || c == '\n' || c == '\r'; }

// Builds the text while comparing it with what the library read; `ok` turns false at the first difference.
class Tracer {
  public:
    Tracer(std::string_view raw, uint32_t file, const std::string& value)
        : raw_(raw), file_(file), value_(value) {}

    bool done() const { return left() == 0; }
    size_t left() const { return value_.size() - out_.text().size(); }  // bytes of the value
    bool ok() const { return ok_; }
    MappedText take() { return std::move(out_); }

    // Bytes that stand in the file at `at`.
    void copy(size_t at, size_t size) { add(raw_.substr(at, size), at, false); }
    // Bytes that something else in the file stands for: a fold, an escape.
    void insert(std::string_view text, size_t at) { add(text, at, true); }

  private:
    void add(std::string_view text, size_t at, bool pinned) {
        size_t have = out_.text().size();
        text = text.substr(0, value_.size() - have);  // trailing breaks that the library chomped
        if (value_.compare(have, text.size(), text) != 0) {
            ok_ = false;
            return;
        }
        if (pinned)
            out_.append_pinned(text, file_, static_cast<uint32_t>(at));
        else
            out_.append(text, file_, static_cast<uint32_t>(at));
    }

    std::string_view raw_;
    uint32_t file_;
    const std::string& value_;
    MappedText out_;
    bool ok_ = true;
};

// The text of a double-quoted escape at raw[at] == '\\', and how many bytes it takes.
struct Escape {
    std::string text;
    size_t size;
};
std::optional<Escape> read_escape(std::string_view raw, size_t at) {
    if (at + 1 >= raw.size()) return std::nullopt;
    auto hex = [&](size_t digits) -> std::optional<Escape> {
        if (at + 2 + digits > raw.size()) return std::nullopt;
        uint32_t code = 0;
        for (char c : raw.substr(at + 2, digits)) {
            if (!std::isxdigit(static_cast<unsigned char>(c))) return std::nullopt;
            code = code * 16 + static_cast<uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        }
        return Escape{encode_utf8(code), 2 + digits};
    };
    switch (raw[at + 1]) {
        case '0': return Escape{std::string(1, '\0'), 2};
        case 'a': return Escape{"\a", 2};
        case 'b': return Escape{"\b", 2};
        case 't':
        case '\t': return Escape{"\t", 2};
        case 'n': return Escape{"\n", 2};
        case 'v': return Escape{"\v", 2};
        case 'f': return Escape{"\f", 2};
        case 'r': return Escape{"\r", 2};
        case 'e': return Escape{"\x1b", 2};
        case ' ': return Escape{" ", 2};
        case '"': return Escape{"\"", 2};
        case '\'': return Escape{"'", 2};
        case '/': return Escape{"/", 2};
        case '\\': return Escape{"\\", 2};
        case 'N': return Escape{encode_utf8(0x85), 2};
        case '_': return Escape{encode_utf8(0xA0), 2};
        case 'L': return Escape{encode_utf8(0x2028), 2};
        case 'P': return Escape{encode_utf8(0x2029), 2};
        case 'x': return hex(2);
        case 'u': return hex(4);
        case 'U': return hex(8);
        default: return std::nullopt;
    }
}

// Plain and quoted scalars: a line break with the blanks around it is one blank, more of them are all but one
// kept.
void trace_flow(std::string_view raw, size_t at, Tracer& out) {
    char quote = raw[at] == '"' || raw[at] == '\'' ? raw[at] : '\0';
    if (quote) ++at;
    while (out.ok() && !out.done() && at < raw.size()) {
        if (is_space(raw[at])) {
            size_t end = at;
            size_t breaks = 0;
            for (; end < raw.size() && is_space(raw[end]); ++end) breaks += raw[end] == '\n';
            if (breaks == 0)
                out.copy(at, end - at);
            else
                out.insert(breaks == 1 ? std::string(" ") : std::string(breaks - 1, '\n'), at);
            at = end;
        } else if (quote == '\'' && raw.substr(at, 2) == "''") {
            out.insert("'", at);
            at += 2;
        } else if (quote == '"' && raw[at] == '\\') {
            size_t next = at + 1;
            if (next < raw.size() && raw[next] == '\r') ++next;
            if (next < raw.size() && raw[next] == '\n') {  // an escaped line break joins the lines
                at = next + 1;
                while (at < raw.size() && is_space(raw[at])) ++at;
                continue;
            }
            auto escape = read_escape(raw, at);
            if (!escape) return;
            out.insert(escape->text, at);
            at += escape->size;
        } else {
            // What comes behind the scalar is not looked at, as there may be many of them in a line.
            size_t end = at + 1, most = std::min(raw.size() - at, out.left()) + at;
            while (end < most && !is_space(raw[end]) && raw[end] != '\'' && raw[end] != '"' &&
                   raw[end] != '\\')
                ++end;
            out.copy(at, end - at);
            at = end;
        }
    }
}

struct Line {
    size_t begin, end;  // in raw, without indentation and line break
    bool empty() const { return begin == end; }
};

size_t end_of_line(std::string_view raw, size_t at) { return std::min(raw.find('\n', at), raw.size()); }

// A block scalar whose contents are indented by `indent`.
void trace_block(std::string_view raw, size_t at, size_t indent, bool folded, Tracer& out) {
    auto indented = [&](const Line& line) { return is_blank(raw[line.begin]); };
    std::optional<Line> previous;  // the last line that was not empty
    size_t empty = 0;              // lines since
    while (at < raw.size() && out.ok() && !out.done()) {
        size_t end = end_of_line(raw, at);
        size_t content = at;
        while (content < end && content - at < indent && raw[content] == ' ') ++content;
        size_t stop = end > content && raw[end - 1] == '\r' ? end - 1 : end;
        if (content - at < indent && content < stop) break;  // a line further left ends the scalar
        Line line{content, stop};
        at = end + 1;
        if (line.empty()) {
            ++empty;
            continue;
        }
        if (!previous) {
            out.insert(std::string(empty, '\n'), line.begin);
        } else {
            bool keep = !folded || indented(*previous) || indented(line);
            std::string breaks = keep ? std::string(empty + 1, '\n') : empty ? std::string(empty, '\n') : " ";
            out.insert(breaks, previous->end);
        }
        out.copy(line.begin, line.end - line.begin);
        previous = line;
        empty = 0;
    }
}

// The blanks before the first text of a block scalar: in the file from `at` on, or in what was read of it.
size_t first_indentation(std::string_view text, size_t at) {
    size_t content = text.find_first_not_of(" \n\r", at);
    if (content == text.npos) return 0;
    size_t line = content;
    while (line > at && text[line - 1] == ' ') --line;
    return content - line;
}

}  // namespace

MappedText map_yaml_scalar(const SourceFile& source, uint32_t file, uint32_t offset,
                           const std::string& value) {
    std::string_view raw = source.text();
    size_t at = offset;
    while (at < raw.size() && (raw[at] == '&' || raw[at] == '!')) {  // anchor and tag
        while (at < raw.size() && !is_space(raw[at])) ++at;
        while (at < raw.size() && is_space(raw[at])) ++at;
    }
    auto finish = [&](Tracer& tracer) -> std::optional<MappedText> {
        if (!tracer.ok()) return std::nullopt;
        // The breaks at the end of a block scalar stand for nothing that can be pointed at but its end.
        std::string rest = value;
        MappedText out = tracer.take();
        rest.erase(0, out.text().size());
        if (rest.find_first_not_of('\n') != rest.npos) return std::nullopt;
        size_t last = out.empty() ? at : out.span(out.text().size() - 1, out.text().size()).end;
        out.append_pinned(rest, file, static_cast<uint32_t>(last));
        return out;
    };
    if (at < raw.size() && (raw[at] == '|' || raw[at] == '>')) {
        bool folded = raw[at] == '>';
        size_t first = std::min(end_of_line(raw, at) + 1, raw.size());
        // The indentation of the scalar need not be known: it is what the library took away of the blanks
        // before the first text.
        size_t there = first_indentation(raw, first), kept = first_indentation(value, 0);
        Tracer tracer(raw, file, value);
        if (kept < there) trace_block(raw, first, there - kept, folded, tracer);
        if (auto out = finish(tracer)) return std::move(*out);
    } else if (at < raw.size()) {
        Tracer tracer(raw, file, value);
        trace_flow(raw, at, tracer);
        if (auto out = finish(tracer)) return std::move(*out);
    }
    MappedText out;
    out.append_pinned(value, file, offset);
    return out;
}

}  // namespace stoop
