// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/json/block_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/base/reuse.h"
#include "runtime/base/utf8.h"

namespace stoop {
namespace {

constexpr size_t kShown = 200;  // of a record that is too long
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr const char* kBlank = " \t\r\n";

bool is_blank(std::string_view text) { return text.find_first_not_of(kBlank) == text.npos; }

}  // namespace

bool BlockReader::next(Block& block) {
    clear_for_reuse(block.records);
    size_t size = std::max(kBlock, rest_.size());
    if (block.bytes.size() > size) clear_for_reuse(block.bytes);  // it grew for a record
    block.bytes.resize(size);
    std::memcpy(block.bytes.data(), rest_.data(), rest_.size());
    block.size = std::exchange(rest_, {}).size();
    while (block.records.empty() && shape_ != Shape::Done) {
        if (ended_ && at_ == block.size && !array_) return false;
        drop_front(block);
        read_more(block);
        if (shape_ == Shape::Unknown) shape_ = recognise(block);
        cut(block);
    }
    size_t needed = shape_ == Shape::Array ? array_->needed() : at_;
    rest_.assign(block.bytes.data() + needed, block.size - needed);
    at_ -= needed;
    looked_to_ -= std::min(looked_to_, needed);
    if (array_) array_->drop(needed);
    return !block.records.empty();
}

// Makes room where nothing is needed any more.
void BlockReader::drop_front(Block& block) {
    size_t needed = shape_ == Shape::Array ? array_->needed() : at_;
    if (needed == 0) return;
    std::memmove(block.bytes.data(), block.bytes.data() + needed, block.size - needed);
    block.size -= needed;
    at_ -= needed;
    looked_to_ -= std::min(looked_to_, needed);
    if (array_) array_->drop(needed);
}

void BlockReader::read_more(Block& block) {
    if (block.size == block.bytes.size())
        block.bytes.resize(std::min(block.bytes.size() * 2, kLongest + kBlock));
    while (!ended_ && block.size < block.bytes.size()) {
        size_t got = source_.read(block.bytes.data() + block.size, block.bytes.size() - block.size);
        block.size += got;
        if (got == 0) {
            restarted_ = source_.restarted();
            ended_ = !restarted_;
            if (source_.file().was_interrupted()) give_up_rest(block);
        }
        if (got == 0 || source_.is_live()) return;
    }
}

// Half a line, or an array that goes on, which somebody else did not want to the end is nobody's mistake.
void BlockReader::give_up_rest(Block& block) {
    if (shape_ == Shape::Array) {
        array_.reset();
        shape_ = Shape::Done;
    }
    block.size = at_;
    looked_to_ = std::min(looked_to_, at_);
}

void BlockReader::cut(Block& block) {
    if (shape_ == Shape::Lines) cut_lines(block);
    if (shape_ == Shape::Array) cut_array(block);
    if (shape_ == Shape::Lines && array_) {  // it was left
        array_.reset();
        cut_lines(block);
    }
    if (restarted_) {
        restarted_ = false;
        line_ = 1;
    }
}

void BlockReader::pass_blank_lines(const Block& block) {
    std::string_view text = block.text();
    if (line_ == 1 && text.substr(at_).starts_with(kByteOrderMark)) at_ += kByteOrderMark.size();
    for (;;) {
        size_t end = text.find('\n', at_);
        if (end == text.npos || !is_blank(text.substr(at_, end - at_))) return;
        at_ = end + 1;
        ++line_;
    }
}

// Unknown: more must be read to tell.
BlockReader::Shape BlockReader::recognise(Block& block) {
    if (source_.is_followed()) return Shape::Lines;
    pass_blank_lines(block);
    std::string_view text = block.text();
    size_t first = text.find_first_not_of(kBlank, at_);
    if (first == text.npos) return ended_ || text.size() - at_ > kBlock ? Shape::Lines : Shape::Unknown;
    if (text[first] == '[') return recognise_array(block, first);
    if (text[first] == '{') return recognise_object(block, first);
    return Shape::Lines;
}

// An array of events, or an empty one; not a line of something else that begins with a bracket.
BlockReader::Shape BlockReader::recognise_array(const Block& block, size_t bracket) {
    std::string_view text = block.text();
    size_t next = text.find_first_not_of(kBlank, bracket + 1);
    if (next == text.npos) return ended_ || text.size() - at_ > kBlock ? Shape::Lines : Shape::Unknown;
    if (text[next] != '{' && text[next] != ']') return Shape::Lines;
    auto column = static_cast<uint32_t>(bracket - at_ + 2);
    array_.emplace(ArrayCutter::Position{bracket + 1, line_, column});
    return Shape::Array;
}

// Lines, unless the first one is not a JSON text of its own and the whole is.
BlockReader::Shape BlockReader::recognise_object(Block& block, size_t brace) {
    std::string_view text = block.text();
    size_t end = text.find('\n', brace);
    if (end == text.npos) return ended_ || text.size() - at_ > kLongest ? Shape::Lines : Shape::Unknown;
    if (looked_to_ <= end) {
        if (is_json(text.substr(brace, end - brace))) return Shape::Lines;
        looked_to_ = end + 1;
    }
    for (size_t line = looked_to_; (end = text.find('\n', line)) != text.npos; line = looked_to_ = end + 1) {
        std::string_view one = text.substr(line, end - line);
        size_t first = one.find_first_not_of(kBlank);
        if (first == one.npos || one[first] != '{' || !is_json(one)) continue;
        looked_to_ = 0;
        return Shape::Lines;
    }
    if (!ended_ && text.size() - brace <= kLongest) return Shape::Unknown;
    looked_to_ = 0;
    std::string_view all = text.substr(brace);
    if (!ended_ || !is_json(all)) return Shape::Lines;
    size_t last = all.find_last_not_of(kBlank);
    block.records.push_back(
        {brace, brace + last + 1, line_, static_cast<uint32_t>(brace - at_ + 1), Flaw::None});
    return Shape::Done;
}

bool BlockReader::is_json(std::string_view text) {
    uint32_t token = 0;
    return tokens_.scan(text) && tokens_.skip_value(token) && token == tokens_.count();
}

void BlockReader::cut_lines(Block& block) {
    const char* bytes = block.bytes.data();
    for (;;) {
        size_t from = std::max(at_, looked_to_);
        auto* found = static_cast<const char*>(std::memchr(bytes + from, '\n', block.size - from));
        if (!found) break;
        auto end = static_cast<size_t>(found - bytes);
        if (!skipping_) add_line(block, at_, end, Flaw::None);
        skipping_ = false;
        at_ = end + 1;
        ++line_;
    }
    looked_to_ = block.size;
    if (ended_ || restarted_) {
        if (!skipping_ && at_ < block.size) add_line(block, at_, block.size, Flaw::Unended);
        at_ = block.size;
        skipping_ = false;
    } else if (skipping_ || block.size - at_ > kLongest) {
        if (!skipping_) add_line(block, at_, block.size, Flaw::None);
        at_ = block.size;
        skipping_ = true;
    }
}

void BlockReader::add_line(Block& block, size_t begin, size_t end, Flaw flaw) {
    const char* bytes = block.bytes.data();
    if (end > begin && bytes[end - 1] == '\r') --end;
    if (end - begin > kLongest) {
        end = begin + kShown;
        flaw = Flaw::TooLong;
    } else if (begin == end || (bytes[begin] <= ' ' && is_blank({bytes + begin, end - begin}))) {
        return;
    }
    block.records.push_back({begin, end, line_, 1, flaw});
}

void BlockReader::cut_array(Block& block) {
    using Found = ArrayCutter::Found;
    for (;;) {
        switch (array_->next(block.text())) {
            case Found::Element:
                if (array_->end() - array_->begin().at > kLongest)
                    return leave_array(block, Flaw::LongElement);
                block.records.push_back({array_->begin().at, array_->end(), array_->begin().line,
                                         array_->begin().column, Flaw::None});
                break;
            case Found::Closed: break;
            case Found::Bad: return leave_array(block, Flaw::BadArray);
            case Found::NeedsMore:
                at_ = array_->here().at;
                if (array_->in_element() && at_ - array_->begin().at > kLongest)
                    return leave_array(block, Flaw::LongElement);
                if (ended_ && !array_->is_closed()) return leave_array(block, Flaw::OpenArray);
                if (ended_) shape_ = Shape::Done;
                return;
        }
    }
}

void BlockReader::leave_array(Block& block, Flaw flaw) {
    bool within = array_->in_element() || flaw == Flaw::LongElement;
    ArrayCutter::Position from = within ? array_->begin() : array_->here();
    size_t end = block.text().find('\n', from.at);
    if (end == std::string_view::npos) end = block.size;
    block.records.push_back({from.at, std::min(end, from.at + kShown), from.line, from.column, flaw});
    at_ = flaw == Flaw::BadArray ? array_->here().at : block.size;
    line_ = array_->here().line;
    skipping_ = true;
    shape_ = flaw == Flaw::BadArray ? Shape::Lines : Shape::Done;
}

std::optional<EventProblem> flaw_problem(Flaw flaw) {
    using Kind = EventProblem::Kind;
    switch (flaw) {
        case Flaw::None:
        case Flaw::Unended: return std::nullopt;
        case Flaw::TooLong:
            return EventProblem{Kind::TooLong, "this line is longer than 8 MiB", "", "", 0, 1};
        case Flaw::LongElement:
            return EventProblem{Kind::TooLong,
                                "this element of the array is longer than 8 MiB; what follows is not read",
                                "",
                                "write each event on a line of its own",
                                0,
                                1};
        case Flaw::BadArray:
            return EventProblem{
                Kind::NotJson,
                "this is not JSON: there must be a comma between the elements of an array, and "
                "nothing behind its end",
                "here",
                "what follows is read as lines, an event each",
                0,
                1};
        case Flaw::OpenArray:
            return EventProblem{
                Kind::Truncated, "the array is truncated: the input ends before it does", "", "", 0, 1};
    }
    return std::nullopt;
}

EventProblem flawed(EventProblem problem, Flaw flaw, size_t size) {
    bool at_end = problem.kind == EventProblem::Kind::NotJson && problem.begin >= size;
    if (flaw != Flaw::Unended || !at_end) return problem;
    problem.kind = EventProblem::Kind::Truncated;
    problem.message = "the last line is truncated: the input ends within it";
    problem.help = "";
    return problem;
}

}  // namespace stoop
