// SPDX-License-Identifier: Apache-2.0
#include "compiler/source/source.h"

#include <algorithm>

#include "runtime/base/utf8.h"

namespace stoop {
namespace {

constexpr uint32_t kBlock = 256;

constexpr std::string_view kMark = "\xEF\xBB\xBF";

// UTF-16 is known by its byte order mark; that mark goes.
std::string as_utf8(std::string text) {
    bool little = text.starts_with("\xFF\xFE");
    if (!little && !text.starts_with("\xFE\xFF")) return text;
    auto unit = [&](size_t at) {
        auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
        return little ? byte(at) | byte(at + 1) << 8 : byte(at) << 8 | byte(at + 1);
    };
    std::string out;
    for (size_t at = 2; at + 1 < text.size(); at += 2) {
        uint32_t code = unit(at);
        if (code >= 0xD800 && code < 0xDC00 && at + 3 < text.size()) {
            at += 2;
            code = 0x10000 + ((code - 0xD800) << 10) + ((unit(at) - 0xDC00) & 0x3FF);
        }
        out += encode_utf8(code);
    }
    return out;
}

}  // namespace

SourceFile::SourceFile(std::string name, std::string text, std::string why_not_quoted)
    : name_(std::move(name)), written_(as_utf8(std::move(text))), why_not_quoted_(std::move(why_not_quoted)) {
    if (written_.starts_with(kMark)) mark_size_ = kMark.size();
    // A lone CR ends a line, too.
    for (size_t at = 0; (at = written_.find('\r', at)) != written_.npos; ++at)
        if (at + 1 == written_.size() || written_[at + 1] != '\n') written_[at] = '\n';
    std::string_view body = this->text();
    line_starts_.push_back(0);
    for (size_t at = 0; (at = body.find('\n', at)) != body.npos;)
        line_starts_.push_back(static_cast<uint32_t>(++at));
    uint32_t characters = 0;
    for (size_t at = 0; at < body.size(); at += kBlock) {
        block_characters_.push_back(characters);
        characters += static_cast<uint32_t>(count_characters(body.substr(at, kBlock)));
    }
    block_characters_.push_back(characters);  // of the end, should it begin a block
}

SourceFile::Position SourceFile::position(uint32_t offset) const {
    offset = std::min<uint32_t>(offset, static_cast<uint32_t>(text().size()));
    auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    auto line = static_cast<uint32_t>(next - line_starts_.begin());
    return {line, characters_before(offset) - characters_before(line_starts_[line - 1]) + 1};
}

uint32_t SourceFile::characters_before(uint32_t offset) const {
    uint32_t block = offset / kBlock, begin = block * kBlock;
    uint32_t count = block_characters_[block];
    bool bytes = block + 1 < block_characters_.size() && block_characters_[block + 1] - count == kBlock;
    if (bytes) return count + offset - begin;  // each is a character
    for (uint32_t i = begin; i < offset; ++i) count += starts_character(text()[i]);
    return count;
}

std::string_view SourceFile::line(uint32_t number) const {
    uint32_t begin = line_begin(number);
    size_t end = number < line_starts_.size() ? line_begin(number + 1) - 1 : text().size();
    std::string_view out = text().substr(begin, end - begin);
    if (out.ends_with('\r')) out.remove_suffix(1);
    return out;
}

uint32_t Sources::add(std::string name, std::string text, std::string why_not_quoted) {
    files_.emplace_back(std::move(name), std::move(text), std::move(why_not_quoted));
    total_size_ += files_.back().text().size();
    return static_cast<uint32_t>(files_.size() - 1);
}

Place Sources::place(Span span) const {
    const SourceFile& source = file(span.file);
    auto position = source.position(span.begin);
    return {source.name(), position.line, position.column};
}

void MappedText::add_segment(Segment segment) {
    if (!segments_.empty() && !segment.pinned && !segments_.back().pinned) {
        const Segment& last = segments_.back();
        bool continues =
            last.file == segment.file && last.offset + (segment.begin - last.begin) == segment.offset;
        if (continues) return;
    }
    segments_.push_back(segment);
}

void MappedText::append(std::string_view text, uint32_t file, uint32_t offset) {
    if (text.empty() && !segments_.empty()) return;  // an empty text has its place, too
    add_segment({static_cast<uint32_t>(text_.size()), file, offset, false});
    text_ += text;
}

void MappedText::append_pinned(std::string_view text, uint32_t file, uint32_t offset) {
    if (text.empty()) return;
    add_segment({static_cast<uint32_t>(text_.size()), file, offset, true});
    text_ += text;
}

void MappedText::append(const MappedText& other, size_t begin, size_t end) {
    while (begin < end) {
        size_t index = other.segment_at(begin);
        const Segment& segment = other.segments_[index];
        size_t stop =
            index + 1 < other.segments_.size() ? other.segments_[index + 1].begin : other.text_.size();
        stop = std::min(stop, end);
        std::string_view piece = std::string_view(other.text_).substr(begin, stop - begin);
        if (segment.pinned)
            append_pinned(piece, segment.file, segment.offset);
        else
            append(piece, segment.file, segment.offset + static_cast<uint32_t>(begin - segment.begin));
        begin = stop;
    }
}

MappedText MappedText::trimmed() const {
    constexpr const char* kSpace = " \t\n\r\v\f";
    size_t begin = std::min(text_.find_first_not_of(kSpace), text_.size());
    size_t end = text_.find_last_not_of(kSpace) + 1;
    MappedText out;
    if (begin < end) {
        out.append(*this, begin, end);
    } else {
        Span place = span(0, 1);
        out.append("", place.file, place.begin);
    }
    return out;
}

size_t MappedText::segment_at(size_t index) const {
    auto next = std::upper_bound(segments_.begin(), segments_.end(), index,
                                 [](size_t i, const Segment& segment) { return i < segment.begin; });
    return static_cast<size_t>(next - segments_.begin()) - 1;
}

Span MappedText::span(size_t begin, size_t end) const {
    if (segments_.empty()) return {};
    auto place = [&](size_t index) {
        const Segment& segment = segments_[segment_at(std::min(index, text_.size()))];
        uint32_t offset =
            segment.pinned ? segment.offset : segment.offset + static_cast<uint32_t>(index - segment.begin);
        return Span{segment.file, offset, offset};
    };
    Span first = place(begin);
    if (end <= begin) return first;
    Span last = place(end - 1);
    bool forward = last.file == first.file && last.begin >= first.begin;
    first.end = forward ? last.begin + 1 : first.begin + 1;
    return first;
}

}  // namespace stoop
