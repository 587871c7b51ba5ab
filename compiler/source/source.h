// SPDX-License-Identifier: Apache-2.0
// Source text and places in it. Every file that is read is kept for the whole run, so that a diagnostic made
// at any stage can show the author's own line. Offsets are bytes from the start of a file (after a byte order
// mark, which is dropped). Lines and columns count from 1, columns in characters; finding them takes a
// look-up, however long a line is.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/place.h"

namespace stoop {

struct Span {
    uint32_t file = 0;
    uint32_t begin = 0;
    uint32_t end = 0;
};

// A name, path or pattern with its place.
struct WrittenText {
    std::string text;
    Span span;
};

class SourceFile {
  public:
    // `why_not_quoted` says why messages must not quote the text; empty if they may.
    SourceFile(std::string name, std::string text, std::string why_not_quoted = "");

    const std::string& name() const { return name_; }
    const std::string& why_not_quoted() const { return why_not_quoted_; }
    std::string_view text() const { return std::string_view(written_).substr(mark_size_); }
    std::string_view written() const { return written_; }  // with the byte order mark, if there is one

    struct Position {
        uint32_t line;
        uint32_t column;
    };
    Position position(uint32_t offset) const;
    std::string_view line(uint32_t number) const;  // without its line break
    uint32_t line_begin(uint32_t number) const { return line_starts_[number - 1]; }

  private:
    // Characters before an offset.
    uint32_t characters_before(uint32_t offset) const;

    std::string name_;
    std::string written_;  // in UTF-8
    size_t mark_size_ = 0;
    std::string why_not_quoted_;
    std::vector<uint32_t> line_starts_;
    std::vector<uint32_t> block_characters_;  // before each block of the text
};

// All files of a run. Files are never removed, so views into them stay valid.
class Sources {
  public:
    uint32_t add(std::string name, std::string text, std::string why_not_quoted = "");
    const SourceFile& file(uint32_t index) const { return files_[index]; }
    Place place(Span span) const;
    size_t total_size() const { return total_size_; }  // bytes of all files

  private:
    std::deque<SourceFile> files_;
    size_t total_size_ = 0;
};

// Text put together from pieces of files, each byte knowing where it came from: a folded YAML scalar, a
// condition in which list names have been replaced by their items.
class MappedText {
  public:
    const std::string& text() const { return text_; }
    bool empty() const { return text_.empty(); }

    // `text` as it stands at `offset` of the file.
    void append(std::string_view text, uint32_t file, uint32_t offset);
    // `text` that is nowhere in the file, but belongs to the place `offset`.
    void append_pinned(std::string_view text, uint32_t file, uint32_t offset);
    void append(const MappedText& other, size_t begin, size_t end);
    void append(const MappedText& other) { append(other, 0, other.text_.size()); }

    // The place in a file of the bytes from `begin` to before `end`.
    Span span(size_t begin, size_t end) const;
    Span span() const { return span(0, text_.size()); }

    // Without leading and trailing white space. What is nothing but white space keeps its place.
    MappedText trimmed() const;

  private:
    struct Segment {
        uint32_t begin;  // in text_
        uint32_t file;
        uint32_t offset;
        bool pinned;
    };
    size_t segment_at(size_t index) const;
    void add_segment(Segment segment);

    std::string text_;
    std::vector<Segment> segments_;
};

}  // namespace stoop
