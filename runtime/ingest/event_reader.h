// Cuts an events file into records, one JSON text each: a file of JSON lines, or one JSON document that is a
// single event or an array of events (interface.md, "Events"). Lines are read as they come, so a file or pipe
// of any length takes the memory of its longest line; a document is read whole, up to a limit. A file that
// begins like a document is read ahead until it proves to be one, or a line proves to be an event of its own.
#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/ingest/event_problem.h"
#include "runtime/ingest/json_text.h"

namespace stoop {

struct Record {
    std::string_view text;  // valid until the next call
    uint32_t line = 1;      // where it begins
    uint32_t column = 1;
    std::optional<EventProblem> problem;  // the record could not be read; `text` is what there is to show
};

class EventReader {
  public:
    static constexpr size_t kLongestLine = size_t{64} << 20;
    static constexpr size_t kLongestDocument = size_t{256} << 20;

    // Reads from `file`, which stays the caller's.
    explicit EventReader(std::FILE* file) : file_(file) {}

    std::optional<Record> next();

    // Whether the file could be read to its end.
    bool failed() const { return std::ferror(file_) != 0; }

  private:
    enum class Shape { Unknown, Lines, Document };

    bool read_line(bool& too_long);  // into line_; false at the end
    void recognise();
    bool read_document(std::string& head);
    std::optional<Record> next_line();
    std::optional<Record> next_element();

    std::FILE* file_;
    Shape shape_ = Shape::Unknown;
    std::string line_;
    uint32_t line_number_ = 0;
    bool pending_too_long_ = false;  // the last line of pending_ was cut
    std::string pending_;            // what was read ahead to recognise the shape
    size_t pending_at_ = 0;
    std::string document_;
    std::vector<JsonRange> elements_;
    size_t element_ = 0;
    size_t counted_to_ = 0;  // in document_: lines and columns before this are counted
    uint32_t element_line_ = 1;
    uint32_t element_column_ = 1;
};

}  // namespace stoop
