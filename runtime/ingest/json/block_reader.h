// SPDX-License-Identifier: Apache-2.0
// Cuts an input into blocks of records, one JSON text each: lines, or, if the input is one JSON document,
// that event or the elements of that array (interface.md, "Events"). Blocks are what threads work on; a
// record is never in two of them.
//
// Memory is that of the blocks, whatever the input: a block grows beyond its usual size only for one record,
// up to a limit. What is longer is reported, and passed over without being held. An input that begins like
// one JSON object over several lines is read ahead until it proves to be one, or a line proves to be an event
// of its own. An array is cut up as it comes.
//
// From a pipe, or a file that is followed, a block is what is there. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ingest/byte_source.h"
#include "runtime/ingest/event_problem.h"
#include "runtime/ingest/json/array_cutter.h"
#include "runtime/ingest/json/json_tokens.h"

namespace stoop {

// What is wrong with a record before anybody looks into it.
enum class Flaw : uint8_t {
    None,
    Unended,      // the input ended before the line did
    TooLong,      // only its beginning is here
    LongElement,  // the same of an element; what comes behind it is not read
    BadArray,     // not what belongs between the elements of an array; the next line is one of its own again
    OpenArray,    // the input ended within it
};

struct Record {
    size_t begin = 0, end = 0;  // in the block
    uint32_t line = 1;          // where it begins in the input
    uint32_t column = 1;        // in characters
    Flaw flaw = Flaw::None;
};

struct Block {
    std::vector<Record> records;
    uint64_t first = 1;       // the number of the first record
    std::vector<char> bytes;  // of which `size` are in use
    size_t size = 0;

    std::string_view text() const { return {bytes.data(), size}; }
    std::string_view text(const Record& record) const {
        return text().substr(record.begin, record.end - record.begin);
    }
};

class BlockReader {
  public:
    static constexpr size_t kBlock = size_t{256} << 10;
    static constexpr size_t kLongest = size_t{8} << 20;  // of a record

    // The source must outlive the reader.
    explicit BlockReader(ByteSource& source) : source_(source) {}

    // Puts the next records, of which there is at least one, into `block`, whose memory is used again. False
    // at the end of the input; the source knows whether there was a problem.
    bool next(Block& block);

  private:
    enum class Shape : uint8_t { Unknown, Lines, Array, Done };

    void read_more(Block& block);
    void give_up_rest(Block& block);
    void drop_front(Block& block);
    void cut(Block& block);

    Shape recognise(Block& block);
    void pass_blank_lines(const Block& block);
    Shape recognise_array(const Block& block, size_t bracket);
    Shape recognise_object(Block& block, size_t brace);
    bool is_json(std::string_view text);

    void cut_lines(Block& block);
    void add_line(Block& block, size_t begin, size_t end, Flaw flaw);
    void cut_array(Block& block);
    void leave_array(Block& block, Flaw flaw);

    ByteSource& source_;
    Shape shape_ = Shape::Unknown;
    std::string rest_;        // what was read behind the last block
    bool ended_ = false;      // nothing more comes
    bool restarted_ = false;  // what comes is another file
    bool skipping_ = false;   // the rest of a line
    size_t at_ = 0;           // what is cut next
    uint32_t line_ = 1;
    size_t looked_to_ = 0;  // before this there is no line end, or no line that is an event of its own
    std::optional<ArrayCutter> array_;
    JsonTokens tokens_;
};

// The problem of a record with a flaw; nothing if it may be decoded.
std::optional<EventProblem> flaw_problem(Flaw flaw);

// The problem that a decoder had with a record of `size` bytes: if that was not ended, and the problem is its
// end, it is truncated.
EventProblem flawed(EventProblem problem, Flaw flaw, size_t size);

}  // namespace stoop
